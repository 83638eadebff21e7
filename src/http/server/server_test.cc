#include <atomic>
#include <condition_variable>
#include <future>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/log.h"

#include "http/http_date.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using testing::ask;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawSocket;
using ::testing::StartsWith;

ServerResponse echo(const ServerRequest& request) {
  auto response =
      ServerResponse::text(200, cat(request.method, ' ', request.path, ' ', request.query, ' ', request.body));
  if (request.head) response.headers.add("x-head", "1");
  return response;
}

/// The time after which a waiting test gives up.
constexpr auto kLong = 2min;

/// Repeats a request until it is answered with 200, and returns that answer.
std::string ask_until_there_is_room(const Server& server) {
  std::string answer;
  for (const auto end = steady_clock::now() + kLong; steady_clock::now() < end && !answer.starts_with("HTTP/1.1 200");)
    answer = ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  return answer;
}

/// Handlers wait in pass() until the test calls open().
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, kLong, [this] { return open_; });
  }
  void await_waiting(int count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kLong, [&] { return waiting_ >= count; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

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

TEST(Server, a_client_that_sends_too_much_still_gets_the_reason) {
  const Server server({.max_body_bytes = 100}, echo);
  auto socket = RawSocket::connect_to(server.port());
  socket.send(cat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n", std::string(3'000'000, 'x')));
  EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 413 "));
  EXPECT_FALSE(socket.was_reset());
}

TEST(Server, a_request_that_does_not_end_is_answered_408) {
  const Server server({.request_timeout = 100ms}, echo);
  for (const auto* part : {"GET / HTT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"}) {
    auto socket = RawSocket::connect_to(server.port());
    socket.send(part);
    EXPECT_THAT(socket.read_to_end(), StartsWith("HTTP/1.1 408 ")) << part;
  }
}

TEST(Server, an_idle_connection_is_closed_without_an_answer) {
  const Server server({.idle_timeout = 100ms}, echo);
  auto fresh = RawSocket::connect_to(server.port());
  auto used = RawSocket::connect_to(server.port());
  used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  used.read_message();
  EXPECT_EQ(fresh.read_to_end(), "");
  EXPECT_EQ(used.read_to_end(), "");
}

TEST(Server, slow_handlers_do_not_keep_clients_from_connecting) {
  Gate gate;
  const Server server({.threads = 2}, [&](const ServerRequest& request) {
    if (request.path == "/slow") gate.pass();
    return echo(request);
  });
  auto slow = RawSocket::connect_to(server.port());
  slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.await_waiting(1);
  EXPECT_THAT(ask(server, "GET /fast HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("GET /fast  "));
  gate.open();
  EXPECT_THAT(slow.read_message(), EndsWith("GET /slow  "));
}

TEST(Server, a_request_that_arrives_while_another_is_handled_is_answered_next) {
  Gate gate;
  const Server server({}, [&](const ServerRequest& request) {
    if (request.path == "/slow") gate.pass();
    return echo(request);
  });
  auto socket = RawSocket::connect_to(server.port());
  socket.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.await_waiting(1);
  socket.send(cat("POST /next HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n", std::string(100'000, 'x')));
  gate.open();
  EXPECT_THAT(socket.read_message(), EndsWith("GET /slow  "));
  EXPECT_THAT(socket.read_message(), EndsWith(cat("POST /next  ", std::string(100'000, 'x'))));
}

TEST(Server, a_client_that_has_closed_its_sending_side_still_gets_its_answer) {
  Gate gate;
  const Server server({}, [&](const ServerRequest& request) {
    gate.pass();
    return echo(request);
  });
  auto socket = RawSocket::connect_to(server.port());
  socket.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  socket.shut_sending();
  gate.await_waiting(1);
  gate.open();
  EXPECT_THAT(socket.read_to_end(), AllOf(HasSubstr("\r\n\r\nGET /a  "), EndsWith("\r\n\r\nGET /b  ")));
}

TEST(Server, a_client_that_disconnects_before_its_answer_affects_no_other) {
  Gate gate;
  const Server server({.max_connections = 1}, [&](const ServerRequest& request) {
    if (request.path == "/slow") gate.pass();
    return echo(request);
  });
  {
    auto leaving = RawSocket::connect_to(server.port());
    leaving.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    gate.await_waiting(1);
  }
  EXPECT_THAT(ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 503 "))
      << "the connection still counts";
  gate.open();
  EXPECT_THAT(ask_until_there_is_room(server), StartsWith("HTTP/1.1 200 "));
}

TEST(Server, a_timer_that_fires_while_requests_are_handled_does_not_mix_up_answers) {
  const Server server({.threads = 4, .idle_timeout = 1ms}, [](const ServerRequest& request) {
    const auto end = steady_clock::now() + std::chrono::microseconds(request.body.size() * 100);
    while (steady_clock::now() < end) {
    }
    return echo(request);
  });
  std::vector<std::future<void>> clients;
  for (int client = 0; client < 4; ++client)
    clients.push_back(std::async(std::launch::async, [&server, client] {
      std::optional<RawSocket> socket;
      for (int i = 0; i < 200; ++i) {
        if (!socket) socket.emplace(RawSocket::connect_to(server.port()));
        const auto body = std::string(static_cast<std::size_t>((i * 7 + client) % 20), 'x');
        socket->send(
            cat("POST /", client, '-', i, " HTTP/1.1\r\nHost: h\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
        const auto answer = socket->read_message();
        if (answer.empty())
          socket.reset();  // the server has closed the idle connection
        else
          EXPECT_THAT(answer, EndsWith(cat("POST /", client, '-', i, "  ", body)));
      }
    }));
  for (auto& client : clients) client.get();
}

// Requests arrive in pieces and are pipelined, other threads answer, timers fire, and clients disconnect. Each request
// must get its own answer, in the order of the requests.
TEST(Server, answers_match_their_requests_under_concurrent_events) {
  std::atomic<int> answered = 0;
  {
    const Server server({.threads = 3, .idle_timeout = 3ms, .request_timeout = 2s}, [](const ServerRequest& request) {
      for (int i = 0; i < static_cast<int>(request.path.size()) * 7 % 40; ++i) std::this_thread::yield();
      return echo(request);
    });
    std::vector<std::thread> clients;
    for (unsigned client = 0; client < 6; ++client) {
      clients.emplace_back([&, client] {
        std::minstd_rand random(client + 1);
        for (int connection = 0; connection < 60; ++connection) {
          auto socket = RawSocket::connect_to(server.port());
          std::vector<std::string> sent;
          for (unsigned count = 1 + random() % 5; count > 0; --count) {
            sent.push_back(cat("/", client, '-', connection, '-', count, std::string(random() % 30, 'x')));
            const auto request = cat("GET ", sent.back(), " HTTP/1.1\r\nHost: h\r\n\r\n");
            const auto cut = random() % 2 == 0 ? request.size() : random() % request.size();
            socket.send(std::string_view(request).substr(0, cut));
            if (random() % 3 == 0) static_cast<void>(socket.receive_more(static_cast<int>(random() % 5)));
            socket.send(std::string_view(request).substr(cut));
          }
          if (random() % 8 == 0) continue;  // disconnects
          for (const auto& path : sent) {
            const auto answer = socket.read_message();
            if (!answer.starts_with("HTTP/1.1 200")) break;  // closed, because the request took too long
            EXPECT_THAT(answer, EndsWith(cat("\r\n\r\nGET ", path, "  ")));
            ++answered;
          }
        }
      });
    }
    for (auto& client : clients) client.join();
  }
  EXPECT_GT(answered, 100);
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

TEST(Server, connections_above_the_limit_get_503_and_later_ones_are_accepted_again) {
  const Server server({.max_connections = 2}, echo);
  auto first = RawSocket::connect_to(server.port());
  first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  first.read_message();
  {
    auto second = RawSocket::connect_to(server.port());
    second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    second.read_message();
    EXPECT_THAT(ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
  }
  EXPECT_THAT(ask_until_there_is_room(server), StartsWith("HTTP/1.1 200 "));
}

rlim_t descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

TEST(Server, holds_many_connections_at_once) {
  const Server server({}, echo);                                             // raises the limit of descriptors
  const auto count = std::min<rlim_t>(1500, (descriptor_limit() - 64) / 2);  // both ends are in this process
  if (count < 1500)
    std::fputs(cat("The limit of descriptors (ulimit -n) allows only ", count, " connections.\n").c_str(), stderr);
  std::vector<RawSocket> sockets;
  for (rlim_t i = 0; i < count; ++i) sockets.push_back(RawSocket::connect_to(server.port()));
  for (auto& socket : sockets) socket.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  for (auto& socket : sockets) ASSERT_THAT(socket.read_message(), EndsWith("GET /x  "));
}

TEST(Server, listens_on_ipv6) {
  const auto address = testing::second_address();
  const Server server({.host = address}, echo);
  Client client;
  EXPECT_EQ(client.send(Request::get(server.origin() + "/six")).body(), "GET /six  ");
  EXPECT_EQ(server.origin(), cat("http://", testing::url_host(address), ":", server.port()));
}

TEST(Server, listens_at_a_second_host_if_this_machine_has_it) {
  const auto address = testing::second_address();
  const Server both({.second_host = address}, echo);
  Client client;
  EXPECT_EQ(client.send(Request::get(both.origin() + "/four")).body(), "GET /four  ");
  EXPECT_EQ(client.send(Request::get(cat("http://", testing::url_host(address), ":", both.port(), "/six"))).body(),
            "GET /six  ");
  const Server one({.second_host = "192.0.2.1"}, echo);  // no machine has this address (RFC 5737)
  EXPECT_EQ(client.send(Request::get(one.origin() + "/four")).body(), "GET /four  ");
}

TEST(Server, a_second_host_whose_port_is_taken_is_an_error_that_names_it) {
  const auto address = testing::second_address();
  const Server other({.host = address}, echo);
  try {
    const Server server({.port = other.port(), .second_host = address}, echo);
    ADD_FAILURE() << "both listen";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), cat("Cannot listen on ", address, " port ", other.port(), ": Address already in use."));
  }
}

TEST(Server, a_taken_port_is_an_error_that_names_it) {
  const Server server({}, echo);
  try {
    const Server second({.port = server.port()}, echo);
    ADD_FAILURE() << "both listen";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "listen_failed");
    EXPECT_EQ(error.message(), cat("Cannot listen on 127.0.0.1 port ", server.port(), ": Address already in use."));
  }
}

TEST(Server, a_host_that_is_not_this_machine_is_an_error) {
  for (const auto* host : {"192.0.2.1", "no-such-host.invalid"}) {
    try {
      const Server server({.host = host}, echo);
      ADD_FAILURE() << host;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "listen_failed");
      EXPECT_THAT(error.message(), HasSubstr(host));
    }
  }
}

TEST(Server, child_processes_do_not_inherit_its_sockets) {
  const Server server({}, echo);
  auto socket = RawSocket::connect_to(server.port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  socket.read_message();
  for (int descriptor = 3; descriptor < 64; ++descriptor) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        ntohs(address.sin_port) != server.port())
      continue;
    EXPECT_TRUE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) << descriptor;
  }
}

TEST(Server, its_destructor_lets_running_handlers_answer_and_does_not_wait_for_idle_or_stuck_clients) {
  Gate gate;
  const ServerOptions options{.idle_timeout = 1h, .request_timeout = 1h};
  auto server = std::make_unique<Server>(options, [&](const ServerRequest& request) {
    if (request.path == "/running") gate.pass();
    auto response = echo(request);
    if (request.path == "/stalled") response.fault = ConnectionFault{.stall_after = 1, .stall_time = 1h};
    return response;
  });
  auto idle = RawSocket::connect_to(server->port());
  auto half = RawSocket::connect_to(server->port());
  half.send("GET / HTTP/1.1\r\nHo");
  auto stalled = RawSocket::connect_to(server->port());
  stalled.send("GET /stalled HTTP/1.1\r\nHost: h\r\n\r\n");
  stalled.read_through("\r\n\r\nG");
  auto running = RawSocket::connect_to(server->port());
  running.send("GET /running HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.await_waiting(1);
  auto end = std::async(std::launch::async, [&] { server.reset(); });
  EXPECT_EQ(idle.read_to_end(), "");  // the end has begun
  gate.open();
  EXPECT_THAT(running.read_to_end(), AllOf(HasSubstr("Connection: close"), EndsWith("GET /running  ")));
  end.get();
}

TEST(Server, its_destructor_does_not_wait_for_a_client_that_does_not_read) {
  const ServerOptions options{.idle_timeout = 1h, .request_timeout = 1h};
  auto server = std::make_unique<Server>(
      options, [](const ServerRequest&) { return ServerResponse::text(200, std::string(64U << 20U, 'x')); });
  auto socket = RawSocket::connect_to(server->port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  socket.read_through("\r\n\r\n");
  server.reset();
}

// Faults.

struct Faulty {
  explicit Faulty(ConnectionFault fault)
      : server({.threads = 1}, [fault](const ServerRequest&) {
          auto response = ServerResponse::text(200, "0123456789");
          response.fault = fault;
          return response;
        }) {}
  Server server;
};

TEST(ConnectionFault, a_delay_affects_only_its_own_answer) {
  Gate handled;
  handled.open();
  const Server server({.threads = 1}, [&](const ServerRequest& request) {
    if (request.path == "/late") handled.pass();
    auto response = echo(request);
    response.fault = ConnectionFault{.delay = request.path == "/late" ? milliseconds(1h) : milliseconds(1)};
    return response;
  });
  std::vector<RawSocket> late;
  for (int i = 0; i < 20; ++i) {
    late.push_back(RawSocket::connect_to(server.port()));
    late.back().send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  handled.await_waiting(20);
  EXPECT_THAT(ask(server, "GET /soon HTTP/1.1\r\nHost: h\r\n\r\n"), EndsWith("GET /soon  "));
  for (auto& socket : late) EXPECT_FALSE(socket.receive_more(0));
}

TEST(ConnectionFault, a_reset_replaces_the_answer) {
  const Faulty faulty({.reset = true});
  auto socket = RawSocket::connect_to(faulty.server.port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(socket.read_to_end(), "");
  EXPECT_TRUE(socket.was_reset());
}

TEST(ConnectionFault, a_cut_body_ends_early) {
  const Faulty faulty({.cut_after = 3});
  auto socket = RawSocket::connect_to(faulty.server.port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.read_to_end(), AllOf(HasSubstr("Content-Length: 10\r\n"), EndsWith("\r\n\r\n012")));
}

TEST(ConnectionFault, a_stalled_body_resumes_later_and_the_connection_stays_open) {
  const Faulty faulty({.stall_after = 4, .stall_time = 10ms});
  auto socket = RawSocket::connect_to(faulty.server.port());
  for (int i = 0; i < 2; ++i) {
    socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(socket.read_message(), EndsWith("0123456789"));
  }
}

TEST(ConnectionFault, a_stalled_body_stops_at_the_configured_byte) {
  const Faulty faulty({.stall_after = 4, .stall_time = 1h});
  auto socket = RawSocket::connect_to(faulty.server.port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.read_through("0123"), EndsWith("\r\n\r\n0123"));
  EXPECT_FALSE(socket.receive_more(50));
}

TEST(ConnectionFault, a_body_can_stall_and_then_be_cut) {
  const Faulty faulty({.stall_after = 2, .stall_time = 10ms, .cut_after = 5});
  auto socket = RawSocket::connect_to(faulty.server.port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(socket.read_to_end(), EndsWith("\r\n\r\n01234"));
}

}  // namespace
}  // namespace adit::http
