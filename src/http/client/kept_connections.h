#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include <curl/curl.h>

namespace adit::http {

/// A multi handle of libcurl, which keeps one connection between exchanges. Each exchange has an easy handle of its
/// own: an easy handle that is used again can carry pointers from one answer into the next (libcurl 7.88 does, where an
/// answer's header begins with a folded line, and `curl_easy_reset` does not clear them). Used by one thread at a time.
class KeptConnection {
 public:
  explicit KeptConnection(std::string origin);
  ~KeptConnection();
  KeptConnection(const KeptConnection&) = delete;
  KeptConnection& operator=(const KeptConnection&) = delete;

  [[nodiscard]] CURLM* multi() const { return multi_; }
  /// Where the connection leads.
  [[nodiscard]] const std::string& origin() const { return origin_; }

 private:
  CURLM* multi_;
  std::string origin_;
};

/// What the exchanges of a client share: resolved names, and TLS sessions that can be resumed.
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

/// The connections that no exchange uses at the moment, the one that was used last at the back. Thread-safe.
class KeptConnections {
 public:
  explicit KeptConnections(std::size_t most);
  ~KeptConnections() = default;
  KeptConnections(const KeptConnections&) = delete;
  KeptConnections& operator=(const KeptConnections&) = delete;

  /// A kept one, or one that is still to be made.
  [[nodiscard]] std::unique_ptr<KeptConnection> take(const std::string& origin);
  /// Closes the connection if there is no room for it.
  void give_back(std::unique_ptr<KeptConnection> connection) noexcept;

 private:
  void leave_parents_connections();

  const std::size_t most_;
  std::mutex mutex_;
  std::deque<std::unique_ptr<KeptConnection>> idle_;
  int forks_;
};

}  // namespace adit::http
