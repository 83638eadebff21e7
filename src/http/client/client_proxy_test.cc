#include <chrono>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"

#include "http/server/tls_server_fixture.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using ::testing::AllOf;
using testing::error_of;
using ::testing::HasSubstr;
using testing::mirror;
using ::testing::Not;
using testing::RawServer;
using testing::RawSocket;
using testing::ScopedVariable;
using ::testing::StartsWith;

// A proxy that the test plays: which requests the client sends to it, and what they contain.

/// A proxy that answers absolute-form requests itself, and CONNECT with 407.
RawServer proxy() {
  return RawServer([](RawSocket& socket, int) {
    for (;;) {
      const auto request = socket.read_message();
      if (request.empty()) return;
      const auto line = request.substr(0, request.find("\r\n"));
      if (line.starts_with("CONNECT ")) {
        socket.send("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      } else {
        socket.send(cat("HTTP/1.1 200 OK\r\nx-proxy: 1\r\nContent-Length: ", line.size(), "\r\n\r\n", line));
      }
    }
  });
}

TEST(Proxy, is_taken_from_the_environment) {
  RawServer server = proxy();
  const ScopedVariable variable("http_proxy", server.origin());
  Client client;
  EXPECT_EQ(client.send(Request::get("http://some.example/p?q")).body(), "GET http://some.example/p?q HTTP/1.1");
}

TEST(Proxy, is_not_used_for_hosts_in_no_proxy) {
  RawServer server = proxy();
  RawServer target = mirror();
  const ScopedVariable variable("http_proxy", server.origin());
  const auto url = cat("http://0.0.0.0:", target.port(), "/x");  // this machine, under a name that is not exempt
  Client client;
  EXPECT_TRUE(client.send(Request::get(url)).headers().has("x-proxy"));
  const ScopedVariable exception("no_proxy", "other.example,0.0.0.0");
  EXPECT_THAT(Client().send(Request::get(url)).body(), StartsWith("GET /x "));
}

TEST(Proxy, is_not_used_for_this_machine) {
  RawServer server = proxy();
  RawServer target = mirror();
  const ScopedVariable variable("http_proxy", server.origin());
  Client client;
  EXPECT_THAT(client.send(Request::get(target.origin() + "/x")).body(), StartsWith("GET /x "));
  EXPECT_THAT(client.send(Request::get(cat("http://localhost:", target.port(), "/y"))).body(), StartsWith("GET /y "));
  EXPECT_EQ(server.connections(), 0);
}

TEST(Proxy, a_refused_tunnel_is_reported_with_the_proxys_status) {
  RawServer server = proxy();
  const ScopedVariable variable("HTTPS_PROXY", server.origin());
  Client client;
  const auto error = error_of(client, Request::get("https://some.example/p").bearer(Secret("t")));
  EXPECT_THAT(error.message(), HasSubstr("the proxy refused the tunnel with status 407: "));
  EXPECT_FALSE(error.retryable());
}

TEST(Proxy, a_redirect_instead_of_a_tunnel_is_not_followed) {
  const RawServer server([](RawSocket& socket, int) {
    socket.read_message();
    socket.send("HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n");
  });
  const ScopedVariable variable("HTTPS_PROXY", server.origin());
  Client client;
  const auto error = error_of(client, Request::get("https://some.example/p").bearer(Secret("t")));
  EXPECT_THAT(error.message(), HasSubstr("the proxy refused the tunnel with status 302."));
  EXPECT_FALSE(error.retryable());
}

TEST(Proxy, a_proxy_that_cannot_be_reached_is_distinguished_from_a_server) {
  Client client;
  {
    const ScopedVariable variable("http_proxy", cat("http://127.0.0.1:", testing::refusing_port()));
    const auto error = error_of(client, Request::get("http://some.example/p"));
    EXPECT_THAT(error.message(), HasSubstr("the connection was refused by the proxy 127.0.0.1."));
    EXPECT_TRUE(error.retryable());
  }
  const ScopedVariable variable("http_proxy", "http://no-such-proxy.invalid:3128");
  EXPECT_THAT(error_of(client, Request::get("http://some.example/p")).message(),
              HasSubstr("the proxy's host name could not be resolved"));
}

TEST(Proxy, an_unknown_kind_of_proxy_is_reported_without_the_login_in_its_url) {
  Client client;
  const ScopedVariable variable("http_proxy", "htpp://user:hidden@127.0.0.1:3128");
  const auto error = error_of(client, Request::get("http://some.example/p"));
  EXPECT_THAT(error.message(), HasSubstr("the proxy's URL begins with htpp://, which is not a kind of proxy."));
  EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr("hidden")));
  EXPECT_FALSE(error.retryable());
}

