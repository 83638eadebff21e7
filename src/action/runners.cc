#include "action/runners.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "action/last_answer.h"

namespace adit {

namespace {

using std::chrono::steady_clock;

using Result = Runners::Result;

/// Catches every exception, also one for lack of memory, because it would end the process, in which other activations
/// run.
Result run_job(const Runners::Job& job) noexcept {
  try {
    return {.outcome = Runners::Outcome::done, .value = job()};
  } catch (...) {
    return {.outcome = Runners::Outcome::failed, .value = {}};
  }
}

void deliver(Runners::Then& then, Result result) noexcept {
  try {
    std::exchange(then, nullptr)(std::move(result));
  } catch (...) {  // NOLINT(bugprone-empty-catch): the server answers if `then` does not
  }
}

struct Task {
  enum class State { waiting, running, overdue };
  Runners::Job job;
  Runners::Then then;
  State state = State::waiting;
};

}  // namespace

/// The state that the threads share. They own it as well, so an overdue job may outlive the Runners.
struct Runners::Shared : std::enable_shared_from_this<Shared> {
  using Tasks = std::multimap<steady_clock::time_point, std::shared_ptr<Task>>;

  explicit Shared(Limits with_limits) : limits(with_limits) {}

  /// Returns why another job cannot be taken, or `nullopt` if it can.
  [[nodiscard]] std::optional<Outcome> refusal() const {
    if (overdue >= limits.overdue) return Outcome::stuck;
    if (static_cast<int>(queue.size()) >= limits.waiting + limits.concurrency - running) return Outcome::full;
    return std::nullopt;
  }

  /// Starts a thread if a job waits and no thread is or will soon be free for it. Returns true if there is an idle
  /// thread to wake. Wake it after releasing the lock, because otherwise it would wake up only to wait for the lock. If
  /// no thread can be started, the jobs wait for the existing threads.
  [[nodiscard]] bool ensure_thread() noexcept {
    const auto waiting = static_cast<int>(queue.size());
    const bool enough =
        idle + finishing >= waiting || running >= limits.concurrency || runners >= limits.concurrency + overdue;
    if (!enough && start(&Shared::serve)) ++runners;
    return idle > 0;
  }

  /// Starts a thread that runs `loop`. Returns false if the system cannot start one.
  [[nodiscard]] bool start(void (Shared::*loop)()) noexcept {
    try {
      std::thread([self = shared_from_this(), loop] { ((*self).*loop)(); }).detach();
      return true;
    } catch (...) {  // std::system_error, std::bad_alloc
      return false;
    }
  }

  /// Runs jobs, on each of the threads, until the Runners are destroyed.
  void serve() {
    LastAnswer::guard_thread();
    std::unique_lock lock(mutex);
    while (true) {
      ++idle;
      work.wait(lock, [&] { return ending || (!queue.empty() && running < limits.concurrency); });
      --idle;
      if (queue.empty()) return;
      const auto entry = queue.front();
      const auto task = entry->second;
      queue.pop_front();
      task->state = Task::State::running;
      ++running;
      lock.unlock();
      auto result = run_job(task->job);
      lock.lock();
      if (task->state == Task::State::overdue) {
        --overdue;
        drop_job(lock, *task);
      } else {
        by_time.erase(entry);
        ++finishing;
        // The job counts as running until its result is delivered, so wait_idle() waits for that as well.
        lock.unlock();
        task->job = nullptr;
        deliver(task->then, std::move(result));
        lock.lock();
        --finishing;
        --running;
      }
      if (is_idle()) idle_again.notify_all();
    }
  }

