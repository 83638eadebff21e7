#include "cli/project/adobe_tunnel.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/log.h"

#include "base/descriptor.h"
#include "base/system_reason.h"
#include "base/text/text.h"
#include "system/connect.h"
#include "system/process/pipe.h"

namespace adit::cli {
namespace {

constexpr std::size_t kMostConnections = 256;
constexpr std::size_t kMostHead = 16U << 10U;
/// To read a request's head, and to connect.
constexpr std::chrono::seconds kTimeLimit{30};
/// For each address of a host, so that a silent one leaves time for the others.
constexpr std::chrono::seconds kAddressTimeLimit{5};
/// Before the next connection is accepted if the system refused one (EMFILE).
constexpr int kPauseMs = 50;

struct Address {
  std::string host;
  std::string port;
};

/// Parses `HOST:PORT`, with IPv6 addresses in brackets.
std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string_view::npos || port.size() > 5) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{std::string(host), std::string(port)};
}

Address address_of(const std::string& origin) {
  const auto url = http::split_url(origin);
  const auto authority = url.origin.substr(url.origin.find("://") + 3);
  const bool has_port = authority.find(':', authority.rfind(']') + 1) != std::string::npos;
  return *parse_address(has_port ? authority : cat(authority, url.origin.starts_with("https:") ? ":443" : ":80"));
}

WaitLimit limit_of(int stop) { return {std::chrono::steady_clock::now() + kTimeLimit, stop}; }

/// Waits for `event` at the descriptor. Returns false if `stop` or the time limit ends first.
bool is_ready(int descriptor, short event, int stop) {
  try {
    wait_for(descriptor, event, limit_of(stop));
    return true;
  } catch (const ConnectionFailure&) {
    return false;
  }
}

bool send_all(int socket, std::string_view bytes, int stop) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!is_ready(socket, POLLOUT, stop)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

Descriptor connect_to(const Address& address, int stop) {
  try {
    return connect_to_host(address.host, address.port, limit_of(stop), kAddressTimeLimit);
  } catch (const ConnectionFailure&) {
    return {};
  }
}

/// Reads the request's head and no more: a client waits for the answer before it sends more.
std::optional<std::string> read_head(int socket, int stop) {
  std::string head;
  std::array<char, 4096> bytes{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    if (head.size() > kMostHead || !is_ready(socket, POLLIN, stop)) return std::nullopt;
    const auto count = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (count <= 0) return std::nullopt;
    head.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return head;
}

/// Copies bytes in both directions until one side closes, or `stop` does.
void relay(int one, int other, int stop) {
  std::array<char, 16384> bytes{};
  std::array<pollfd, 3> waits{{{one, POLLIN, 0}, {other, POLLIN, 0}, {stop, POLLIN, 0}}};
  while (true) {
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    if (waits[2].revents != 0) return;
    for (std::size_t side = 0; side < 2; ++side) {
      if (waits.at(side).revents == 0) continue;
      const auto count = ::recv(waits.at(side).fd, bytes.data(), bytes.size(), 0);
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return;
      const auto to = waits.at(1 - side).fd;
      if (count > 0 && !send_all(to, {bytes.data(), static_cast<std::size_t>(count)}, stop)) return;
    }
  }
}

Error listen_failed() {
  const std::string reason = system_reason();
  return Error::failure("listen_failed", cat("Cannot start the local proxy to the emulator: ", reason, '.'));
}

}  // namespace