TEST(Proxy, does_not_receive_the_headers_of_a_tunnelled_request) {
  std::string seen;
  RawServer server([&](RawSocket& socket, int) {
    seen = socket.read_message();
    socket.send("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n");
  });
  const ScopedVariable variable("https_proxy", server.origin());
  Client client;
  const auto error = error_of(client, Request::get("https://some.example/p?q").bearer(Secret("t")));
  EXPECT_TRUE(error.retryable());
  EXPECT_THAT(seen, AllOf(StartsWith("CONNECT some.example:443 "), Not(HasSubstr("Bearer")), Not(HasSubstr("/p"))));
}

// A real proxy.

bool listens(std::uint16_t port) {
  const RawSocket probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = testing::loopback(port);
  return ::connect(probe.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// A real proxy that requires a login.
class Tinyproxy {
 public:
  Tinyproxy() {
    // Another program may take the port before the proxy starts; then try another one.
    for (int tries = 0; tries < 5; ++tries)
      if (start(testing::refusing_port())) return;
    throw std::runtime_error("tinyproxy does not start; is it installed? " + testing_log());
  }
  Tinyproxy(const Tinyproxy&) = delete;
  Tinyproxy& operator=(const Tinyproxy&) = delete;
  ~Tinyproxy() { stop(); }

  void stop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(std::exchange(process_, 0), nullptr, 0);
  }
  /// The value for HTTPS_PROXY. `login` may be empty.
  [[nodiscard]] std::string url(const std::string& login) const {
    return cat("http://", login, login.empty() ? "" : "@", "127.0.0.1:", port_);
  }
  [[nodiscard]] std::string login() const { return cat("someone:", password_); }
  [[nodiscard]] std::string password() const { return password_; }
  /// The proxy's log, which names each request and its client.
  [[nodiscard]] std::string testing_log() const {
    std::ifstream file(folder_.path() / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  bool start(std::uint16_t port) {
    port_ = port;
    const auto settings = (folder_.path() / "conf").string();
    std::ofstream(settings) << cat("Port ", port, "\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Connect\n",
                                   "LogFile \"", (folder_.path() / "log").string(), "\"\nBasicAuth someone ", password_,
                                   "\n");
    process_ = ::fork();
    if (process_ == 0) {
      ::execlp("tinyproxy", "tinyproxy", "-d", "-c", settings.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    for (const auto end = steady_clock::now() + 2min; steady_clock::now() < end; ::poll(nullptr, 0, 5)) {
      if (::waitpid(process_, nullptr, WNOHANG) == process_) break;
      if (listens(port)) return true;
    }
    stop();
    return false;
  }

  testing::TemporaryFolder folder_;
  std::string password_ = cat("pw", steady_clock::now().time_since_epoch().count());
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

/// The client uses no proxy for the usual names of this machine. So these tests reach the server as 0.0.0.0, which
/// leads to this machine as well.
class ClientProxy : public ::testing::Test {
 protected:
  ClientProxy() : ca_(testing::make_identity({.name = "adit test CA"})) {
    std::signal(SIGPIPE, SIG_IGN);
    ca_file_ = testing::write_pem(folder_.path() / "ca.pem", ca_.certificate.get());
    const auto identity =
        testing::make_identity({.name = "server", .alternative_names = "IP:0.0.0.0,IP:127.0.0.1"}, &ca_);
    ServerOptions options;
    options.tls = {read_file(testing::write_pem(folder_.path() / "server.pem", identity.certificate.get())),
                   Secret(testing::key_pem(identity.key.get()))};
    server_ = std::make_unique<Server>(std::move(options), [](const ServerRequest& request) {
      return ServerResponse::text(200, cat(request.headers.get_or_empty("authorization"),
                                           request.headers.get_or_empty("proxy-authorization"), request.body));
    });
    url_ = cat("https://0.0.0.0:", server_->port(), "/p");
  }
  [[nodiscard]] Client client() const { return Client({.ca_file = ca_file_}); }
  Error failure() const {
    auto sender = client();
    auto error = error_of(sender, Request::get(url_).bearer(Secret("token")));
    EXPECT_EQ(error.code(), "request_failed");
    EXPECT_THAT(error.to_string(), AllOf(Not(HasSubstr(proxy_.password())), Not(HasSubstr("someone:"))));
    return error;
  }

  testing::TemporaryFolder folder_;
  testing::Identity ca_;
  std::string ca_file_;
  std::unique_ptr<Server> server_;
  std::string url_;
  Tinyproxy proxy_;
};

TEST_F(ClientProxy, tunnels_https_with_the_login_of_https_proxy_and_reuses_the_tunnel) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url(proxy_.login()));
  auto sender = client();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(sender.send(Request::post(url_).bearer(Secret("token")).body("body", "text/x")).body(),
              "Bearer tokenbody");
  const auto log = proxy_.testing_log();
  const auto connect_line = cat("CONNECT 0.0.0.0:", server_->port(), ' ');
  const auto first = log.find(connect_line);
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_EQ(log.find(connect_line, first + 1), std::string::npos) << "one tunnel for all three\n" << log;
}

TEST_F(ClientProxy, transfers_large_bodies_in_both_directions) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url(proxy_.login()));
  auto sender = client();
  const std::string body(1'500'000, 'x');
  EXPECT_EQ(sender.send(Request::put(url_).body(body, "text/x")).body(), body);
}

TEST_F(ClientProxy, a_missing_login_is_reported_with_the_variable_to_set) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url(""));
  const auto error = failure();
  EXPECT_EQ(error.message(), cat("GET ", url_,
                                 ": the proxy refused the tunnel with status 407: the login in HTTPS_PROXY is missing "
                                 "or wrong."));
  EXPECT_THAT(error.hint(), HasSubstr("http://USER:PASSWORD@HOST:PORT"));
  EXPECT_FALSE(error.retryable());
}

