#include <array>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/version.h"

#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::answering;
using testing::error_of;
using ::testing::HasSubstr;
using testing::kOk;
using testing::mirror;
using ::testing::Not;
using testing::RawServer;
using testing::RawSocket;
using testing::ScopedVariable;
using ::testing::StartsWith;

// Requests.

TEST(Client, sends_a_user_agent_and_no_expect) {
  RawServer server = mirror();
  Client client;
  const auto sent =
      client.send(Request::post(server.origin() + "/p?q=1").body(std::string(5000, 'x'), "text/plain")).body();
  EXPECT_THAT(sent, AllOf(StartsWith("POST /p?q=1 HTTP/1.1\r\n"), HasSubstr(cat("User-Agent: ", user_agent(), "\r\n")),
                          HasSubstr("Content-Length: 5000\r\n"), Not(HasSubstr("Expect"))));
}

TEST(Client, a_header_can_be_repeated_empty_or_left_out) {
  RawServer server = mirror();
  Client client;
  const auto sent = client
                        .send(Request::post(server.origin())
                                  .body("x", "text/plain")
                                  .header("X-A", "0")
                                  .header("x-a", "1")
                                  .further_header("X-A", "2")
                                  .header("X-Empty", "")
                                  .without("User-Agent")
                                  .without("content-type")
                                  .without("Accept")
                                  .without("Content-Length"))
                        .body();
  EXPECT_THAT(sent, AllOf(HasSubstr("x-a: 1\r\nX-A: 2\r\n"), HasSubstr("X-Empty:\r\n"), Not(HasSubstr("User-Agent")),
                          Not(HasSubstr("Content-Type")), Not(HasSubstr("Accept:"))));
  EXPECT_THAT(sent, HasSubstr("Content-Length: 1\r\n")) << "the client frames the body, not the caller";
  const Request again = Request::get(server.origin()).without("x-b").header("X-B", "1");
  EXPECT_THAT(client.send(again).body(), HasSubstr("X-B: 1\r\n"));
}

TEST(Client, a_user_agent_can_be_set_for_the_client_and_for_a_request) {
  RawServer server = mirror();
  Client client({.user_agent = "mine/1"});
  EXPECT_THAT(client.send(Request::get(server.origin())).body(), HasSubstr("User-Agent: mine/1\r\n"));
  EXPECT_THAT(client.send(Request::get(server.origin()).header("user-agent", "other")).body(),
              AllOf(HasSubstr("user-agent: other\r\n"), Not(HasSubstr("mine/1"))));
}

TEST(Client, sends_every_method_unchanged) {
  RawServer server = mirror();
  Client client;
  EXPECT_THAT(client.send(Request::post(server.origin())).body(),
              AllOf(StartsWith("POST / "), HasSubstr("Content-Length: 0\r\n")));
  EXPECT_THAT(client.send(Request::put(server.origin()).body("a", "t/x")).body(),
              AllOf(StartsWith("PUT / "), HasSubstr("\r\n\r\na")));
  EXPECT_THAT(client.send(Request::del(server.origin())).body(),
              AllOf(StartsWith("DELETE / "), Not(HasSubstr("Content-"))));
  EXPECT_THAT(client.send(Request("PATCH", server.origin()).body("b", "t/x")).body(),
              AllOf(StartsWith("PATCH / "), HasSubstr("\r\n\r\nb")));
  EXPECT_THAT(client.send(Request("OPTIONS", server.origin())).body(), StartsWith("OPTIONS / "));
  EXPECT_THAT(client.send(Request::get(server.origin())).body(),
              AllOf(StartsWith("GET / "), Not(HasSubstr("Content-"))));
}

TEST(Client, sends_empty_headers_and_frames_bodies_itself) {
  RawServer server = mirror();
  Client client;
  const auto sent = client
                        .send(Request::post(server.origin())
                                  .header("x-empty", "")
                                  .header("Content-Length", "999")
                                  .header("Transfer-Encoding", "chunked")
                                  .header("Expect", "100-continue")
                                  .body("ab", "t/x"))
                        .body();
  EXPECT_THAT(
      sent, AllOf(HasSubstr("x-empty:\r\n"), HasSubstr("Content-Length: 2\r\n"), Not(HasSubstr("Content-Length: 999")),
                  Not(HasSubstr("chunked")), Not(HasSubstr("100-continue"))));
}

