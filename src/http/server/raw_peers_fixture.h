#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"

#include "base/text/text.h"

namespace adit::http::testing {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// One end of a connection, for tests that send arbitrary bytes. A read fails the test if for two minutes no bytes
/// arrive and the peer does not close.
class RawSocket {
 public:
  explicit RawSocket(int descriptor) : descriptor_(descriptor) {}
  static RawSocket connect_to(std::uint16_t port) {
    RawSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = loopback(port);
    if (::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    return socket;
  }
  RawSocket(RawSocket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() { close(); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) is_closed_ = true;
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Reads more bytes into the buffer. Returns false if the peer has closed or reset the connection, or after the given
  /// time.
  bool receive_more(std::optional<int> timeout_ms = std::nullopt) {
    pollfd poll{descriptor_, POLLIN, 0};
    char bytes[16384];
    if (::poll(&poll, 1, timeout_ms.value_or(120'000)) <= 0) {
      EXPECT_TRUE(timeout_ms) << "the peer sends nothing and does not close";
      return false;
    }
    const auto count = ::recv(descriptor_, bytes, sizeof bytes, 0);
    if (count < 0) was_reset_ = true;
    if (count <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  /// Reads up to the end of `mark`, or to the end of the stream if `mark` does not arrive.
  std::string read_through(std::string_view mark) {
    std::size_t at = std::string::npos;
    while ((at = buffer_.find(mark)) == std::string::npos && receive_more()) {
    }
    return take(at == std::string::npos ? buffer_.size() : at + mark.size());
  }
  std::string read_exactly(std::size_t size) {
    while (buffer_.size() < size && receive_more()) {
    }
    return take(std::min(size, buffer_.size()));
  }
  std::string read_to_end() {
    while (receive_more()) {
    }
    return take(buffer_.size());
  }
  /// Reads a request or answer with the body that its Content-Length announces.
  std::string read_message() {
    std::string head = read_through("\r\n\r\n");
    const auto lower = to_lower(head);
    const auto field = lower.find("content-length:");
    if (field == std::string::npos) return head;
    return head + read_exactly(std::stoul(lower.substr(field + 15)));
  }
  /// Whether the peer has stopped receiving.
  [[nodiscard]] bool is_closed() const { return is_closed_; }
  [[nodiscard]] bool was_reset() const { return was_reset_; }

  void shut_sending() const { ::shutdown(descriptor_, SHUT_WR); }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  /// Closes the connection with RST.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  std::string take(std::size_t size) {
    auto taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }

  int descriptor_;
  bool was_reset_ = false;
  bool is_closed_ = false;
  std::string buffer_;
};

/// A server that runs the test's script for each connection, on a separate thread.
class RawServer {
 public:
  using Script = std::function<void(RawSocket&, int connection)>;

  explicit RawServer(Script script)
      : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { run(); });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int open : open_) ::shutdown(open, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string origin() const { return cat("http://127.0.0.1:", port_); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void run() {
    for (;;) {
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const int number = ++connections_;
      {
        const std::lock_guard lock(mutex_);
        open_.push_back(descriptor);
      }
      threads_.emplace_back([this, descriptor, number] {
        RawSocket socket(descriptor);
        script_(socket, number);
        const std::lock_guard lock(mutex_);
        std::erase(open_, descriptor);
        socket.close();
      });
    }
  }

  Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A server that answers each request with that request, head and body, as the body.
inline RawServer mirror() {
  return RawServer([](RawSocket& socket, int) {
    for (;;) {
      const auto request = socket.read_message();
      if (request.empty()) return;
      socket.send(cat("HTTP/1.1 200 OK\r\nContent-Length: ", request.size(), "\r\n\r\n", request));
    }
  });
}

/// Sends one request over a new connection and returns the answer.
inline std::string ask(const Server& server, std::string_view request) {
  auto socket = RawSocket::connect_to(server.port());
  socket.send(request);
  return socket.read_message();
}

/// Returns a port on which nothing listens.
inline std::uint16_t refusing_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

/// Returns the address of this machine that tests use besides 127.0.0.1: ::1, or 127.0.0.2 if there is no ::1, as in
/// many containers. Linux has all of 127.0.0.0/8.
inline std::string second_address() {
  static const bool has_ipv6 = [] {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    const int descriptor = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool binds = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!binds) std::fputs("This machine does not have the address ::1; 127.0.0.2 is tested instead.\n", stderr);
    return binds;
  }();
  return has_ipv6 ? "::1" : "127.0.0.2";
}

/// Returns the host of a URL with this address.
inline std::string url_host(const std::string& address) {
  return address.find(':') == std::string::npos ? address : cat("[", address, "]");
}

/// Returns the address of a client on this machine that connects to this address.
inline std::string client_of(const std::string& address) { return address == "::1" ? "::1" : "127.0.0.1"; }

/// Sets an environment variable; the destructor restores its value.
class ScopedVariable {
 public:
  ScopedVariable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before, had_ = true;
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable() {
    if (had_)
      ::setenv(name_.c_str(), before_.c_str(), 1);
    else
      ::unsetenv(name_.c_str());
  }

 private:
  std::string name_;
  std::string before_;
  bool had_ = false;
};

inline constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A server that answers each request with the same bytes.
inline RawServer answering(std::string answer) {
  return RawServer([answer = std::move(answer)](RawSocket& socket, int) {
    while (!socket.read_message().empty()) socket.send(answer);
  });
}

/// Returns the error of a request. Fails the test if the request succeeds.
inline Error error_of(Client& client, const Request& request) {
  try {
    const auto response = client.send(request);
    ADD_FAILURE() << request.method() << ' ' << request.url() << " was answered with " << response.status();
  } catch (const Error& error) {
    return error;
  }
  return Error::failure("none", "none");
}

}  // namespace adit::http::testing
