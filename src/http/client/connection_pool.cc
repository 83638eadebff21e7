#include "http/client/connection_pool.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "system/process/per_process.h"

namespace adit::http {

PooledConnection::PooledConnection(std::string origin) : multi_(curl_multi_init()), origin_(std::move(origin)) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

PooledConnection::~PooledConnection() { curl_multi_cleanup(multi_); }

struct Share::Locks {
  static void lock(CURL* /*easy*/, curl_lock_data data, curl_lock_access /*access*/, void* self) {
    static_cast<Locks*>(self)->mutexes.at(data).lock();
  }
  static void unlock(CURL* /*easy*/, curl_lock_data data, void* self) {
    static_cast<Locks*>(self)->mutexes.at(data).unlock();
  }

  std::array<std::mutex, CURL_LOCK_DATA_LAST> mutexes;
};

Share::Share() : locks_(std::make_unique<Locks>()), share_(curl_share_init()) {
  if (share_ == nullptr) throw std::bad_alloc();
  curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &Locks::lock);
  curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &Locks::unlock);
  curl_share_setopt(share_, CURLSHOPT_USERDATA, locks_.get());
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

Share::~Share() { curl_share_cleanup(share_); }

ConnectionPool::ConnectionPool(std::size_t max_idle) : max_idle_(max_idle), fork_(fork_count()) {}

std::unique_ptr<PooledConnection> ConnectionPool::take(const std::string& origin) {
  {
    const std::lock_guard lock(mutex_);
    leave_parents_connections();
    const auto found =
        std::find_if(idle_.rbegin(), idle_.rend(), [&](const auto& idle) { return idle->origin() == origin; });
    if (found != idle_.rend()) {
      auto connection = std::move(*found);
      idle_.erase(std::next(found).base());
      return connection;
    }
  }
  return std::make_unique<PooledConnection>(origin);
}

void ConnectionPool::give_back(std::unique_ptr<PooledConnection> connection) noexcept {
  std::unique_ptr<PooledConnection> surplus;  // closed outside of the lock
  const std::lock_guard lock(mutex_);
  try {
    idle_.push_back(std::move(connection));
  } catch (const std::bad_alloc&) {
    return;
  }
  if (idle_.size() <= max_idle_) return;
  surplus = std::move(idle_.front());
  idle_.pop_front();
}

/// A forked child must not use its parent's connections. It must not close them either, because TLS sends a closing
/// message, which would end the parent's connection. So their memory is leaked.
void ConnectionPool::leave_parents_connections() {
  const auto now = fork_count();
  if (std::exchange(fork_, now) == now) return;
  for (auto& connection : idle_) static_cast<void>(connection.release());  // NOLINT(bugprone-unused-return-value)
  idle_.clear();
}

}  // namespace adit::http
