#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http_server.h"
#include "adit/log.h"

#include "base/text/text.h"
#include "http/http_date.h"
#include "http/server/handlers_fixture.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::ask;
using testing::echo;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawSocket;
using ::testing::StartsWith;

TEST(Server, answers_with_date_and_length) {
  const Server server({}, echo);
  const auto now = [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
  const auto before = now();
  const auto answer = ask(server, "POST /a%20b?c=d HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\nContent-Length: 20\r\n"),
                            Not(HasSubstr("Connection"))));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nPOST /a%20b c=d body"));
  const auto date = answer.find("\r\nDate: ");
  ASSERT_NE(date, std::string::npos);
  const auto sent = parse_http_date(answer.substr(date + 8, 29), now());
  ASSERT_TRUE(sent.has_value());
  EXPECT_LE(before, *sent);
  EXPECT_LE(*sent, now());
}

TEST(Server, a_date_set_by_the_handler_replaces_its_own) {
  const Server server({}, [](const ServerRequest&) {
    return ServerResponse{200, {{"date", "Sun, 06 Nov 1994 08:49:37 GMT"}}, ""};
  });
  const auto answer = ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  EXPECT_EQ(answer.find("Date: "), std::string::npos);
}

TEST(Server, a_connection_serves_many_requests_and_pipelined_ones_in_order) {
  const Server server({.threads = 4}, echo);
  auto socket = RawSocket::connect_to(server.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += cat("GET /", i, " HTTP/1.1\r\nHost: h\r\n\r\n");
  socket.send(requests);
  for (int i = 0; i < 50; ++i) EXPECT_THAT(socket.read_message(), EndsWith(cat("\r\n\r\nGET /", i, "  ")));
  socket.send("\r\n\r\nGET /again HTTP/1.1\r\nHost: h\r\n\r\n");  // RFC 9112 section 2.2
  EXPECT_THAT(socket.read_message(), EndsWith("GET /again  "));
}

TEST(Server, head_has_the_headers_for_get_and_no_body) {
  const Server server({}, echo);
  auto socket = RawSocket::connect_to(server.port());
  socket.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.read_through("\r\n\r\n"), AllOf(HasSubstr("Content-Length: 8\r\n"), HasSubstr("x-head: 1")));
  socket.send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 200 OK"));
}

TEST(Server, closes_when_asked_to) {
  const Server server({}, echo);
  auto socket = RawSocket::connect_to(server.port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(socket.read_to_end(), HasSubstr("Connection: close\r\n"));
}

TEST(Server, http_1_0_closes_unless_it_asks_to_keep_the_connection) {
  const Server server({}, echo);
  auto socket = RawSocket::connect_to(server.port());
  socket.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(socket.read_message(), HasSubstr("Connection: keep-alive\r\n"));
  socket.send("GET /b HTTP/1.0\r\n\r\n");
  EXPECT_THAT(socket.read_to_end(), EndsWith("GET /b  "));
}

TEST(Server, accepts_absolute_targets_as_proxies_send_them) {
  const Server server({}, echo);
  EXPECT_THAT(ask(server, "GET http://h:80/p?q HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("GET /p q "));
  EXPECT_THAT(ask(server, "GET HTTP://h?q HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("GET / q "));
  EXPECT_THAT(ask(server, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("OPTIONS *  "));
}

TEST(Server, reads_chunked_bodies) {
  const Server server({}, echo);
  EXPECT_THAT(ask(server,
                  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"),
              EndsWith("POST /  abcde"));
}

TEST(Server, answers_expect_100_continue_before_the_body_comes) {
  const Server server({}, echo);
  auto socket = RawSocket::connect_to(server.port());
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(socket.read_through("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("abc");
  EXPECT_THAT(socket.read_message(), EndsWith("POST /  abc"));
}

TEST(Server, refuses_an_expected_body_that_is_too_large_before_it_comes) {
  const Server server({.max_body_bytes = 10}, echo);
  EXPECT_THAT(ask(server, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

struct RefusedRequest {
  std::string request;
  std::string status;
};

TEST(Server, refuses_malformed_requests_and_closes) {
  const Server server({.max_body_bytes = 100, .max_header_bytes = 1000}, echo);
  const std::vector<RefusedRequest> refusals = {
      {"rubbish\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET ftp://h/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nbad header: x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
      {"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "405"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"},
      {"GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 1\r\n\r\na", "417"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", "413"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"},
      {cat("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", std::string(101, 'x'),
           "\r\n0\r\n\r\n"),
       "413"},
      {cat("GET / HTTP/1.1\r\nHost: a\r\nx: ", std::string(1000, 'x'), "\r\n\r\n"), "431"},
      {cat("GET /", std::string(5000, 'x'), " HTTP/1.1\r\nHost: a\r\n\r\n"), "431"},
  };
  for (const auto& [request, status] : refusals) {
    auto socket = RawSocket::connect_to(server.port());
    socket.send(request);
    socket.shut_sending();
    const auto answer = socket.read_to_end();
    EXPECT_THAT(answer, StartsWith(cat("HTTP/1.1 ", status, ' '))) << request.substr(0, 100);
    EXPECT_THAT(answer, HasSubstr("Connection: close")) << request.substr(0, 100);
  }
}

TEST(Server, an_answer_larger_than_the_socket_buffer_arrives_completely) {
  const std::string large(8U << 20U, 'x');
  const Server server({}, [&](const ServerRequest&) { return ServerResponse::text(200, large); });
  auto socket = RawSocket::connect_to(server.port());
  for (int i = 0; i < 2; ++i) {
    socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(socket.read_message().ends_with(cat("\r\n\r\n", large)));
  }
}

TEST(Server, an_exception_becomes_500_and_the_connection_stays_open) {
  set_log_level(LogLevel::off);
  const Server server({}, [](const ServerRequest& request) -> ServerResponse {
    if (request.path == "/error") throw Error::failure("x", "secret");
    if (request.path == "/number") throw 1;  // NOLINT
    return ServerResponse::text(200, "fine");
  });
  auto socket = RawSocket::connect_to(server.port());
  for (const auto* path : {"/error", "/number"}) {
    socket.send(cat("GET ", path, " HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_THAT(socket.read_message(), AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("secret"))));
  }
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.read_message(), EndsWith("fine"));
  set_log_level(LogLevel::info);
}

TEST(Server, headers_that_would_split_the_answer_are_not_sent) {
  set_log_level(LogLevel::off);
  const Server server({}, [](const ServerRequest&) { return ServerResponse{200, {{"x", "a\r\nevil: 1"}}, ""}; });
  EXPECT_THAT(ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("evil"))));
  set_log_level(LogLevel::info);
}

TEST(Server, status_204_has_no_content_length) {
  const Server server({}, [](const ServerRequest&) {
    return ServerResponse{204, {{"Content-Length", "7"}}, "ignored"};
  });
  EXPECT_THAT(ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 204 No Content\r\n"), Not(HasSubstr("Length")), EndsWith("\r\n\r\n")));
}

}  // namespace
}  // namespace adit::http
