#include "system/scheduler.h"

#include <algorithm>
#include <array>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/current_error.h"

namespace adit {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

/// The wait before the next try to start a worker, if the machine could not.
constexpr milliseconds kThreadRetry{100};

/// An exception of a task ends neither the program nor this thread.
void run_task(const std::function<void()>& task) noexcept {
  try {
    task();
  } catch (...) {  // NOLINT(bugprone-empty-catch): tasks report their errors to the waiting callers themselves.
  }
}

}  // namespace

Scheduler::Scheduler(const Clock& clock, int threads)
    : clock_(clock), most_threads_(static_cast<std::size_t>(std::max(threads, 0))) {}

Scheduler::~Scheduler() { stop(); }

void Scheduler::at(MonotonicTime time, Task task) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return;
  if (manual()) {
    waiting_.emplace(time, std::move(task));
    return;
  }
  if (!started_) {
    threads_.reserve(most_threads_ + 1);
    start_threads();
    started_ = true;
  }
  if (time <= clock_.monotonic_now()) {
    const auto place = ready_.emplace(time, std::move(task));
    if (!add_worker_if_needed()) {
      ready_.erase(place);
      throw out_of_threads();
    }
    some_ready_.notify_one();
    return;
  }
  const bool sooner = waiting_.empty() || time < waiting_.begin()->first;
  waiting_.emplace(time, std::move(task));
  if (sooner) wake_timer();
}

void Scheduler::start_threads() {
  timer_ = Descriptor(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  wake_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!timer_ || !wake_) {
    throw Error::failure("out_of_descriptors", "A timer could not be made: no file descriptor is left.")
        .hint("Raise the limit (ulimit -n), or look for what keeps files open.");
  }
  try {
    threads_.emplace_back([this] { run_timer(); });
  } catch (const std::exception&) {  // std::system_error, std::bad_alloc
    throw out_of_threads();
  }
}

/// Starts a worker if there are more tasks than idle workers. Returns false if there is no worker at all.
bool Scheduler::add_worker_if_needed() {
  const auto workers = threads_.size() - 1;  // the first thread is the timer's
  if (idle_ >= ready_.size() || workers >= most_threads_) return true;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::exception&) {  // std::system_error, std::bad_alloc
    return workers > 0;
  }
  return true;
}

void Scheduler::wake_timer() const {
  const std::uint64_t one = 1;
  static_cast<void>(!write(wake_.get(), &one, sizeof one));  // fails only if the timer's thread is being woken already
}

/// Moves due tasks to the workers. Returns false if there is no worker to run them.
bool Scheduler::make_ready() {
  const auto now = clock_.monotonic_now();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    ready_.insert(waiting_.extract(waiting_.begin()));
    static_cast<void>(add_worker_if_needed());
    some_ready_.notify_one();
  }
  return ready_.empty() || add_worker_if_needed();
}

void Scheduler::run_timer() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const bool has_worker = make_ready();
    const auto next = waiting_.empty() ? MonotonicTime::max() : waiting_.begin()->first;
    lock.unlock();
    wait_for_time(next, has_worker ? milliseconds(-1) : kThreadRetry);
    lock.lock();
  }
}

void Scheduler::wait_for_time(MonotonicTime next, milliseconds at_most) {
  auto time_limit_ms = static_cast<int>(at_most.count());
  if (&clock_ == &Clock::system()) {
    const auto time = next == MonotonicTime::max() ? nanoseconds(0) : next.time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    itimerspec due{};
    due.it_value.tv_sec = seconds.count();
    due.it_value.tv_nsec = (time - seconds).count();
    timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &due, nullptr);
  } else if (next != MonotonicTime::max()) {
    time_limit_ms = 1;
  }
  std::array<pollfd, 2> events{pollfd{timer_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
  poll(events.data(), events.size(), time_limit_ms);
  std::uint64_t count = 0;
  static_cast<void>(!read(timer_.get(), &count, sizeof count));
  static_cast<void>(!read(wake_.get(), &count, sizeof count));
}

void Scheduler::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    some_ready_.wait(lock, [this] { return stopped_ || !ready_.empty(); });
    --idle_;
    if (stopped_) return;
    auto next = ready_.extract(ready_.begin());
    lock.unlock();
    run_task(next.mapped());
    next = {};
    lock.lock();
  }
}

void Scheduler::stop() {
  std::multimap<MonotonicTime, Task> waiting;
  std::multimap<MonotonicTime, Task> ready;
  std::vector<std::thread> threads;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    // Freed outside the lock, because a task may own the last handle to an object whose destructor calls back.
    waiting.swap(waiting_);
    ready.swap(ready_);
    if (started_) threads.swap(threads_);
  }
  some_ready_.notify_all();
  if (!threads.empty()) wake_timer();
  for (auto& thread : threads) {
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
  std::unique_lock lock(mutex_);
  callers_tasks_ended_.wait(lock, [this] { return callers_tasks_ == 0; });
}

Scheduler::CallersTask::CallersTask(Scheduler& scheduler) : scheduler_(scheduler) {
  const std::scoped_lock lock(scheduler_.mutex_);
  may_run_ = !scheduler_.stopped_;
  if (may_run_) ++scheduler_.callers_tasks_;
}

Scheduler::CallersTask::~CallersTask() {
  if (!may_run_) return;
  const std::scoped_lock lock(scheduler_.mutex_);
  if (--scheduler_.callers_tasks_ == 0) scheduler_.callers_tasks_ended_.notify_all();
}

std::size_t Scheduler::run_due() {
  std::size_t ran = 0;
  while (true) {
    std::unique_lock lock(mutex_);
    if (waiting_.empty() || waiting_.begin()->first > clock_.monotonic_now()) return ran;
    const auto next = waiting_.extract(waiting_.begin());
    lock.unlock();
    run_task(next.mapped());
    ++ran;
  }
}

MonotonicTime Scheduler::next_due() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.empty() ? MonotonicTime::max() : waiting_.begin()->first;
}

}  // namespace adit
