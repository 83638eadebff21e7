#include "adit/dev/host/action_host.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "adit/base/error.h"
#include "adit/base/text.h"
#include "adit/dev/host/action_host_answer.h"
#include "adit/dev/host/action_process.h"
#include "adit/dev/host/activation_log.h"
#include "adit/http/client.h"

namespace adit::dev {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long past an activation's limit the process may take to say so itself.
constexpr milliseconds kDeadlineGrace{300};
constexpr milliseconds kClockSlack{5};
/// For reading the log that an action wrote before its answer.
constexpr milliseconds kDrainLimit{1'000};
/// From a broken connection to the process's end.
constexpr milliseconds kEndGrace{500};
constexpr milliseconds kInterruptTick{25};

milliseconds since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

/// A process with what runs in it.
struct Worker {
  /// Guarded by the host's lock.
  int running = 0;
  bool retired = false;

  std::mutex log_mutex;
  std::vector<ActivationLog*> logs;

  std::unique_ptr<http::Client> client;
  /// The last member: what it writes goes to those above until its end.
  std::unique_ptr<ActionProcess> process;

  void attach(ActivationLog& log) {
    const std::lock_guard lock(log_mutex);
    logs.push_back(&log);
  }
  void detach(ActivationLog& log) {
    const std::lock_guard lock(log_mutex);
    std::erase(logs, &log);
  }
};

/// Sends one message of the contract. Nothing where no answer came.
std::optional<http::Response> post(Worker& worker, const std::string& path, const json::object& message,
                                   milliseconds timeout) {
  try {
    return http::Request::post("http://localhost" + path).json(message).timeout(timeout).send(*worker.client);
  } catch (const Error&) {
    return std::nullopt;  // The process tells why: it ended, or its time is over.
  }
}

}  // namespace

/// Who may run, and in which process.
class ActionHost::Turns {
 public:
  explicit Turns(HostOptions options) : options_(std::move(options)) {}

  ActivationRecord run(const json::object& params, const RunOptions& run);
  [[nodiscard]] int process_id() const {
    const std::lock_guard lock(mutex_);
    return current_ && current_->process->is_alive() ? current_->process->pid() : -1;
  }

 private:
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] ActivationRecord new_record(const RunOptions& run) const;
  std::shared_ptr<Worker> take_turn(ActivationRecord& record, ActivationLog& log);
  std::shared_ptr<Worker> start(ActivationRecord& record, ActivationLog& log, steady_clock::time_point begin);
  std::shared_ptr<Worker> spawn(ActivationLog& log);
  bool initialise(Worker& worker, ActivationRecord& record, steady_clock::time_point deadline) const;
  void activate(Worker& worker, ActivationRecord& record, const json::object& params, const RunOptions& run);
  bool no_answer(Worker& worker, ActivationRecord& record, steady_clock::time_point deadline, bool starting) const;
  void give_back(std::shared_ptr<Worker> worker);
  void retire(Worker& worker);
  void check_interrupted() const {
    if (options_.interrupted && options_.interrupted()) throw Error::failure("interrupted", "Interrupted.");
  }

  HostOptions options_;
  std::mutex callbacks_mutex_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool starting_ = false;
  std::shared_ptr<Worker> current_;
};

ActivationRecord ActionHost::Turns::new_record(const RunOptions& run) const {
  ActivationRecord record;
  record.id = run.activation_id.empty() ? make_activation_id() : run.activation_id;
  record.name = options_.action;
  record.name_space = options_.runtime.name_space;
  record.path = cat(options_.runtime.name_space, '/', options_.package, '/', options_.action);
  record.kind = options_.kind;
  record.limits = options_.limits;
  record.start = options_.clock->wall_now();
  return record;
}

ActivationRecord ActionHost::Turns::run(const json::object& params, const RunOptions& run) {
  auto record = new_record(run);
  ActivationLog log(*options_.clock, static_cast<std::size_t>(options_.limits.logs_mb) << 20U);
  if (auto worker = take_turn(record, log)) {
    try {
      activate(*worker, record, params, run);
    } catch (...) {
      worker->detach(log);
      give_back(std::move(worker));
      throw;
    }
    worker->detach(log);
    give_back(std::move(worker));
  }
  record.end = options_.clock->wall_now();
  record.logs = std::move(log).take();
  return record;
}

