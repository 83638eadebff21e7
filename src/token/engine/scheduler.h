#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adit/clock.h"

namespace adit::token {

/// Runs tasks at times, on a few threads of its own that start when first needed. Waiting costs no thread: a task that
/// has to wait puts itself back with a later time.
///
/// With the machine's clock, times are on CLOCK_BOOTTIME through a timerfd, so what fell due while the machine was
/// suspended runs as it wakes; another clock is looked at every millisecond. With no threads (`threads` 0), tasks run
/// only in run_due(), in order of their times: exact, for tests and simulations.
class Scheduler {
 public:
  using Task = std::function<void()>;

  Scheduler(const Clock& clock, int threads);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// An exception that a task throws ends only that task. After stop() the task is dropped. Throws Error if the machine
  /// has no thread or file descriptor left to run it with.
  void at(MonotonicTime time, Task task);
  /// Drops what has not begun and waits for what has.
  void stop();

  /// While it lives, stop() waits: a caller does on its own thread what a task would do.
  class CallersTask {
   public:
    explicit CallersTask(Scheduler& scheduler);
    ~CallersTask();
    CallersTask(const CallersTask&) = delete;
    CallersTask& operator=(const CallersTask&) = delete;

   private:
    Scheduler& scheduler_;
  };

  [[nodiscard]] bool manual() const { return most_threads_ == 0; }
  /// How many ran.
  std::size_t run_due();
  /// When the next task is due; MonotonicTime::max() where there is none.
  [[nodiscard]] MonotonicTime next_due() const;

 private:
  void start_threads();
  [[nodiscard]] bool employ();
  void keep_time();
  [[nodiscard]] bool make_ready();
  void work();
  void wait_for_time(MonotonicTime next, std::chrono::milliseconds at_most);
  void wake_timer() const;

  const Clock& clock_;
  const std::size_t most_threads_;
  mutable std::mutex mutex_;
  std::condition_variable some_ready_;
  /// Tasks move from one to the other without memory: what is due runs whatever the machine lacks.
  std::multimap<MonotonicTime, Task> waiting_;
  std::multimap<MonotonicTime, Task> ready_;
  std::size_t idle_ = 0;
  int callers_tasks_ = 0;
  std::condition_variable callers_tasks_ended_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
  bool started_ = false;
  int timer_ = -1;
  int wake_ = -1;
};

}  // namespace adit::token
