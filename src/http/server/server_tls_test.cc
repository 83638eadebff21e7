#include <csignal>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/un.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"

#include "http/server/tls_server_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::RawSocket;
using ::testing::StartsWith;

/// A client that sends arbitrary bytes over TLS.
class RawTls {
 public:
  explicit RawTls(std::uint16_t port, int version = 0)
      : socket_(RawSocket::connect_to(port)),
        context_(SSL_CTX_new(TLS_client_method())),
        tls_(SSL_new(context_.get())) {
    if (version != 0) SSL_set_max_proto_version(tls_.get(), version);
    SSL_set_security_level(tls_.get(), 0);
    const timeval limit{120, 0};
    ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SSL_set_fd(tls_.get(), socket_.descriptor());
    connected_ = SSL_connect(tls_.get()) == 1;
  }
  [[nodiscard]] bool connected() const { return connected_; }
  void send(std::string_view bytes) { SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())); }
  std::string read_to_end() {
    std::string all;
    char bytes[4096];
    for (int count = 0; (count = SSL_read(tls_.get(), bytes, sizeof bytes)) > 0;)
      all.append(bytes, static_cast<std::size_t>(count));
    ended_cleanly_ = (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    return all;
  }
  [[nodiscard]] bool ended_cleanly() const { return ended_cleanly_; }

 private:
  RawSocket socket_;
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Freed<SSL_free>> tls_;
  bool connected_ = false;
  bool ended_cleanly_ = false;
};

class ServerTls : public ::testing::Test {
 protected:
  ServerTls() : ca_(testing::make_identity({.name = "adit test CA"})) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto server = testing::make_identity(
        {.name = "localhost", .alternative_names = "DNS:localhost,IP:127.0.0.1,IP:127.0.0.2,IP:::1"}, &ca_);
    ca_file_ = testing::write_pem(folder_.path() / "ca.pem", ca_.certificate.get());
    identity_.certificate_chain_pem =
        read_file(testing::write_pem(folder_.path() / "server.pem", server.certificate.get()));
    identity_.private_key_pem = Secret(testing::key_pem(server.key.get()));
  }
  ServerOptions options() const {
    ServerOptions options;
    options.tls = identity_;
    options.request_timeout = 2min;
    return options;
  }
  static ServerResponse echo(const ServerRequest& request) {
    return ServerResponse::text(200, cat(request.secure ? "secure " : "plain ", request.remote_address, request.body));
  }

  testing::TemporaryFolder folder_;
  testing::Identity ca_;
  std::string ca_file_;
  TlsIdentity identity_;
};

TEST_F(ServerTls, answers_over_https_and_keeps_the_connection) {
  const Server server(options(), echo);
  EXPECT_THAT(server.origin(), StartsWith("https://127.0.0.1:"));
  Client client({.ca_file = ca_file_});
  const std::string body(1 << 20, 'x');
  for (int i = 0; i < 3; ++i) {
    auto copy = body;
    const auto answer = client.send(Request::post(server.origin() + "/").body(std::move(copy), "text/plain"));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.body(), "secure 127.0.0.1" + body);
  }
}

TEST_F(ServerTls, serves_ipv6) {
  auto with = options();
  with.host = testing::second_address();
  const Server server(with, echo);
  EXPECT_THAT(server.origin(), StartsWith(cat("https://", testing::url_host(with.host), ":")));
  Client client({.ca_file = ca_file_});
  EXPECT_EQ(client.send(Request::get(server.origin())).body(), "secure " + testing::client_of(with.host));
}

TEST_F(ServerTls, speaks_only_tls_1_2_and_later) {
  const Server server(options(), echo);
  EXPECT_FALSE(RawTls(server.port(), TLS1_1_VERSION).connected());
  EXPECT_TRUE(RawTls(server.port(), TLS1_2_VERSION).connected());
  EXPECT_TRUE(RawTls(server.port(), TLS1_3_VERSION).connected());
}

TEST_F(ServerTls, plain_http_at_its_port_is_answered_with_a_hint_to_https) {
  const Server server(options(), echo);
  auto socket = RawSocket::connect_to(server.port());
  socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = socket.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("This port speaks HTTPS"));
}

