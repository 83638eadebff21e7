#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "app/project/project.h"
#include "base/trace.h"
#include "dev/entity/limits.h"
#include "dev/host/activation_record.h"
#include "dev/host/runtime_settings.h"

namespace adit::dev {

enum class LogStream { out, err };

/// Describes an action and how it is run. The callbacks are called on the host's threads: one at a time for one host,
/// concurrently for several hosts.
struct HostOptions {
  /// The built action. For Node.js actions, the program `node` (node_action.h).
  std::string program;
  /// Arguments before `--socket PATH`.
  std::vector<std::string> arguments;
  /// The code that `/init` sends. For Node.js it is the path of a file or folder, which host.cjs loads. It is empty for
  /// a C++ program, which contains its action.
  std::string code;
  /// The name of the exported function, sent with `/init`.
  std::string main = "main";
  /// The action's working directory. If empty, it is that of this process.
  std::string folder;
  std::string package;
  std::string action;
  RuntimeSettings runtime;
  std::string kind = "cpp";
  app::Limits limits;
  /// `NAME=value`, see action_environment().
  std::vector<std::string> environment;
  std::size_t max_result_bytes = kMaxPayloadBytes;
  /// The clock for the times in records and logs, and for how long a caller has waited for a free slot.
  const Clock* clock = &Clock::system();

  /// Called with what the action writes, when it writes it, without the end-of-activation lines of the contract.
  std::function<void(LogStream, std::string_view)> on_log;
  /// Called with each trace step that the action reports (base/trace.h).
  std::function<void(const trace::Step&)> on_step;
  /// Called at least every 25 ms, by several threads concurrently. If it returns true, running activations end with
  /// Error `interrupted`.
  std::function<bool()> interrupted;
};

/// Options of one activation.
struct RunOptions {
  /// 32 hex digits. If empty, a random one is made.
  std::string activation_id;
  std::string transaction_id;
};

/// Runs an action as OpenWhisk's invoker does, in a separate process that is kept warm. The process speaks the
/// platform's HTTP contract (`/init`, `/run`: docs/actions-new.md of apache/openwhisk) on a Unix socket in a private
/// temporary folder. A C++ program that does not implement this contract may speak ActionLoop (loop_peer.h), with one
/// activation at a time.
///
/// Up to limits.concurrency activations run in that process concurrently; other callers wait, at most for
/// limits.timeout. `run` always returns: when the action answers, when the process ends, or at the time limit, which is
/// limits.timeout after the activation got its place; the start of a process counts. At the time limit, the process
/// should answer by itself. If it does, its other activations go on, but it gets no new ones and is replaced, because
/// something in it hangs. If it does not answer, it is stuck (for example in an endless loop in a Node.js action) and
/// is killed, with everything that it runs.
///
/// The memory limit applies to the resident set of the process, checked every 25 ms; the platform's control group works
/// in a similar way. Processes that the action starts are not counted.
///
/// Logs: a process has one stdout and one stderr. Lines that arrive while one activation runs belong to that
/// activation. While several run concurrently, it is unknown which of them wrote a line, so each record contains all
/// lines that arrived while it ran.
///
/// Thread-safe. The destructor kills running activations; call it only when no thread is in `run`.
class ActionHost {
 public:
  explicit ActionHost(HostOptions options);
  ~ActionHost();
  ActionHost(const ActionHost&) = delete;
  ActionHost& operator=(const ActionHost&) = delete;

  /// Runs one activation, and starts the process if none is running. If the action fails, the record says so. Throws
  /// Error `start_failed` (configuration) if the program cannot be started, and `interrupted`.
  ActivationRecord run(const json::object& params, const RunOptions& run = {});
  /// The same for parameters that may also be an array, which the previous component of a sequence may return.
  ActivationRecord run_value(const json::value& params, const RunOptions& run);

  /// Starts the process if none is running, so that the next activation finds it warm. Returns `nullopt` if it is
  /// ready, otherwise the record that an activation would have got. Throws what `run` throws.
  [[nodiscard]] std::optional<ActivationRecord> start();

  /// The id of the process and of its process group; -1 if none is running.
  [[nodiscard]] int process_id() const;

 private:
  class WorkerPool;
  std::unique_ptr<WorkerPool> pool_;
};

}  // namespace adit::dev
