#include <chrono>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/http_server.h"

#include "http/server/handlers_fixture.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using ::testing::AllOf;
using testing::ask;
using testing::echo;
using ::testing::EndsWith;
using testing::Gate;
using ::testing::HasSubstr;
using testing::RawSocket;

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
