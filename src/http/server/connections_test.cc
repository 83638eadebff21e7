#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "adit/http_server.h"

#include "base/text/text.h"
#include "http/server/handlers_fixture.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::AllOf;
using testing::ask;
using testing::echo;
using ::testing::EndsWith;
using testing::Gate;
using ::testing::HasSubstr;
using testing::kLong;
using testing::RawSocket;
using ::testing::StartsWith;

/// Repeats a request until it is answered with 200, and returns that answer.
std::string ask_until_there_is_room(const Server& server) {
  std::string answer;
  for (const auto end = steady_clock::now() + kLong; steady_clock::now() < end && !answer.starts_with("HTTP/1.1 200");)
    answer = ask(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  return answer;
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

}  // namespace
}  // namespace adit::http
