#include "dev/host/action_worker.h"

#include <algorithm>
#include <utility>

#include "adit/error.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "dev/host/action_host_answer.h"
#include "http/server/waiting_clients.h"

namespace adit::dev {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long after the time limit of an activation the process may take to report the time-out itself.
constexpr milliseconds kDeadlineGrace{300};
constexpr milliseconds kClockSlack{5};
/// Maximum time for reading the log that an action wrote before its answer.
constexpr milliseconds kDrainLimit{1'000};
/// How long the process may take to end after its connection broke.
constexpr milliseconds kEndGrace{500};

http::ClientOptions client_options(const HostOptions& options, const std::string& socket) {
  http::ClientOptions client;
  client.unix_socket = socket;
  client.total_timeout = client.idle_timeout = options.limits.timeout + 2 * kDeadlineGrace;
  // Larger than the limit, so that the error can say how large the result was.
  client.max_response_bytes = options.max_result_bytes * 16 + (1U << 16U);
  client.max_redirects = 0;
  client.max_idle_connections = static_cast<std::size_t>(std::max(1, options.limits.concurrency));
  return client;
}

}  // namespace

ActionWorker::ActionWorker(const HostOptions& options, std::mutex& callbacks, ActivationLog& log)
    : options_(options), callbacks_(callbacks), logs_{&log} {
  ActionProcess::Options process;
  process.program = options.program;
  process.arguments = options.arguments;
  process.folder = options.folder;
  process.environment = options.environment;
  process.offers_loop = options.kind == "cpp";
  process.max_resident_bytes = static_cast<std::size_t>(options.limits.memory_mb) << 20U;
  process.interrupted = options.interrupted;
  if (options.on_step) {
    process.on_step = [this](const trace::Step& step) {
      const std::lock_guard lock(callbacks_);
      options_.on_step(step);
    };
  }
  process.on_output = [this](LogStream stream, std::string_view bytes) { write_log(stream, bytes); };
  process_ = std::make_unique<ActionProcess>(std::move(process));
  client_ = std::make_unique<http::Client>(client_options(options, process_->socket_path()));
}

void ActionWorker::attach(ActivationLog& log) {
  const std::lock_guard lock(log_mutex_);
  logs_.push_back(&log);
}

void ActionWorker::detach(ActivationLog& log) {
  const std::lock_guard lock(log_mutex_);
  std::erase(logs_, &log);
}

void ActionWorker::write_log(LogStream stream, std::string_view bytes) {
  {
    const std::lock_guard lock(log_mutex_);
    for (auto* log : logs_) log->add(stream, bytes);
  }
  if (!options_.on_log) return;
  const std::lock_guard lock(callbacks_);
  options_.on_log(stream, bytes);
}

/// Sends one message of the HTTP contract. Returns no answer if none came, or if the answer says that the process is
/// about to end (src/action/last_answer.h): the exit status of the process says more.
ActionWorker::PostResult ActionWorker::post(const std::string& path, const json::object& message,
                                            milliseconds timeout) {
  try {
    auto answer = http::Request::post("http://localhost" + path).json(message).timeout(timeout).send(*client_);
    if (answer.headers().has(http::kProcessEndsHeader)) return {};
    return {.answer = std::move(answer)};
  } catch (const Error& error) {
    // The state of the process shows the reason: it ended, or its time limit has passed.
    return {.answer = std::nullopt, .unread = error.code() == "request_unread"};
  }
}

/// The same with ActionLoop, which has no status codes: its answer is the result.
ActionWorker::PostResult ActionWorker::loop(const json::object& message, steady_clock::time_point deadline) {
  auto line = process_->loop().exchange(to_json(message), options_.max_result_bytes * 16, deadline);
  if (!line) return {};
  return {.answer = http::Response(200, {}, *std::move(line))};
}

bool ActionWorker::initialise(ActivationRecord& record, steady_clock::time_point deadline) {
  const auto failed = [&] {
    record_no_answer(record, deadline, true);
    return false;
  };
  const auto spawned = deadline - options_.limits.timeout;
  contract_ = process_->wait_until_ready(deadline);
  record.spawn_time = std::chrono::duration_cast<milliseconds>(steady_clock::now() - spawned);
  if (contract_ == Contract::none) return failed();
  if (contract_ == Contract::loop) return true;  // ActionLoop has no message for initialisation.
  const json::object message{{"value", json::object{{"name", options_.action},
                                                    {"main", options_.main},
                                                    {"code", options_.code},
                                                    {"binary", false},
                                                    {"env", json::object{}}}}};
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  const auto answer = post("/init", message, std::max(left, milliseconds(1))).answer;
  if (!answer) return failed();
  return record_init_answer(record, answer->status(), answer->body());
}

ActionWorker::Outcome ActionWorker::activate(ActivationRecord& record, const json::value& params,
                                             const RunOptions& run) {
  // The time limit includes the start of the process.
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

  const bool loops = contract_ == Contract::loop;
  const auto [answer, unread] = loops ? loop(message, deadline) : post("/run", message, left + kDeadlineGrace);
  if (!answer) {
    const auto given_up = loops ? deadline : deadline + kDeadlineGrace / 2;
    if (steady_clock::now() >= given_up && process_->is_alive()) {
      fail_in_time(record, false);
      process_->kill();  // It did not answer at its deadline, so it is stuck.
    } else {
      record_no_answer(record, deadline, false);
    }
    return unread ? Outcome::ended_before : Outcome::unusable;
  }
  process_->drain(kDrainLimit);
  const bool fits = record_answer(record, answer->status(), answer->body(), options_.max_result_bytes);
  // The process measures its deadline with the wall clock, in whole milliseconds.
  const bool late = steady_clock::now() >= deadline - kClockSlack;
  if (late && record.status == ActivationStatus::developer_error) {
    fail_in_time(record, false);
    return Outcome::unusable;  // An overdue activation still runs in the process.
  }
  return fits ? Outcome::usable : Outcome::unusable;
}

/// Fills the record of an activation that got no answer.
void ActionWorker::record_no_answer(ActivationRecord& record, steady_clock::time_point deadline, bool starting) {
  const bool late = steady_clock::now() >= deadline;
  const auto ending = process_->ending(late ? milliseconds(0) : kEndGrace);
  if (ending == ActionProcess::Ending::interrupted) throw Interrupted();
  if (late && ending == ActionProcess::Ending::none) {
    fail_in_time(record, starting);
  } else {
    record_ending(record, *process_, ending, starting);
  }
}

void ActionWorker::kill() {
  process_->kill();
  (void)process_->ending(kEndGrace);
}

}  // namespace adit::dev