TEST(Client, bodies_can_contain_any_byte) {
  RawServer server = mirror();
  Client client;
  const std::string bytes("\0\r\n\xff", 4);
  EXPECT_THAT(client.send(Request::post(server.origin()).body(bytes, "application/octet-stream")).body(),
              ::testing::EndsWith("\r\n\r\n" + bytes));
}

TEST(Client, invalid_methods_are_refused) {
  Client client;
  for (const auto* method : {"", "get", "GET /", "GET\r\nX: y", "CONNECT"})
    EXPECT_EQ(error_of(client, Request(method, "http://127.0.0.1:1/")).code(), "invalid_request");
}

TEST(Client, invalid_urls_are_refused_with_their_own_messages) {
  Client client;
  for (const auto* url : {"", "nonsense", "ftp://h/", "file:///etc/passwd", "http://h/ä", "http://h/a b",
                          "http://h/\r\nX: y", "http://", "http://h:99999/"}) {
    const auto error = error_of(client, Request::get(url));
    EXPECT_EQ(error.code(), "request_failed") << url;
    EXPECT_FALSE(error.retryable()) << url;
    EXPECT_FALSE(error.hint().empty()) << url;
  }
  EXPECT_EQ(error_of(client, Request::get("http://h/ä")).message(),
            "GET: The URL contains a character outside ASCII at position 10.");
}

TEST(Client, requests_take_the_routes_of_the_endpoints) {
  RawServer server = mirror();
  Client client({.endpoints = Endpoints::parse("https://ims.example.com=" + server.origin())});
  EXPECT_THAT(client.send(Request::get("https://ims.example.com/a?b")).body(),
              AllOf(StartsWith("GET /a?b HTTP/1.1\r\n"), HasSubstr(cat("Host: 127.0.0.1:", server.port()))));
}

// Answers.

TEST(Client, the_headers_are_those_of_the_final_answer) {
  RawServer server = answering(
      "HTTP/1.1 103 Early Hints\r\nx-early: 1\r\n\r\nHTTP/1.1 201 Created\r\nx-final:  a b \r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nhi\r\n0\r\nx-trailer: 1\r\n\r\n");
  Client client;
  const auto response = client.send(Request::get(server.origin()));
  EXPECT_EQ(response.status(), 201);
  EXPECT_EQ(response.body(), "hi");
  EXPECT_EQ(response.headers().get("x-final"), "a b");
  EXPECT_FALSE(response.headers().has("x-early"));
  EXPECT_FALSE(response.headers().has("x-trailer"));
}

TEST(Client, error_statuses_are_answers_and_not_exceptions) {
  RawServer server = answering("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  Client client;
  const auto response = client.send(Request::post(server.origin()));
  EXPECT_EQ(response.status(), 503);
  EXPECT_FALSE(response.ok());
  EXPECT_EQ(response.retry_after({}), 7s);
}

TEST(Client, rejects_an_answer_without_a_status) {
  for (const auto* line :
       {"HTTP/1.1 08.1 503", "HTTP/1.1 x", "HTTP/1.1 099 a", "HTTP/294 08 503", "HTTP/21.1 200 OK", "HTTP/1.12 200 OK",
        "HTTP/1.1 2000 OK", "HTTP/1.1 200OK", "HTTP/1.1 -12 a", "http/1.1 200 OK"}) {
    RawServer server = answering(cat(line, "\r\nContent-Length: 0\r\n\r\n"));
    Client client;
    const auto error = error_of(client, Request::get(server.origin()));
    EXPECT_EQ(error.code(), "request_failed") << line;
    EXPECT_EQ(error.message(), cat("GET ", server.origin(), ": the server's answer is not HTTP.")) << line;
  }
}

TEST(Client, decodes_gzip) {
  // printf hello | gzip -n
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00", 25);
  RawServer server([&](RawSocket& socket, int) {
    EXPECT_THAT(socket.read_message(), HasSubstr("gzip"));
    socket.send(cat("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n", gzip));
  });
  Client client;
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "hello");
}