/// A place in the warm process, or in one that is started. Nothing where the record says why there is none.
std::shared_ptr<Worker> ActionHost::Turns::take_turn(ActivationRecord& record, ActivationLog& log) {
  const auto begin = steady_clock::now();
  Lock lock(mutex_);
  while (true) {
    std::shared_ptr<Worker> dead;  // Freed outside the lock: its end may take a while.
    if (current_ && (current_->retired || !current_->process->is_alive())) dead = std::exchange(current_, nullptr);
    if (dead) {
      lock.unlock();
      dead.reset();
      lock.lock();
      continue;
    }
    if (current_ && current_->running < std::max(1, options_.limits.concurrency)) {
      ++current_->running;
      current_->attach(log);
      record.wait_time = since(begin);
      return current_;
    }
    if (!current_ && !starting_) {
      starting_ = true;
      lock.unlock();
      return start(record, log, begin);
    }
    if (since(begin) >= options_.limits.timeout) {
      fail(record,
           cat("The action's ", options_.limits.concurrency, " places were taken for all of ",
               options_.limits.timeout.count(), " milliseconds."),
           "Raise limits.concurrency of the action in the manifest.");
      return nullptr;
    }
    changed_.wait_for(lock, kInterruptTick);
    check_interrupted();
  }
}

std::shared_ptr<Worker> ActionHost::Turns::start(ActivationRecord& record, ActivationLog& log,
                                                 steady_clock::time_point begin) {
  std::shared_ptr<Worker> worker;
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
    record.wait_time = since(begin);
    worker = spawn(log);
    ready = initialise(*worker, record, spawned + options_.limits.timeout);
    record.init_time = since(spawned);
    if (ready)
      trace::tell("action started", cat(record.path, ", process ", worker->process->pid()),
                  steady_clock::now() - spawned);
  } catch (...) {
    over(false);
    throw;
  }
  over(ready);
  if (ready) return worker;
  worker->process->kill();
  (void)worker->process->ending(kEndGrace);  // All of its log is there then.
  worker->detach(log);
  return nullptr;
}

std::shared_ptr<Worker> ActionHost::Turns::spawn(ActivationLog& log) {
  auto worker = std::make_shared<Worker>();
  worker->attach(log);
  ActionProcess::Options options;
  options.program = options_.program;
  options.arguments = options_.arguments;
  options.folder = options_.folder;
  options.environment = options_.environment;
  options.max_resident_bytes = static_cast<std::size_t>(options_.limits.memory_mb) << 20U;
  options.interrupted = options_.interrupted;
  if (options_.on_step) {
    options.on_step = [this](const trace::Step& step) {
      const std::lock_guard lock(callbacks_mutex_);
      options_.on_step(step);
    };
  }
  // The process ends before its worker does.
  options.on_output = [this, worker = worker.get()](LogStream stream, std::string_view bytes) {
    {
      const std::lock_guard lock(worker->log_mutex);
      for (auto* running : worker->logs) running->add(stream, bytes);
    }
    if (!options_.on_log) return;
    const std::lock_guard lock(callbacks_mutex_);
    options_.on_log(stream, bytes);
  };
  worker->process = std::make_unique<ActionProcess>(std::move(options));

  http::ClientOptions client;
  client.unix_socket = worker->process->socket_path();
  client.total_timeout = client.idle_timeout = options_.limits.timeout + 2 * kDeadlineGrace;
  // Some more than what is allowed, so that the error can tell how much it was.
  client.max_response_bytes = options_.max_result_bytes * 16 + (1U << 16U);
  client.max_redirects = 0;
  client.max_idle_connections = static_cast<std::size_t>(std::max(1, options_.limits.concurrency));
  worker->client = std::make_unique<http::Client>(std::move(client));
  return worker;
}

