#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include <curl/curl.h>

namespace adit::http {

/// A multi handle of libcurl that keeps one connection between exchanges. Each exchange has its own easy handle,
/// because a reused one can carry pointers from one answer into the next: libcurl 7.88 does so if an answer's header
/// begins with a folded line, and `curl_easy_reset` does not clear them. One thread may use it at a time.
class PooledConnection {
 public:
  explicit PooledConnection(std::string origin);
  ~PooledConnection();
  PooledConnection(const PooledConnection&) = delete;
  PooledConnection& operator=(const PooledConnection&) = delete;

  [[nodiscard]] CURLM* multi() const { return multi_; }
  /// The origin that the connection leads to.
  [[nodiscard]] const std::string& origin() const { return origin_; }

 private:
  CURLM* multi_;
  std::string origin_;
};

/// The state that the exchanges of a client share: resolved host names, and TLS sessions that can be resumed.
class Share {
 public:
  Share();
  ~Share();
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  [[nodiscard]] CURLSH* get() const { return share_; }

 private:
  struct Locks;
  std::unique_ptr<Locks> locks_;
  CURLSH* share_;
};

/// The idle connections of a client, the most recently used one at the back. Thread-safe.
class ConnectionPool {
 public:
  explicit ConnectionPool(std::size_t max_idle);
  ~ConnectionPool() = default;
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  /// Returns an idle connection to `origin`, or a new PooledConnection, which connects at its first exchange.
  [[nodiscard]] std::unique_ptr<PooledConnection> take(const std::string& origin);
  /// Keeps the connection. If there are more than `max_idle` then, closes the one that was idle longest.
  void give_back(std::unique_ptr<PooledConnection> connection) noexcept;

 private:
  void leave_parents_connections();

  const std::size_t max_idle_;
  std::mutex mutex_;
  std::deque<std::unique_ptr<PooledConnection>> idle_;
  /// The fork_count() of the process that opened the connections.
  std::uint64_t fork_;
};

}  // namespace adit::http
