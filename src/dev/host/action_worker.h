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

/// An action's process, with what runs in it, spoken to in the platform's HTTP contract, or in ActionLoop. Thread-safe
/// except what the host's lock guards.
class ActionWorker {
 public:
  using Contract = ActionProcess::Contract;

  /// Guarded by the host's lock.
  int running = 0;
  bool retired = false;

  /// Starts the process; what it writes goes to `log`, and to the others that are attached. `options` and `callbacks`,
  /// which is held while one of the options' functions is called, have to outlive it. Throws what ActionProcess throws.
  ActionWorker(const HostOptions& options, std::mutex& callbacks, ActivationLog& log);
  ActionWorker(const ActionWorker&) = delete;
  ActionWorker& operator=(const ActionWorker&) = delete;

  [[nodiscard]] ActionProcess& process() { return *process_; }
  /// Known once it is initialised. ActionLoop has one activation at a time.
  [[nodiscard]] Contract contract() const { return contract_; }
  void attach(ActivationLog& log);
  void detach(ActivationLog& log);

  /// `/init`. False if the record says what went wrong. Throws Error `interrupted`, as `activate` does.
  bool initialise(ActivationRecord& record, std::chrono::steady_clock::time_point deadline);
  /// What an activation leaves of the process.
  enum class Left {
    usable,
    /// It is to take nothing new.
    spent,
    /// It had ended before it had read the activation, which runs elsewhere as if nothing had been.
    ended_before,
  };
  /// `/run`: fills the record.
  Left activate(ActivationRecord& record, const json::value& params, const RunOptions& run);
  /// Ends it, and has all of its log then.
  void kill();

 private:
  /// An answer, or how it stayed away.
  struct Posted {
    std::optional<http::Response> answer;
    bool unread = false;
  };
  void write_log(LogStream stream, std::string_view bytes);
  Posted post(const std::string& path, const json::object& message, std::chrono::milliseconds timeout);
  Posted loop(const json::object& message, std::chrono::steady_clock::time_point deadline);
  void no_answer(ActivationRecord& record, std::chrono::steady_clock::time_point deadline, bool starting);

  const HostOptions& options_;
  std::mutex& callbacks_;
  std::mutex log_mutex_;
  std::vector<ActivationLog*> logs_;
  std::unique_ptr<http::Client> client_;
  Contract contract_ = Contract::none;
  /// The last member: what it writes goes to those above until its end.
  std::unique_ptr<ActionProcess> process_;
};

}  // namespace adit::dev
