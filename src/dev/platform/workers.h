#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace adit::dev {

/// Threads that run activations, so that an activation can continue after its caller stopped waiting. There are as many
/// threads as were ever busy at the same time, at most `max_threads`. No thread ends before this object is destroyed.
/// Thread-safe.
class Workers {
 public:
  explicit Workers(std::size_t max_threads) : max_threads_(max_threads) {}
  /// Waits until all jobs, running and queued, have ended.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// `job` must not throw.
  void run(std::function<void()> job);

 private:
  void work();

  const std::size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace adit::dev