/// The state that the threads share; the last of them destroys it.
class AdobeTunnel::Work : public std::enable_shared_from_this<AdobeTunnel::Work> {
 public:
  Work(http::Endpoints routes, const std::string& upstream) : routes_(std::move(routes)), stop_(Pipe::make()) {
    if (!upstream.empty()) take_upstream(upstream);
    listener_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (!listener_ || ::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), SOMAXCONN) != 0 ||
        ::getsockname(listener_.get(), any, &size) != 0)
      throw listen_failed();
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void start() {
    acceptor_ = std::thread([self = shared_from_this()] { self->accept_all(); });
  }

  void end() {
    stop_.write.close();  // wakes every waiting thread
    acceptor_.join();
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return connections_ == 0; });
  }

 private:
  void take_upstream(const std::string& upstream) {
    try {
      const auto url = http::split_url(upstream);
      if (!url.origin.starts_with("http://")) throw Error::configuration("invalid_proxy", "");
      upstream_ = address_of(url.origin);
      if (!url.userinfo.empty())
        authorization_ = cat("Proxy-Authorization: Basic ", base64_encode(form_decode(url.userinfo)), "\r\n");
    } catch (const Error&) {
      throw Error::configuration("invalid_proxy", "HTTPS_PROXY is not of the form http://HOST:PORT.")
          .hint("Correct it, or unset it for this command.");
    }
  }

  void accept_all() {
    while (true) {
      std::array<pollfd, 2> waits{{{listener_.get(), POLLIN, 0}, {stop_.read.get(), POLLIN, 0}}};
      if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
      if (waits[1].revents != 0) return;
      if (waits[0].revents == 0) continue;
      Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (client) {
        serve_in_thread(std::move(client));
      } else if (errno != EINTR && errno != EAGAIN) {
        ::poll(&waits[1], 1, kPauseMs);
      }
    }
  }

  void serve_in_thread(Descriptor client) {
    {
      const std::lock_guard lock(mutex_);
      if (connections_ == kMostConnections) return;
      ++connections_;
    }
    try {
      std::thread([self = shared_from_this(), client = std::move(client)]() mutable {
        self->serve(client.get());
        client.close();
        const std::lock_guard lock(self->mutex_);
        if (--self->connections_ == 0) self->done_.notify_all();
      }).detach();
    } catch (const std::system_error&) {  // the system has no thread for it: the client's connection is closed
      const std::lock_guard lock(mutex_);
      --connections_;
    }
  }

  void serve(int client) {
    const auto head = read_head(client, stop_.read.get());
    if (!head) return;
    const auto answer = [&](std::string_view text) { send_all(client, text, stop_.read.get()); };
    const auto target = target_of(*head);
    if (!target) return answer("HTTP/1.1 405 Method Not Allowed\r\nAllow: CONNECT\r\nContent-Length: 0\r\n\r\n");
    const auto origin = cat("https://", *target);
    const auto route = route_of(origin);
    const bool by_upstream = route.empty() && upstream_;
    const auto address = by_upstream ? upstream_ : route.empty() ? parse_address(*target) : address_of(route);
    const auto server = address ? connect_to(*address, stop_.read.get()) : Descriptor();
    if (!server) return answer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    if (by_upstream) {
      const auto line_end = head->find("\r\n") + 2;
      const auto request = cat(head->substr(0, line_end), authorization_, head->substr(line_end));
      if (!send_all(server.get(), request, stop_.read.get())) return;
    } else {
      answer("HTTP/1.1 200 Connection established\r\n\r\n");
    }
    relay(client, server.get(), stop_.read.get());
  }

  /// Parses `CONNECT HOST:PORT HTTP/1.1`; returns `nullopt` for another request.
  static std::optional<std::string> target_of(std::string_view head) {
    constexpr std::string_view kMethod = "CONNECT ";
    if (!head.starts_with(kMethod)) return std::nullopt;
    head = head.substr(kMethod.size(), head.find("\r\n") - kMethod.size());
    const auto target = head.substr(0, head.find(' '));
    if (!parse_address(target)) return std::nullopt;
    return std::string(target);
  }

  /// Returns where the routes send this origin; empty if they have none for it.
  std::string route_of(const std::string& origin) {
    try {
      auto route = routes_.apply(origin);
      return route == origin ? std::string() : route;
    } catch (const Error&) {
      return {};
    }
  }

  http::Endpoints routes_;
  std::optional<Address> upstream_;
  std::string authorization_;
  Pipe stop_;
  Descriptor listener_;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t connections_ = 0;
};

AdobeTunnel::AdobeTunnel(http::Endpoints routes, const std::string& upstream)
    : work_(std::make_shared<Work>(std::move(routes), upstream)) {
  work_->start();
}

AdobeTunnel::~AdobeTunnel() { work_->end(); }

std::string AdobeTunnel::url() const { return cat("http://127.0.0.1:", work_->port()); }

}  // namespace adit::cli