TEST_F(ServerTls, limits_apply_as_without_tls_and_their_answers_arrive) {
  auto with = options();
  with.max_header_bytes = 1024;
  with.max_body_bytes = 1000;
  const Server server(std::move(with), echo);
  RawTls header(server.port());
  header.send(cat("GET / HTTP/1.1\r\nHost: h\r\nX: ", std::string(5000, 'x'), "\r\n\r\n"));
  EXPECT_THAT(header.read_to_end(), StartsWith("HTTP/1.1 431 "));
  EXPECT_TRUE(header.ended_cleanly());
  RawTls body(server.port());
  body.send(cat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n", std::string(200000, 'x')));
  EXPECT_THAT(body.read_to_end(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTls, slow_senders_are_closed_in_handshake_header_and_body) {
  auto with = options();
  with.request_timeout = 200ms;
  with.idle_timeout = 1h;
  const Server server(with, echo);
  auto handshake = RawSocket::connect_to(server.port());
  handshake.send("\x16\x03\x01");
  handshake.read_to_end();
  for (const auto* request :
       {"GET / HTTP/1.1\r\nHost:", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"}) {
    // A handshake must end within the same time: try again with a longer one until it does.
    std::string answer;
    for (with.request_timeout = 200ms; answer.empty() && with.request_timeout < 10min; with.request_timeout *= 10) {
      const Server patient(with, echo);
      RawTls client(patient.port());
      client.send(request);
      answer = client.read_to_end();
    }
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 ")) << request;
  }
}

TEST_F(ServerTls, connections_above_the_limit_get_503) {
  auto with = options();
  with.max_connections = 1;
  const Server server(std::move(with), echo);
  const RawTls only(server.port());
  ASSERT_TRUE(only.connected());
  EXPECT_THAT(RawTls(server.port()).read_to_end(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(ServerTls, idle_connections_are_closed) {
  auto with = options();
  with.idle_timeout = 100ms;
  const Server server(std::move(with), echo);
  RawTls idle(server.port());
  ASSERT_TRUE(idle.connected());
  EXPECT_EQ(idle.read_to_end(), "");
}

TEST_F(ServerTls, injects_faults) {
  ConnectionFault fault{.cut_after = 2};
  const Server server(options(), [&](const ServerRequest& request) {
    auto response = ServerResponse::text(200, "0123456789");
    if (request.path == "/reset") response.fault = ConnectionFault{.reset = true};
    if (request.path == "/cut") response.fault = fault;
    if (request.path == "/stall") response.fault = ConnectionFault{.stall_after = 4, .stall_time = 50ms};
    return response;
  });
  RawTls cut(server.port());
  cut.send("GET /cut HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(cut.read_to_end(), ::testing::EndsWith("\r\n\r\n01"));
  EXPECT_FALSE(cut.ended_cleanly());
  Client client({.ca_file = ca_file_});
  EXPECT_EQ(client.send(Request::get(server.origin() + "/stall")).body(), "0123456789");
  EXPECT_THROW((void)client.send(Request::get(server.origin() + "/reset")), Error);
}

TEST_F(ServerTls, an_identity_that_cannot_be_used_is_refused) {
  const auto code_of = [](TlsIdentity identity) -> std::string {
    try {
      ServerOptions options;
      options.tls = std::move(identity);
      const Server server(std::move(options), echo);
    } catch (const Error& error) {
      return error.code();
    }
    return "listens";
  };
  EXPECT_EQ(code_of({"no certificate", identity_.private_key_pem}), "invalid_tls_identity");
  EXPECT_EQ(code_of({identity_.certificate_chain_pem, Secret("no key")}), "invalid_tls_identity");
  const auto other = testing::make_identity({.name = "other"});
  EXPECT_EQ(code_of({identity_.certificate_chain_pem, Secret(testing::key_pem(other.key.get()))}),
            "invalid_tls_identity");
}

class UnixServer : public ::testing::Test {
 protected:
  ServerOptions at(const std::string& path) const {
    ServerOptions options;
    options.unix_path = path;
    return options;
  }
  static ServerResponse answer(const ServerRequest& request) {
    return ServerResponse::text(200, cat(request.path, request.remote_address));
  }
  static std::string failure(const ServerOptions& options) {
    try {
      const Server server(options, answer);
    } catch (const Error& error) {
      return cat(error.code(), ": ", error.message());
    }
    return "listens";
  }
  /// Returns a socket that listens at the path, without a Server.
  [[nodiscard]] int listen_at_path() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, path_.size());
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener, 4), 0);
    return listener;
  }
  testing::TemporaryFolder folder_;
  std::string path_ = (folder_.path() / "socket").string();
};

TEST_F(UnixServer, listens_at_a_path_that_only_its_user_can_open_and_removes_it) {
  {
    const Server server(at(path_), answer);
    EXPECT_EQ(server.origin(), "http://localhost");
    EXPECT_EQ(server.port(), 0);
    EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0600));
    const testing::ScopedVariable proxy("ALL_PROXY", cat("http://127.0.0.1:", testing::refusing_port()));
    Client client({.unix_socket = path_});
    EXPECT_EQ(client.send(Request::get("http://ims.example/path")).body(), "/path");
    EXPECT_THAT(failure(at(path_)), HasSubstr("listen_failed: Cannot listen on the Unix socket"));
    EXPECT_EQ(client.send(Request::get("http://localhost/still")).body(), "/still");
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixServer, replaces_only_a_socket_that_a_dead_server_left) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, path_.size());
  const int dead = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  EXPECT_EQ(failure(at(path_)), "listens");
  std::ofstream(path_) << "a file";
  EXPECT_THAT(failure(at(path_)), HasSubstr("not a socket"));
  EXPECT_TRUE(std::filesystem::exists(path_));
  EXPECT_THAT(failure(at(std::string(200, 'x'))), HasSubstr("107 bytes"));
  EXPECT_THAT(failure(at("/nowhere/socket")), HasSubstr("No such file"));
}

TEST_F(UnixServer, a_client_gets_an_error_if_nothing_listens_at_the_path) {
  Client client({.unix_socket = path_});
  try {
    (void)client.send(Request::get("http://localhost/"));
    ADD_FAILURE() << "answered";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "request_unread");
    EXPECT_THAT(error.message(), HasSubstr(path_));
    EXPECT_TRUE(error.retryable());
  }
}

