#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adit/error.h"

#include "app/project/project.h"
#include "dev/host/action_host.h"
#include "dev/platform/configuration.h"

namespace adit::dev {

/// Callbacks that report how an action is built and run. Called on any thread, several at once.
struct ActionEvents {
  std::function<void(const app::Action&)> on_build_start;
  /// The compiler's words as it says them.
  std::function<void(std::string_view)> on_build_output;
  std::function<void(const app::Action&, const Error&)> on_build_failed;
  /// What was built, or a script that changed, takes new activations from now on; not told of the first.
  std::function<void(const app::Action&)> on_swapped;
  /// It was made and can run, also the first time.
  std::function<void(const app::Action&)> on_made;
  std::function<void(const app::Action&, LogStream, std::string_view)> on_log;
  /// A step of its work (base/trace.h), requests included.
  std::function<void(const app::Action&, const trace::Step&)> on_step;
  std::function<bool()> interrupted;
};

/// What an action did for tokens, counted from its steps (base/trace.h).
struct TokenCounts {
  std::atomic<unsigned> exchanges{0};
  std::atomic<unsigned> api_calls{0};
};

/// A running action: its host, kept for as long as an activation uses it.
struct Running {
  std::shared_ptr<ActionHost> host;
  std::shared_ptr<TokenCounts> tokens;
};

/// What a Node.js action that is not bundled has for a program: host_options() finds its own.
inline constexpr std::string_view kNoProgram = "node";

/// How an action's host is to be made. Throws what host_options() throws.
[[nodiscard]] HostOptions running_options(const Configuration& configuration, const app::Action& action,
                                          const std::string& program, const ActionEvents& events,
                                          const std::shared_ptr<TokenCounts>& tokens);

/// Two hosts made of equal texts are alike. `version` is that of what was built.
[[nodiscard]] std::string running_description(const HostOptions& options, const app::Action& action,
                                              std::uint64_t version);

}  // namespace adit::dev
