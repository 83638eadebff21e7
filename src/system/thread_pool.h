#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace adit {

/// Runs jobs on threads, which are started when they are needed: there are as many as were ever busy at the same time,
/// at most `max_threads`. Further jobs wait in a queue. No thread ends before join(). Thread-safe.
class ThreadPool {
 public:
  explicit ThreadPool(std::size_t max_threads) : max_threads_(max_threads) {}
  ~ThreadPool() { join(); }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Runs the job, which must not throw, on one of the threads. Throws Error `out_of_threads` or `out_of_memory` if
  /// there is no thread yet and none can be started; the job is not run then. After join(), does nothing.
  void run(std::function<void()> job);
  /// Waits until all jobs, running and queued, have ended, and ends the threads.
  void join();

 private:
  void work();

  const std::size_t max_threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace adit
