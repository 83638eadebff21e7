#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adit/http.h"

#include "dev/host/action_host.h"
#include "dev/host/action_process.h"
#include "dev/host/activation_log.h"

namespace adit::dev {

/// An action's process and the activations that run in it. Speaks the platform's HTTP contract with it, or ActionLoop.
/// Thread-safe, except for the members that the host's lock guards.
class ActionWorker {
 public:
  using Contract = ActionProcess::Contract;

  /// The number of running activations, and whether the process gets no new ones. Guarded by the host's lock.
  int running = 0;
  bool retired = false;

  /// Starts the process. Its output goes to `log` and to the other attached logs. `callbacks` is held while one of the
  /// callbacks in `options` is called; both must outlive this object. Throws what ActionProcess throws.
  ActionWorker(const HostOptions& options, std::mutex& callbacks, ActivationLog& log);
  ActionWorker(const ActionWorker&) = delete;
  ActionWorker& operator=(const ActionWorker&) = delete;

  [[nodiscard]] ActionProcess& process() { return *process_; }
  /// Known after initialise(). ActionLoop runs one activation at a time.
  [[nodiscard]] Contract contract() const { return contract_; }
  void attach(ActivationLog& log);
  void detach(ActivationLog& log);

  /// Waits until the process is ready and sends `/init`. Returns false if that failed; the record says why. Throws
  /// Error `interrupted`, as `activate` does.
  bool initialise(ActivationRecord& record, std::chrono::steady_clock::time_point deadline);
  /// The state of the process after an activation.
  enum class Outcome {
    usable,
    /// The process must not get new activations.
    unusable,
    /// The process ended before it read the activation, which can therefore run in another process.
    ended_before,
  };
  /// Sends `/run` and fills the record.
  Outcome activate(ActivationRecord& record, const json::value& params, const RunOptions& run);
  /// Kills the process, and waits until all of its log is read.
  void kill();

 private:
  /// An answer; without one, `unread` says that the process did not read the message.
  struct PostResult {
    std::optional<http::Response> answer;
    bool unread = false;
  };
  void write_log(LogStream stream, std::string_view bytes);
  PostResult post(const std::string& path, const json::object& message, std::chrono::milliseconds timeout);
  PostResult loop(const json::object& message, std::chrono::steady_clock::time_point deadline);
  void record_no_answer(ActivationRecord& record, std::chrono::steady_clock::time_point deadline, bool starting);

  const HostOptions& options_;
  std::mutex& callbacks_;
  std::mutex log_mutex_;
  std::vector<ActivationLog*> logs_;
  std::unique_ptr<http::Client> client_;
  Contract contract_ = Contract::none;
  /// The last member, so that it is destroyed first: its output goes to the members above until it has ended.
  std::unique_ptr<ActionProcess> process_;
};

}  // namespace adit::dev
