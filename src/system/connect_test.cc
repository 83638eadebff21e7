#include "system/connect.h"

#include <filesystem>
#include <string>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "system/files/temporary_folder.h"

namespace adit {
namespace {

using std::chrono_literals::operator""min;
using ::testing::HasSubstr;

WaitLimit a_minute(int stop = -1) { return {std::chrono::steady_clock::now() + 1min, stop}; }

template <typename Call>
std::string reason_of(Call&& call) {
  try {
    static_cast<void>(call());
  } catch (const ConnectionFailure& failure) {
    return failure.reason;
  }
  return "none";
}

/// A socket that is bound to a free port of 127.0.0.1.
struct Bound {
  Bound() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket.get(), any, size), 0);
    EXPECT_EQ(getsockname(socket.get(), any, &size), 0);
    port = std::to_string(ntohs(address.sin_port));
  }

  Descriptor socket;
  std::string port;
};

TEST(Connect, connects_to_an_address_and_to_a_name) {
  const Bound server;
  ASSERT_EQ(listen(server.socket.get(), 8), 0);
  EXPECT_TRUE(connect_to_host("127.0.0.1", server.port, a_minute(), 1min));
  EXPECT_TRUE(connect_to_host("localhost", server.port, a_minute(), 1min));
}

TEST(Connect, reports_why_there_is_no_connection) {
  const Bound closed;  // it does not listen
  EXPECT_EQ(reason_of([&] { return connect_to_host("127.0.0.1", closed.port, a_minute(), 1min); }),
            "Connection refused");
  EXPECT_THAT(reason_of([&] { return connect_to_unix_socket(std::string(200, 'x'), a_minute()); }),
              HasSubstr("too long"));
  EXPECT_EQ(reason_of([&] { return connect_to_unix_socket("/nonexistent/socket", a_minute()); }),
            "No such file or directory");
}

TEST(Connect, connects_to_a_unix_socket) {
  const TemporaryFolder folder(std::filesystem::temp_directory_path() / "adit-connect");
  const std::string path = folder.path() / "socket";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(static_cast<char*>(address.sun_path), path.size());
  const Descriptor server(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(bind(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(server.get(), 1), 0);
  EXPECT_TRUE(connect_to_unix_socket(path, a_minute()));
}

TEST(Connect, ends_a_wait_at_its_deadline_and_when_it_is_stopped) {
  const Descriptor silent(eventfd(0, EFD_CLOEXEC));
  EXPECT_EQ(reason_of([&] {
              wait_for(silent.get(), POLLIN, {std::chrono::steady_clock::now()});
              return true;
            }),
            "no answer in time");
  const Descriptor stopped(eventfd(1, EFD_CLOEXEC));
  EXPECT_EQ(reason_of([&] {
              wait_for(silent.get(), POLLIN, a_minute(stopped.get()));
              return true;
            }),
            "the wait was ended");
}

}  // namespace
}  // namespace adit