  /// Watches the deadlines, on one thread, and delivers an outcome for each job that is past its deadline.
  void watch() {
    std::unique_lock lock(mutex);
    while (true) {
      if (by_time.empty()) {
        if (ending) return;
        watched_until = steady_clock::time_point::max();
        deadlines.wait(lock);
        continue;
      }
      const auto first = by_time.begin();
      watched_until = first->first;
      if (watched_until > steady_clock::now()) {
        deadlines.wait_until(lock, watched_until);
        continue;
      }
      const auto task = first->second;
      const bool ran = task->state == Task::State::running;
      if (ran) {
        task->state = Task::State::overdue;
        ++overdue;
        --running;
        if (!queue.empty() && ensure_thread()) work.notify_one();
      } else {
        std::erase(queue, first);
      }
      by_time.erase(first);
      ++delivering;
      lock.unlock();
      if (!ran) task->job = nullptr;
      deliver(task->then, {.outcome = ran ? Outcome::overdue : Outcome::too_late, .value = {}});
      lock.lock();
      --delivering;
      if (is_idle()) idle_again.notify_all();
    }
  }

  static void drop_job(std::unique_lock<std::mutex>& lock, Task& task) {
    lock.unlock();
    task.job = nullptr;
    lock.lock();
  }

  [[nodiscard]] bool is_idle() const { return running == 0 && overdue == 0 && delivering == 0 && queue.empty(); }

  const Limits limits;
  mutable std::mutex mutex;
  std::condition_variable work;
  std::condition_variable deadlines;
  mutable std::condition_variable idle_again;
  /// All jobs without a result, by deadline.
  Tasks by_time;
  /// Those of them that are not yet running.
  std::deque<Tasks::iterator> queue;
  /// When the watching thread will wake up.
  steady_clock::time_point watched_until = steady_clock::time_point::max();
  /// All threads that run jobs.
  int runners = 0;
  /// Those of them that wait for a job.
  int idle = 0;
  /// Jobs that run, without the overdue ones.
  int running = 0;
  /// Those of them whose result is being delivered.
  int finishing = 0;
  int overdue = 0;
  /// Outcomes that the watching thread is delivering.
  int delivering = 0;
  bool watched = false;
  bool ending = false;
};

Runners::Runners(Limits limits) : shared_(std::make_shared<Shared>(limits)) {}

Runners::~Runners() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ending = true;
  shared_->work.notify_all();
  shared_->deadlines.notify_all();
}

void Runners::run(Job job, steady_clock::time_point until, Then then) {
  auto& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  if (const auto refused = shared.refusal()) {
    lock.unlock();
    then({.outcome = *refused, .value = {}});
    return;
  }
  auto task = std::make_shared<Task>(Task{.job = std::move(job), .then = std::move(then)});
  const auto entry = shared.by_time.emplace(until, task);
  try {
    shared.queue.push_back(entry);
  } catch (...) {
    shared.by_time.erase(entry);
    throw;
  }
  const bool wake_runner = shared.ensure_thread();
  const bool wake_watch = shared.watched && until < shared.watched_until;
  if (!shared.watched) shared.watched = shared.start(&Shared::watch);
  if (!shared.watched || shared.runners == 0) {
    std::erase(shared.queue, entry);
    shared.by_time.erase(entry);
    lock.unlock();
    deliver(task->then, {.outcome = Outcome::failed, .value = {}});
    return;
  }
  lock.unlock();
  if (wake_runner) shared.work.notify_one();
  if (wake_watch) shared.deadlines.notify_one();
}

bool Runners::wait_idle(std::chrono::milliseconds limit) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->idle_again.wait_for(lock, limit, [&] { return shared_->is_idle(); });
}

std::string_view error_message(Runners::Outcome outcome) {
  switch (outcome) {
    case Runners::Outcome::done:
      return "";
    case Runners::Outcome::overdue:
      return "The action exceeded its time limit.";
    case Runners::Outcome::too_late:
      return "The action's time was up before it could start.";
    case Runners::Outcome::full:
      return "Too many activations are running and waiting.";
    case Runners::Outcome::stuck:
      return "Too many activations are running past their time limit.";
    case Runners::Outcome::failed:
      return "The action could not be run to its end: the program is out of memory or of threads.";
  }
  return "";
}

}  // namespace adit