bool ActionHost::Turns::initialise(Worker& worker, ActivationRecord& record, steady_clock::time_point deadline) const {
  if (!worker.process->wait_until_listening(deadline)) return no_answer(worker, record, deadline, true);
  const json::object message{{"value", json::object{{"name", options_.action},
                                                    {"main", options_.main},
                                                    {"code", options_.code},
                                                    {"binary", false},
                                                    {"env", json::object{}}}}};
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  const auto answer = post(worker, "/init", message, std::max(left, milliseconds(1)));
  if (!answer) return no_answer(worker, record, deadline, true);
  if (answer->status() == 200) return true;
  const auto value = try_parse_json(answer->body());
  const auto error = value && value->is_object() ? string_member(value->get_object(), "error") : std::string_view();
  fail(record, error.empty() ? cat("The action could not be initialised: status ", answer->status(), " from /init.")
                             : cat("The action could not be initialised: ", error));
  return false;
}

void ActionHost::Turns::activate(Worker& worker, ActivationRecord& record, const json::object& params,
                                 const RunOptions& run) {
  // The time that it took to start counts.
  const auto deadline = steady_clock::now() + options_.limits.timeout - record.init_time.value_or(milliseconds(0));
  const auto left = std::max(std::chrono::ceil<milliseconds>(deadline - steady_clock::now()), milliseconds(1));
  json::object message{{"value", params},
                       {"namespace", options_.runtime.name_space},
                       {"action_name", cat('/', record.path)},
                       {"action_version", "0.0.1"},
                       {"activation_id", record.id},
                       {"transaction_id", run.transaction_id.empty() ? make_activation_id() : run.transaction_id},
                       {"api_host", options_.runtime.api_host},
                       {"deadline", std::to_string((Clock::system().wall_now() + left).time_since_epoch().count())}};
  if (const auto& key = options_.runtime.api_key; !key.empty()) message["api_key"] = key.reveal();

  const auto answer = post(worker, "/run", message, left + kDeadlineGrace);
  if (!answer) {
    if (steady_clock::now() >= deadline + kDeadlineGrace / 2 && worker.process->is_alive()) {
      fail_in_time(record, false);
      worker.process->kill();  // It did not even answer its deadline: it is stuck.
    } else {
      no_answer(worker, record, deadline, false);
    }
    return retire(worker);
  }
  worker.process->drain(kDrainLimit);
  const bool fits = judge_answer(record, answer->status(), answer->body(), options_.max_result_bytes);
  // The process judges by the wall clock, in whole milliseconds.
  const bool late = steady_clock::now() >= deadline - kClockSlack;
  if (late && record.status == ActivationStatus::developer_error) {
    fail_in_time(record, false);
    return retire(worker);  // What hangs in it goes on hanging.
  }
  if (!fits) retire(worker);
}

/// The record of an activation whose connection broke. Always false.
bool ActionHost::Turns::no_answer(Worker& worker, ActivationRecord& record, steady_clock::time_point deadline,
                                  bool starting) const {
  const bool late = steady_clock::now() >= deadline;
  const auto ending = worker.process->ending(late ? milliseconds(0) : kEndGrace);
  if (ending == ActionProcess::Ending::interrupted) throw Error::failure("interrupted", "Interrupted.");
  if (late && ending == ActionProcess::Ending::none) {
    fail_in_time(record, starting);
  } else {
    judge_ending(record, *worker.process, ending, starting);
  }
  return false;
}

void ActionHost::Turns::retire(Worker& worker) {
  const std::lock_guard lock(mutex_);
  worker.retired = true;
}

void ActionHost::Turns::give_back(std::shared_ptr<Worker> worker) {
  std::shared_ptr<Worker> last;
  {
    const std::lock_guard lock(mutex_);
    --worker->running;
    if (worker->retired && current_ == worker) last = std::exchange(current_, nullptr);
    changed_.notify_all();
  }
  // Whoever lets go of a retired process last ends it, outside the lock.
  last.reset();
  worker.reset();
}

ActionHost::ActionHost(HostOptions options) : turns_(std::make_unique<Turns>(std::move(options))) {}

ActionHost::~ActionHost() = default;

int ActionHost::process_id() const { return turns_->process_id(); }

ActivationRecord ActionHost::run(const json::object& params, const RunOptions& run) { return turns_->run(params, run); }

}  // namespace adit::dev
