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

/// A thread of ours does not end the process, in which others' activations run, because there was no memory for a
/// result.
Result run_job(const Runners::Job& job) noexcept {
  try {
    return {.outcome = Runners::Outcome::done, .value = job()};
  } catch (...) {
    return {.outcome = Runners::Outcome::failed, .value = {}};
  }
}

void hand_on(Runners::Then& then, Result result) noexcept {
  try {
    std::exchange(then, nullptr)(std::move(result));
  } catch (...) {  // NOLINT(bugprone-empty-catch): the server answers for who gives no answer.
  }
}

struct Task {
  enum class State { waiting, running, overdue };
  Runners::Job job;
  Runners::Then then;
  State state = State::waiting;
};

}  // namespace

/// What the threads share: it belongs to them too, so that an overdue job outlives the Runners without harm.
struct Runners::Shared : std::enable_shared_from_this<Shared> {
  using Tasks = std::multimap<steady_clock::time_point, std::shared_ptr<Task>>;

  explicit Shared(Limits with_limits) : limits(with_limits) {}

  /// Why another job cannot be taken.
  [[nodiscard]] std::optional<Outcome> refusal() const {
    if (overdue >= limits.overdue) return Outcome::stuck;
    if (static_cast<int>(queue.size()) >= limits.waiting + limits.concurrency - running) return Outcome::full;
    return std::nullopt;
  }

  /// A thread for a job that waits, where none is there or about to be there to take it. True if there is one to be
  /// woken, which is best done without the lock: it would wake up only to wait for that. If no thread can be started
  /// the jobs wait for those that there are.
  [[nodiscard]] bool make_room() noexcept {
    const auto waiting = static_cast<int>(queue.size());
    const bool enough =
        idle + finishing >= waiting || running >= limits.concurrency || runners >= limits.concurrency + overdue;
    if (!enough && start(&Shared::serve)) ++runners;
    return idle > 0;
  }

  /// False if the machine has no thread to give.
  [[nodiscard]] bool start(void (Shared::*life)()) noexcept {
    try {
      std::thread([self = shared_from_this(), life] { ((*self).*life)(); }).detach();
      return true;
    } catch (...) {  // std::system_error, std::bad_alloc
      return false;
    }
  }

  /// A runner's life.
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
        // Still running while its result is handed on: who waits for the end of all waits for that too.
        lock.unlock();
        task->job = nullptr;
        hand_on(task->then, std::move(result));
        lock.lock();
        --finishing;
        --running;
      }
      if (is_idle()) idle_again.notify_all();
    }
  }

  /// The life of the thread that watches the time: hands on what the jobs past theirs leave undone.
  void watch() {
    std::unique_lock lock(mutex);
    while (true) {
      if (by_time.empty()) {
        if (ending) return;
        next_look = steady_clock::time_point::max();
        look.wait(lock);
        continue;
      }
      const auto first = by_time.begin();
      next_look = first->first;
      if (next_look > steady_clock::now()) {
        look.wait_until(lock, next_look);
        continue;
      }
      const auto task = first->second;
      const bool ran = task->state == Task::State::running;
      if (ran) {
        task->state = Task::State::overdue;
        ++overdue;
        --running;
        if (!queue.empty() && make_room()) work.notify_one();
      } else {
        std::erase(queue, first);
      }
      by_time.erase(first);
      ++handing_on;
      lock.unlock();
      if (!ran) task->job = nullptr;
      hand_on(task->then, {.outcome = ran ? Outcome::overdue : Outcome::too_late, .value = {}});
      lock.lock();
      --handing_on;
      if (is_idle()) idle_again.notify_all();
    }
  }

  static void drop_job(std::unique_lock<std::mutex>& lock, Task& task) {
    lock.unlock();
    task.job = nullptr;
    lock.lock();
  }

  [[nodiscard]] bool is_idle() const { return running == 0 && overdue == 0 && handing_on == 0 && queue.empty(); }

  const Limits limits;
  mutable std::mutex mutex;
  std::condition_variable work;
  std::condition_variable look;
  mutable std::condition_variable idle_again;
  /// All whose result is still to come, by the end of their time.
  Tasks by_time;
  /// Of these, those whose turn has not come.
  std::deque<Tasks::iterator> queue;
  steady_clock::time_point next_look = steady_clock::time_point::max();
  /// Threads, and those of them that wait for work.
  int runners = 0;
  int idle = 0;
  /// Jobs that run, with those of them whose result is being handed on.
  int running = 0;
  int finishing = 0;
  int overdue = 0;
  int handing_on = 0;
  bool watched = false;
  bool ending = false;
};

Runners::Runners(Limits limits) : shared_(std::make_shared<Shared>(limits)) {}

Runners::~Runners() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ending = true;
  shared_->work.notify_all();
  shared_->look.notify_all();
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
  const bool wake_runner = shared.make_room();
  const bool wake_watch = shared.watched && until < shared.next_look;
  if (!shared.watched) shared.watched = shared.start(&Shared::watch);
  if (!shared.watched || shared.runners == 0) {
    std::erase(shared.queue, entry);
    shared.by_time.erase(entry);
    lock.unlock();
    hand_on(task->then, {.outcome = Outcome::failed, .value = {}});
    return;
  }
  lock.unlock();
  if (wake_runner) shared.work.notify_one();
  if (wake_watch) shared.look.notify_one();
}

bool Runners::wait_idle(std::chrono::milliseconds limit) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->idle_again.wait_for(lock, limit, [&] { return shared_->is_idle(); });
}

std::string_view in_words(Runners::Outcome outcome) {
  switch (outcome) {
    case Runners::Outcome::done:
      return "";
    case Runners::Outcome::overdue:
      return "The action exceeded its time limit.";
    case Runners::Outcome::too_late:
      return "The action's time was up before it could start.";
    case Runners::Outcome::full:
      return "As many activations are running and waiting as may.";
    case Runners::Outcome::stuck:
      return "Too many activations are running past their time limit.";
    case Runners::Outcome::failed:
      return "The action could not be run to its end: the program is out of memory or of threads.";
  }
  return "";
}

}  // namespace adit