TEST(Client, a_too_large_answer_is_refused_and_the_next_one_works) {
  RawServer server = mirror();
  Client client({.max_response_bytes = 500});
  const auto error = error_of(client, Request::post(server.origin()).body(std::string(1000, 'x'), "t/x"));
  EXPECT_EQ(error.code(), "response_too_large");
  EXPECT_THAT(error.message(), HasSubstr("larger than 500 bytes"));
  EXPECT_EQ(client.send(Request::get(server.origin())).status(), 200);
}

TEST(Client, an_endless_header_is_refused) {
  RawServer server([](RawSocket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\n");
    const std::string line = cat("x-filler: ", std::string(8000, 'x'), "\r\n");
    for (int i = 0; i < 100; ++i) socket.send(line);
  });
  Client client;
  EXPECT_EQ(error_of(client, Request::get(server.origin())).code(), "response_too_large");
}

// Connections.

TEST(Client, a_forked_child_does_not_use_its_parents_connections) {
  RawServer server([](RawSocket& socket, int connection) {
    while (!socket.read_message().empty()) {
      socket.send(cat("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", connection));
    }
  });
  Client client;
  ASSERT_EQ(client.send(Request::get(server.origin())).body(), "1");
  const auto child = fork();
  if (child == 0) _exit(client.send(Request::get(server.origin())).body() == "2" ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "1");
}

TEST(Client, reuses_connections) {
  RawServer server = mirror();
  Client client;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.send(Request::get(server.origin())).status(), 200);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Client, a_pooled_connection_that_the_server_closes_causes_one_silent_retry) {
  for (const bool with_reset : {false, true}) {
    for (const bool post : {false, true}) {
      RawServer server([&](RawSocket& socket, int connection) {
        socket.read_message();
        socket.send(kOk);
        if (connection > 1) return;
        socket.read_message();  // reads the second request and does not answer
        with_reset ? socket.reset() : socket.close();
      });
      Client client;
      EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
      const auto again = post ? client.send(Request::post(server.origin()).body("data", "t/x"))
                              : client.send(Request::get(server.origin()));
      EXPECT_EQ(again.body(), "ok") << (post ? "POST" : "GET") << (with_reset ? " reset" : " closed");
      EXPECT_EQ(server.connections(), 2);
    }
  }
}