TEST_F(UnixServer, a_client_knows_if_a_server_that_ended_has_read_its_request) {
  const int listener = listen_at_path();
  Client client({.unix_socket = path_});
  for (const bool reads : {true, false}) {
    std::thread server([&] {
      RawSocket peer(::accept(listener, nullptr, nullptr));
      if (reads) {
        EXPECT_THAT(peer.read_message(), ::testing::EndsWith("body"));
      } else {
        pollfd watched{.fd = peer.descriptor(), .events = POLLIN, .revents = 0};
        EXPECT_EQ(::poll(&watched, 1, 120'000), 1);
      }
    });
    try {
      (void)client.send(Request::post("http://localhost/").body("body", "text/plain"));
      ADD_FAILURE() << "answered";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), reads ? "request_failed" : "request_unread");
    }
    server.join();
  }
  ::close(listener);
}

TEST_F(UnixServer, a_client_knows_at_any_time_that_a_server_that_closed_has_read_nothing) {
  const int listener = listen_at_path();
  // Both threads run on one processor, and the server has the higher priority, so that it usually closes the connection
  // while the client is still in connect().
  cpu_set_t processor;
  CPU_ZERO(&processor);
  CPU_SET(::sched_getcpu(), &processor);
  std::thread server([&] {
    ::sched_setaffinity(0, sizeof processor, &processor);
    for (int peer = 0; (peer = ::accept(listener, nullptr, nullptr)) >= 0;) ::close(peer);
  });
  std::thread([&] {
    ::sched_setaffinity(0, sizeof processor, &processor);
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
    Client client({.unix_socket = path_});
    for (int i = 0; i < 20; ++i) {
      const auto error = testing::error_of(client, Request::post("http://localhost/").body("body", "text/plain"));
      EXPECT_EQ(error.code(), "request_unread") << error.message();
    }
  }).join();
  ::shutdown(listener, SHUT_RDWR);
  server.join();
  ::close(listener);
}

TEST(StopAccepting, closes_idle_connections_and_answers_running_requests) {
  std::promise<void> entered;
  std::promise<void> leave;
  Server server({}, [&](const ServerRequest&) {
    entered.set_value();
    leave.get_future().wait();
    return ServerResponse::text(200, "done");
  });
  auto idle = RawSocket::connect_to(server.port());
  auto busy = RawSocket::connect_to(server.port());
  busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  entered.get_future().wait();
  server.stop_accepting();
  server.stop_accepting();
  EXPECT_EQ(idle.read_to_end(), "");
  leave.set_value();
  EXPECT_THAT(busy.read_to_end(), AllOf(HasSubstr("Connection: close\r\n"), ::testing::EndsWith("done")));
  Client client;
  EXPECT_THROW((void)client.send(Request::get(server.origin())), Error);
}

}  // namespace
}  // namespace adit::http
