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

/// What an action is and how it is run. The functions are called on threads of the host, several hosts' at once, one
/// host's one at a time.
struct HostOptions {
  /// The built action; for Node.js actions, node (node_action.h).
  std::string program;
  /// What stands between the program's name and `--socket PATH`.
  std::vector<std::string> arguments;
  /// What `/init` sends. Our host for Node.js takes the path of a file or folder as its code; a C++ program has its
  /// action built in and gets none.
  std::string code;
  /// The exported function's name, sent with `/init`.
  std::string main = "main";
  /// The action's current folder; empty: ours.
  std::string folder;
  std::string package;
  std::string action;
  RuntimeSettings runtime;
  std::string kind = "cpp";
  app::Limits limits;
  /// `NAME=value`, see action_environment().
  std::vector<std::string> environment;
  std::size_t max_result_bytes = kMaxPayloadBytes;
  /// Dates records and logs, and judges how long a caller has waited for its turn.
  const Clock* clock = &Clock::system();

  /// What the action writes, as it writes it, the contract's end-of-activation lines left out.
  std::function<void(LogStream, std::string_view)> on_log;
  /// The steps that the action tells (base/trace.h).
  std::function<void(const trace::Step&)> on_step;
  /// Asked at least every 25 ms, by several threads at once; true ends what runs with Error `interrupted`.
  std::function<bool()> interrupted;
};

/// What may differ between two activations of one action.
struct RunOptions {
  /// 32 hex digits; empty: made.
  std::string activation_id;
  std::string transaction_id;
};

/// Runs an action as OpenWhisk's invoker does: a process of its own, kept warm, which speaks the platform's HTTP
/// contract (`/init`, `/run`: docs/actions-new.md of apache/openwhisk) on a Unix socket in a private temporary folder.
/// A C++ program that does not know it may speak ActionLoop (loop_peer.h), one activation at a time.
///
/// Up to limits.concurrency activations overlap in that process; callers beyond wait, limits.timeout at most.
/// Whatever the action does, `run` ends: at its answer, at the process's end, or at its time limit (limits.timeout from
/// its turn on, a start included). The process is asked to answer the deadline itself; where it does, what runs beside
/// lives on, and the process, in which something hangs, takes nothing new and is replaced. If it does not answer in
/// time either, it is stuck (an endless loop in a Node.js action) and killed, with everything that it runs.
///
/// The memory limit is judged by the resident set of the whole process, looked at every 25 ms, as the platform's
/// control group judges it. Programs that the action starts are not counted.
///
/// Logs: a process has one stdout and one stderr. What comes while one activation runs is that one's. While several
/// overlap, nothing tells whose a line is, and each record holds all lines that came while it ran.
///
/// Thread-safe. Its end kills what runs; it must not end while a thread is in `run`.
class ActionHost {
 public:
  explicit ActionHost(HostOptions options);
  ~ActionHost();
  ActionHost(const ActionHost&) = delete;
  ActionHost& operator=(const ActionHost&) = delete;

  /// Starts the process where there is none. An action that fails gives a record that says so. Throws Error
  /// `start_failed` (configuration) where the program cannot be started, and `interrupted`.
  ActivationRecord run(const json::object& params, const RunOptions& run = {});
  /// The same, where the parameters may be an array: in a sequence, the answer of the part before.
  ActivationRecord run_value(const json::value& params, const RunOptions& run);

  /// Starts the process where there is none, so that the next activation finds it warm. Nothing if it is ready;
  /// otherwise the record that an activation would have got. Throws what `run` throws.
  [[nodiscard]] std::optional<ActivationRecord> start();

  /// The id of the process and of its group; -1 where none runs.
  [[nodiscard]] int process_id() const;

 private:
  class Turns;
  std::unique_ptr<Turns> turns_;
};

}  // namespace adit::dev