TEST_F(ClientProxy, a_wrong_password_is_reported_like_a_missing_login) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url("someone:else"));
  const auto error = failure();
  // Tinyproxy answers 401, other proxies answer 407.
  EXPECT_THAT(error.message(), HasSubstr("the proxy refused the tunnel with status 401: the login in HTTPS_PROXY"));
  EXPECT_FALSE(error.retryable());
}

TEST_F(ClientProxy, a_stopped_proxy_is_distinguished_from_a_stopped_server) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url(proxy_.login()));
  proxy_.stop();
  const auto dead = failure();
  EXPECT_THAT(dead.message(), HasSubstr("the connection was refused by the proxy 127.0.0.1."));
  EXPECT_THAT(dead.hint(), AllOf(HasSubstr("HTTPS_PROXY"), HasSubstr("NO_PROXY")));
  EXPECT_TRUE(dead.retryable());
}

TEST_F(ClientProxy, a_proxy_that_cannot_reach_the_server_is_reported_with_its_status) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url(proxy_.login()));
  url_ = cat("https://0.0.0.0:", testing::refusing_port(), "/p");
  const auto error = failure();
  EXPECT_THAT(error.message(), HasSubstr("the proxy refused the tunnel with status 500."));
  EXPECT_TRUE(error.retryable());
}

TEST_F(ClientProxy, hosts_in_no_proxy_are_reached_without_the_proxy) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url("someone:wrong"));
  const ScopedVariable exception("NO_PROXY", "api.example,0.0.0.0");
  EXPECT_EQ(client().send(Request::get(url_)).status(), 200);
  EXPECT_THAT(proxy_.testing_log(), Not(HasSubstr("CONNECT 0.0.0.0")));
  const ScopedVariable all("NO_PROXY", "*");
  EXPECT_EQ(client().send(Request::get(url_)).status(), 200);
}

TEST_F(ClientProxy, certificates_are_verified_through_the_tunnel) {
  const ScopedVariable variable("HTTPS_PROXY", proxy_.url(proxy_.login()));
  Client doubtful;
  EXPECT_THAT(error_of(doubtful, Request::get(url_)).message(),
              HasSubstr("signed by a CA that this machine does not trust"));
}

}  // namespace
}  // namespace adit::http
