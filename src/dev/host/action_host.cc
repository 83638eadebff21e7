#include "dev/host/action_host.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "adit/error.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "dev/entity/action_entity.h"
#include "dev/host/action_host_answer.h"
#include "dev/host/action_worker.h"
#include "dev/host/activation_log.h"

namespace adit::dev {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kInterruptTick{25};

}  // namespace

/// Decides which activation may run now, and in which process.
class ActionHost::WorkerPool {
 public:
  explicit WorkerPool(HostOptions options) : options_(std::move(options)) {}

  ActivationRecord run(const json::value& params, const RunOptions& run);
  std::optional<ActivationRecord> start_only();
  [[nodiscard]] int process_id() const {
    const std::lock_guard lock(mutex_);
    return current_ && current_->process().is_alive() ? current_->process().pid() : -1;
  }

 private:
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] ActivationRecord new_record(const RunOptions& run) const;
  std::shared_ptr<ActionWorker> acquire(ActivationRecord& record, ActivationLog& log);
  std::shared_ptr<ActionWorker> start(ActivationRecord& record, ActivationLog& log);
  void release(std::shared_ptr<ActionWorker> worker);
  void retire(ActionWorker& worker);
  [[nodiscard]] milliseconds since(MonotonicTime begin) const {
    return std::chrono::duration_cast<milliseconds>(options_.clock->monotonic_now() - begin);
  }
  void check_interrupted() const {
    if (options_.interrupted && options_.interrupted()) throw Interrupted();
  }

  HostOptions options_;
  std::mutex callbacks_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool starting_ = false;
  std::shared_ptr<ActionWorker> current_;
};

ActivationRecord ActionHost::WorkerPool::new_record(const RunOptions& run) const {
  ActivationRecord record;
  record.id = run.activation_id.empty() ? make_activation_id() : run.activation_id;
  record.name = options_.action;
  record.name_space = options_.runtime.name_space;
  record.path = cat(options_.runtime.name_space, '/', entity_path(options_.package, options_.action));
  record.kind = options_.kind;
  record.limits = options_.limits;
  record.start = options_.clock->wall_now();
  return record;
}

ActivationRecord ActionHost::WorkerPool::run(const json::value& params, const RunOptions& run) {
  auto record = new_record(run);
  ActivationLog log(*options_.clock, static_cast<std::size_t>(options_.limits.logs_mb) << 20U);
  const auto fresh = record;
  constexpr int kTries = 3;
  for (int tries = 1; auto worker = acquire(record, log); ++tries) {
    auto outcome = ActionWorker::Outcome::unusable;
    try {
      outcome = worker->activate(record, params, run);
      if (outcome != ActionWorker::Outcome::usable) retire(*worker);
    } catch (...) {
      worker->detach(log);
      release(std::move(worker));
      throw;
    }
    worker->detach(log);
    release(std::move(worker));
    if (outcome != ActionWorker::Outcome::ended_before || tries == kTries) break;
    record = fresh;
  }
  record.end = options_.clock->wall_now();
  record.logs = std::move(log).take();
  return record;
}

std::optional<ActivationRecord> ActionHost::WorkerPool::start_only() {
  auto record = new_record({});
  ActivationLog log(*options_.clock, static_cast<std::size_t>(options_.limits.logs_mb) << 20U);
  if (auto worker = acquire(record, log)) {
    worker->detach(log);
    release(std::move(worker));
    return std::nullopt;
  }
  record.end = options_.clock->wall_now();
  record.logs = std::move(log).take();
  return record;
}

/// Returns the process for this activation: the running one if it has a free slot, or a new one. Returns nullptr if
/// there is none; the record says why.
std::shared_ptr<ActionWorker> ActionHost::WorkerPool::acquire(ActivationRecord& record, ActivationLog& log) {
  const auto begin = options_.clock->monotonic_now();
  Lock lock(mutex_);
  while (true) {
    std::shared_ptr<ActionWorker> dead;  // Freed outside the lock, because stopping the process may take a while.
    if (current_ && (current_->retired || !current_->process().is_alive())) dead = std::exchange(current_, nullptr);
    if (dead) {
      lock.unlock();
      dead.reset();
      lock.lock();
      continue;
    }
    const bool loops = current_ && current_->contract() == ActionWorker::Contract::loop;
    const int slots = loops ? 1 : std::max(1, options_.limits.concurrency);
    if (current_ && current_->running < slots) {
      ++current_->running;
      current_->attach(log);
      record.wait_time = since(begin);
      record.start = options_.clock->wall_now();
      return current_;
    }
    if (!current_ && !starting_) {
      starting_ = true;
      lock.unlock();
      record.wait_time = since(begin);
      return start(record, log);
    }
    if (since(begin) >= options_.limits.timeout) {
      record.fail(
          cat(slots == 1 ? "The only slot" : cat("All ", slots, " slots"), " of the action ",
              slots == 1 ? "was" : "were", " busy for ", options_.limits.timeout.count(), " ms."),
          loops ? "A program that speaks ActionLoop runs one activation at a time; one with ADIT_ACTION(run) runs more."
                : "Raise limits.concurrency of the action in the manifest.");
      return nullptr;
    }
    changed_.wait_for(lock, kInterruptTick);
    check_interrupted();
  }
}

std::shared_ptr<ActionWorker> ActionHost::WorkerPool::start(ActivationRecord& record, ActivationLog& log) {
  std::shared_ptr<ActionWorker> worker;
  bool ready = false;
  const auto over = [&](bool usable) {
    const std::lock_guard lock(mutex_);
    starting_ = false;
    if (usable) {
      worker->running = 1;
      current_ = worker;
    }
    changed_.notify_all();
  };
  try {
    const auto spawned = steady_clock::now();
    record.start = options_.clock->wall_now();
    worker = std::make_shared<ActionWorker>(options_, callbacks_, log);
    ready = worker->initialise(record, spawned + options_.limits.timeout);
    record.init_time = std::chrono::duration_cast<milliseconds>(steady_clock::now() - spawned);
    if (ready)
      trace::report("action started", cat(record.path, ", process ", worker->process().pid()),
                    steady_clock::now() - spawned);
  } catch (...) {
    over(false);
    throw;
  }
  over(ready);
  if (ready) return worker;
  worker->kill();
  worker->detach(log);
  return nullptr;
}

void ActionHost::WorkerPool::retire(ActionWorker& worker) {
  const std::lock_guard lock(mutex_);
  worker.retired = true;
}

void ActionHost::WorkerPool::release(std::shared_ptr<ActionWorker> worker) {
  std::shared_ptr<ActionWorker> last;
  {
    const std::lock_guard lock(mutex_);
    --worker->running;
    if (worker->retired && current_ == worker) last = std::exchange(current_, nullptr);
    changed_.notify_all();
  }
  // The last owner of a retired process stops it, outside the lock.
  last.reset();
  worker.reset();
}

ActionHost::ActionHost(HostOptions options) : pool_(std::make_unique<WorkerPool>(std::move(options))) {}

ActionHost::~ActionHost() = default;

int ActionHost::process_id() const { return pool_->process_id(); }

ActivationRecord ActionHost::run(const json::object& params, const RunOptions& run) { return pool_->run(params, run); }

ActivationRecord ActionHost::run_value(const json::value& params, const RunOptions& run) {
  return pool_->run(params, run);
}

std::optional<ActivationRecord> ActionHost::start() { return pool_->start_only(); }

}  // namespace adit::dev
