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

#include "base/descriptor.h"

namespace adit {

/// Runs tasks at given times, which a ThreadPool does not offer, on a few threads, which are started when they are
/// first needed. A task that has to wait schedules itself again for a later time instead of blocking a thread.
/// Thread-safe.
///
/// With the machine's clock, a timerfd on CLOCK_BOOTTIME waits for the next task, so that tasks that became due while
/// the machine was suspended run when it wakes up. Any other clock is read every millisecond. With `threads` 0, tasks
/// run only in run_due(), in order of their times, for exact tests and simulations.
class Scheduler {
 public:
  using Task = std::function<void()>;

  Scheduler(const Clock& clock, int threads);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Schedules a task. An exception that it throws ends only this task. Does nothing after stop(). Throws Error if no
  /// thread or file descriptor can be made.
  void at(MonotonicTime time, Task task);
  /// Drops the tasks that have not begun, and waits for those that are running.
  void stop();

  /// Marks work that a caller does on its own thread instead of in a task: stop() waits until it is destroyed. After
  /// stop(), may_run() is false, and the work must not be done.
  class CallersTask {
   public:
    explicit CallersTask(Scheduler& scheduler);
    ~CallersTask();
    CallersTask(const CallersTask&) = delete;
    CallersTask& operator=(const CallersTask&) = delete;
    [[nodiscard]] bool may_run() const { return may_run_; }

   private:
    Scheduler& scheduler_;
    bool may_run_ = false;
  };

  [[nodiscard]] bool manual() const { return most_threads_ == 0; }
  /// Runs the tasks that are due, if there are no threads. Returns how many there were.
  std::size_t run_due();
  /// When the next task is due; MonotonicTime::max() if there is none.
  [[nodiscard]] MonotonicTime next_due() const;

 private:
  void start_threads();
  [[nodiscard]] bool add_worker_if_needed();
  void run_timer();
  [[nodiscard]] bool make_ready();
  void work();
  void wait_for_time(MonotonicTime next, std::chrono::milliseconds at_most);
  void wake_timer() const;

  const Clock& clock_;
  const std::size_t most_threads_;
  mutable std::mutex mutex_;
  std::condition_variable some_ready_;
  /// Tasks move from one map to the other without allocation, so that a due task runs even if memory is short.
  std::multimap<MonotonicTime, Task> waiting_;
  std::multimap<MonotonicTime, Task> ready_;
  std::size_t idle_ = 0;
  int callers_tasks_ = 0;
  std::condition_variable callers_tasks_ended_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
  bool started_ = false;
  Descriptor timer_;
  Descriptor wake_;
};

}  // namespace adit
