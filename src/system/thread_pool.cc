#include "system/thread_pool.h"

#include <utility>

#include "base/current_error.h"

namespace adit {

void ThreadPool::run(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    if (ending_) return;
    queue_.push_back(std::move(job));
    if (idle_ < queue_.size() && threads_.size() < max_threads_) {
      try {
        threads_.emplace_back([this] { work(); });
      } catch (...) {
        if (!threads_.empty()) return;  // a running thread takes the job when it has ended its own
        queue_.pop_back();
        throw current_error("out_of_threads", "A thread could not be started");
      }
      return;
    }
  }
  changed_.notify_one();
}

void ThreadPool::join() {
  std::vector<std::thread> threads;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (auto& thread : threads) thread.join();
}

void ThreadPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    auto job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace adit