TEST(Client, an_idle_connection_that_the_server_closed_is_replaced) {
  for (const bool post : {false, true}) {
    std::promise<void> closed;
    RawServer server([&](RawSocket& socket, int connection) {
      socket.read_message();
      socket.send(kOk);
      if (connection > 1) return;
      socket.close();
      closed.set_value();
    });
    Client client;
    EXPECT_EQ(client.send(Request::get(server.origin())).body(), "ok");
    closed.get_future().wait();
    const auto again = post ? client.send(Request::post(server.origin()).body(std::string(300'000, 'x'), "t/x"))
                            : client.send(Request::get(server.origin()));
    EXPECT_EQ(again.body(), "ok") << (post ? "POST" : "GET");
    EXPECT_EQ(server.connections(), 2);
  }
}

TEST(Client, a_new_connection_that_the_server_closes_is_an_error_without_a_retry) {
  for (const bool post : {false, true}) {
    RawServer server([](RawSocket& socket, int) { socket.read_message(); });
    Client client;
    const auto error = error_of(
        client, post ? Request(Request::post(server.origin()).body("data", "t/x")) : Request::get(server.origin()));
    EXPECT_THAT(error.message(), HasSubstr("the connection was closed before an answer came."));
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST(Client, reaches_ipv6_addresses_over_plain_http) {
  const std::string address = testing::second_address();
  const auto host = testing::url_host(address);
  const Server server({.host = address}, [](const ServerRequest& request) {
    return ServerResponse::text(
        200, cat(request.headers.get_or_empty("host"), ' ', request.remote_address, ' ', request.body));
  });
  ASSERT_THAT(server.origin(), StartsWith(cat("http://", host, ":")));
  const testing::ScopedVariable proxy("http_proxy", cat("http://127.0.0.1:", testing::refusing_port()));
  Client client;
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(client.send(Request::post(server.origin() + "/p").body("body", "t/x")).body(),
              cat(host, ":", server.port(), " ", testing::client_of(address), " body"));
  const auto port = testing::refusing_port();
  const auto error = error_of(client, Request::get(cat("http://", host, ":", port, "/p")));
  EXPECT_EQ(error.message(), cat("GET http://", host, ":", port, "/p: the connection was refused."));
}

TEST(Client, sends_from_many_threads_at_once) {
  const Server server({.threads = 2},
                      [](const ServerRequest& request) { return ServerResponse::text(200, request.body); });
  Client client;
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const auto text = cat(t, '/', i);
        right += client.send(Request::post(server.origin()).body(text, "text/plain")).body() == text ? 1 : 0;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
}

// Failures.

TEST(Client, a_refused_connection_is_retryable) {
  Client client;
  const auto port = testing::refusing_port();
  const auto error = error_of(client, Request::get(cat("http://user:pw@127.0.0.1:", port, "/p?secret=1")));
  EXPECT_EQ(error.code(), "request_failed");
  EXPECT_EQ(error.message(), cat("GET http://127.0.0.1:", port, "/p: the connection was refused."));
  EXPECT_TRUE(error.retryable());
}

TEST(Client, an_error_names_the_host_that_does_not_exist) {
  Client client;
  const auto error = error_of(client, Request::get("http://no-such-host.invalid/"));
  EXPECT_THAT(error.message(), HasSubstr("the host name no-such-host.invalid could not be resolved"));
  EXPECT_TRUE(error.retryable());
}

/// Sends a request, with an idle time-out of an hour. The hour passes when `is_idle` returns true. Returns the error.
Error error_at_idle_time_out(const Request& request, bool (*is_idle)(const Progress&)) {
  ManualClock clock;
  Client client({.connect_timeout = 1h, .total_timeout = 24h, .idle_timeout = 1h, .clock = &clock});
  const auto pass_time = [&](const Progress& progress) {
    clock.advance(is_idle(progress) ? std::chrono::milliseconds(1h) : 100ms);  // 100 ms: the next progress is reported
  };
  try {
    (void)client.stream(request, {.progress = pass_time});
    ADD_FAILURE() << "answered";
  } catch (const Error& error) {
    return error;
  }
  return Error::failure("none", "none");
}

TEST(Client, a_server_that_never_answers_ends_by_the_idle_time_out) {
  RawServer server([](RawSocket& socket, int) {
    socket.read_message();
    socket.read_to_end();
  });
  const auto error = error_at_idle_time_out(Request::post(server.origin()).body("x", "t/x"),
                                            [](const Progress& progress) { return progress.sent == 1; });
  EXPECT_THAT(error.message(), HasSubstr("the server accepted the request, but sent nothing for 3600 seconds."));
  EXPECT_TRUE(error.retryable());
}

TEST(Client, an_incomplete_answer_ends_by_the_idle_time_out) {
  RawServer server([](RawSocket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
    socket.read_to_end();
  });
  EXPECT_THAT(error_at_idle_time_out(Request::get(server.origin()),
                                     [](const Progress& progress) { return progress.received == 3; })
                  .message(),
              HasSubstr("the answer stopped: no byte was transferred for 3600 seconds."));
}

TEST(Client, a_connection_that_is_not_accepted_ends_by_the_connect_time_out) {
  // With a full backlog the kernel does not answer further SYNs.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  auto address = testing::loopback(0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const auto first = RawSocket::connect_to(ntohs(address.sin_port));
  Client client({.connect_timeout = 150ms, .total_timeout = 1h, .idle_timeout = 1h});
  const auto error = error_of(client, Request::get(cat("http://127.0.0.1:", ntohs(address.sin_port))));
  EXPECT_THAT(error.message(), HasSubstr("no connection was made within 0.15 seconds."));
  EXPECT_TRUE(error.retryable());
  ::close(listener);
}

TEST(Client, a_time_out_of_zero_ends_at_once) {
  RawServer server([](RawSocket& socket, int) { socket.read_to_end(); });
  Client client;
  EXPECT_EQ(error_of(client, Request::get(server.origin()).timeout(0ms)).code(), "request_failed");
}

TEST(Client, closed_and_reset_connections_are_distinguished_from_malformed_answers) {
  Client client;
  RawServer closes([](RawSocket& socket, int) { socket.read_message(); });
  RawServer resets([](RawSocket& socket, int) {
    socket.read_message();
    socket.reset();
  });
  RawServer breaks([](RawSocket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
  });
  for (const auto* server : {&closes, &resets}) {
    const auto error = error_of(client, Request::post(server->origin()).body("secret", "t/x"));
    EXPECT_THAT(error.message(), HasSubstr("the connection was closed before an answer came."));
    EXPECT_TRUE(error.retryable());
    EXPECT_THAT(error.to_string(), Not(HasSubstr("secret")));
  }
  const auto error = error_of(client, Request::get(breaks.origin()));
  EXPECT_THAT(error.message(), HasSubstr("the connection broke off in the middle of the answer."));
  EXPECT_TRUE(error.retryable());
}

TEST(Client, an_answer_that_is_not_http_is_reported) {
  Client client;
  RawServer server([](RawSocket& socket, int) {
    socket.read_message();
    socket.send("SSH-2.0-OpenSSH_9.2\r\n");
  });
  const auto error = error_of(client, Request::get(server.origin()));
  EXPECT_THAT(error.message(), HasSubstr("the server's answer is not HTTP."));
  EXPECT_FALSE(error.retryable());
}

// Redirects.

std::string redirect(int status, std::string_view to) {
  return cat("HTTP/1.1 ", status, " Moved\r\nLocation: ", to, "\r\nContent-Length: 0\r\n\r\n");
}

/// A server that redirects /start to `to`, and answers every other request with the request itself.
RawServer redirecting(std::string to, int status = 302) {
  return RawServer([=](RawSocket& socket, int) {
    for (;;) {
      const auto request = socket.read_message();
      if (request.empty()) return;
      if (request.find(" /start") != std::string::npos)
        socket.send(redirect(status, to));
      else
        socket.send(cat("HTTP/1.1 200 OK\r\nContent-Length: ", request.starts_with("HEAD") ? 0 : request.size(),
                        "\r\n\r\n", request.starts_with("HEAD") ? "" : request));
    }
  });
}

TEST(Redirects, are_followed_for_get_and_head_within_the_origin_with_credentials) {
  for (const int status : {301, 302, 303, 307, 308}) {
    RawServer server = redirecting("../a%20b?x=1", status);
    Client client;
    EXPECT_THAT(client.send(Request::get(server.origin() + "/start").bearer(Secret("token"))).body(),
                AllOf(StartsWith("GET /a%20b?x=1 "), HasSubstr("Authorization: Bearer token\r\n")));
    EXPECT_EQ(client.send(Request("HEAD", server.origin() + "/start")).status(), 200);
  }
}

TEST(Redirects, are_returned_as_the_answer_to_other_methods) {
  RawServer server = redirecting("/else", 307);
  Client client;
  const auto response = client.send(Request::post(server.origin() + "/start").body("x", "t/x"));
  EXPECT_EQ(response.status(), 307);
  EXPECT_EQ(response.headers().get("location"), "/else");
  Client none({.max_redirects = 0});
  EXPECT_EQ(none.send(Request::get(server.origin() + "/start")).status(), 307);
}

TEST(Redirects, to_another_origin_are_followed_without_credentials) {
  RawServer target = mirror();
  RawServer server = redirecting(target.origin() + "/there");
  Client client;
  EXPECT_THAT(client.send(Request::get(server.origin() + "/start").header("Accept", "a/b")).body(),
              AllOf(StartsWith("GET /there "), HasSubstr("Accept: a/b")));
}

TEST(Redirects, to_another_origin_are_refused_for_every_kind_of_credential) {
  RawServer target = mirror();
  RawServer server = redirecting(target.origin() + "/there?code=1");
  Client client;
  const auto url = server.origin() + "/start";
  const std::array requests = {Request(Request::get(url).bearer(Secret("t"))),
                               Request(Request::get(url).header("cookie", "a=b")),
                               Request(Request::get(url).header("X-API-Key", "k")),
                               Request(Request::get(url).header("x-thing", "Bearer t")),
                               Request(Request::get(url).header("x-gw-ims-user-token", "t")),
                               Request(Request::get(cat("http://user:pw@127.0.0.1:", server.port(), "/start")))};
  for (const auto& request : requests) {
    const auto error = error_of(client, request);
    EXPECT_EQ(error.code(), "redirect_refused");
    EXPECT_THAT(error.message(), HasSubstr(target.origin() + "/there,"))
        << "without the query, which may contain secrets";
    EXPECT_FALSE(error.retryable());
  }
  EXPECT_EQ(target.connections(), 0);
}

TEST(Redirects, to_other_schemes_are_refused) {
  Client client;
  for (const auto* to : {"file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://h:99999/"}) {
    RawServer server = redirecting(to);
    EXPECT_EQ(error_of(client, Request::get(server.origin() + "/start")).code(), "redirect_refused") << to;
  }
}

TEST(Redirects, end_if_they_are_circular) {
  RawServer server = redirecting("/start");
  Client client;
  const auto error = error_of(client, Request::get(server.origin() + "/start"));
  EXPECT_EQ(error.code(), "redirect_refused");
  EXPECT_THAT(error.message(), HasSubstr("after 5 others"));
}

TEST(Redirects, to_an_origin_with_a_route_follow_the_route) {
  RawServer server = redirecting("https://api.example.com/there");
  Client client({.endpoints = Endpoints::parse("https://api.example.com=" + server.origin())});
  EXPECT_THAT(client.send(Request::get("https://api.example.com/start").bearer(Secret("t"))).body(),
              StartsWith("GET /there "));
}

// The process's client.

void expect_settings_of_the_environment() {
  const ScopedVariable endpoints("ADIT_ENDPOINTS", "");
  for (const auto* text : {"soon", "-1", "0", "1s", "nan", "inf", "1e9"}) {
    const ScopedVariable variable("ADIT_TIMEOUT", text);
    try {
      (void)Client::shared();
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_setting");
      EXPECT_TRUE(error.is_configuration());
      EXPECT_THAT(error.message(), HasSubstr("ADIT_TIMEOUT"));
    }
  }
  const ScopedVariable variable("ADIT_TIMEOUT", "0.2");
  RawServer server([](RawSocket& socket, int) { socket.read_to_end(); });
  try {
    (void)Request::get(server.origin()).send();
    ADD_FAILURE() << "answered";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("within 0.2 seconds"));
  }
}

TEST(SharedClient, reads_its_settings_from_the_environment_and_names_invalid_ones) {
  // In another process, because a process reads these settings only once.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        expect_settings_of_the_environment();
        std::_Exit(::testing::Test::HasFailure() ? 1 : 0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(ClientLimits, the_requests_size_limit_applies_if_it_is_lower_than_the_clients) {
  auto server = answering(cat("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", std::string(1000, 'x')));
  Client client({.max_response_bytes = 500});
  Client large({.max_response_bytes = 5000});
  EXPECT_EQ(error_of(client, Request::get(server.origin()).max_response_bytes(5000)).code(), "response_too_large");
  const auto refused = error_of(large, Request::get(server.origin()).max_response_bytes(999));
  EXPECT_EQ(refused.code(), "response_too_large");
  EXPECT_THAT(refused.message(), HasSubstr("larger than 999 bytes"));
  EXPECT_EQ(large.send(Request::get(server.origin()).max_response_bytes(1000)).body().size(), 1000U);
}

TEST(ClientLimits, the_requests_time_limit_applies_if_it_is_shorter_than_the_clients) {
  const RawServer silent([](RawSocket& socket, int) { socket.read_to_end(); });
  Client patient({.total_timeout = std::chrono::minutes(5), .idle_timeout = std::chrono::minutes(5)});
  Client hasty({.total_timeout = std::chrono::milliseconds(50)});
  const auto long_time = std::chrono::minutes(5);
  EXPECT_THAT(error_of(patient, Request::get(silent.origin()).at_most(std::chrono::milliseconds(50))).message(),
              HasSubstr("0.05 seconds"));
  EXPECT_THAT(error_of(hasty, Request::get(silent.origin()).at_most(long_time)).message(), HasSubstr("0.05 seconds"));
  EXPECT_THAT(error_of(patient, Request::get(silent.origin()).timeout(long_time).at_most(std::chrono::milliseconds(50)))
                  .message(),
              HasSubstr("0.05 seconds"));
}

}  // namespace
}  // namespace adit::http
