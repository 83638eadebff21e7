#include "adit/action/runners.h"

#include <deque>
#include <thread>
#include <utility>

namespace adit {

namespace {

struct Task {
  Runners::Job job;
  std::condition_variable changed;
  std::optional<json::value> value;
  bool abandoned = false;
};

}  // namespace

struct Runners::Shared {
  mutable std::mutex mutex;
  std::condition_variable work;
  mutable std::condition_variable idle_again;
  std::deque<std::shared_ptr<Task>> queue;
  int idle = 0;
  int running = 0;
  int overdue = 0;
  int max_overdue = 0;
  bool ending = false;

  /// A thread's life: it belongs to what is shared, so that an overdue job outlives the Runners without harm.
  static void serve(const std::shared_ptr<Shared>& shared) {
    std::unique_lock lock(shared->mutex);
    while (true) {
      ++shared->idle;
      shared->work.wait(lock, [&] { return shared->ending || !shared->queue.empty(); });
      --shared->idle;
      if (shared->queue.empty()) return;
      const auto task = std::move(shared->queue.front());
      shared->queue.pop_front();
      lock.unlock();
      auto value = task->job();
      task->job = nullptr;
      lock.lock();
      task->value = std::move(value);
      if (task->abandoned) --shared->overdue;
      task->changed.notify_one();
      if (--shared->running == 0) shared->idle_again.notify_all();
    }
  }
};

Runners::Runners(int max_overdue) : shared_(std::make_shared<Shared>()) { shared_->max_overdue = max_overdue; }

Runners::~Runners() {
  const std::lock_guard lock(shared_->mutex);
  shared_->ending = true;
  shared_->work.notify_all();
}

Runners::Answer Runners::run(Job job, std::chrono::steady_clock::time_point until) {
  const auto task = std::make_shared<Task>();
  task->job = std::move(job);
  std::unique_lock lock(shared_->mutex);
  if (shared_->overdue >= shared_->max_overdue) return {};
  if (shared_->idle <= static_cast<int>(shared_->queue.size())) {
    std::thread([shared = shared_] { Shared::serve(shared); }).detach();
  }
  shared_->queue.push_back(task);
  ++shared_->running;
  shared_->work.notify_one();
  if (task->changed.wait_until(lock, until, [&] { return task->value.has_value(); }))
    return {.outcome = Outcome::done, .value = *std::move(task->value)};
  task->abandoned = true;
  ++shared_->overdue;
  return {.outcome = Outcome::overdue, .value = {}};
}

int Runners::running() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->running;
}

bool Runners::wait_idle(std::chrono::milliseconds limit) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->idle_again.wait_for(lock, limit, [&] { return shared_->running == 0; });
}

}  // namespace adit
