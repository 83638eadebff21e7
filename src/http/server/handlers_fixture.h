#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <gtest/gtest.h>

#include "adit/http_server.h"

#include "base/text/text.h"

namespace adit::http::testing {

/// Answers with the parts of the request.
inline ServerResponse echo(const ServerRequest& request) {
  auto response =
      ServerResponse::text(200, cat(request.method, ' ', request.path, ' ', request.query, ' ', request.body));
  if (request.head) response.headers.add("x-head", "1");
  return response;
}

/// The time after which a waiting test gives up.
inline constexpr auto kLong = std::chrono::minutes(2);

/// Handlers wait in pass() until the test calls open().
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, kLong, [this] { return open_; });
  }
  void await_waiting(int count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kLong, [&] { return waiting_ >= count; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};
}  // namespace adit::http::testing
