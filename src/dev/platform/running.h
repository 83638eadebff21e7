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

/// Callbacks that report how an action is built and run. Called on any thread, concurrently.
struct ActionEvents {
  std::function<void(const app::Action&)> on_build_start;
  /// Called with the output of the compiler or bundler, when it is written.
  std::function<void(const app::Action&, std::string_view)> on_build_output;
  std::function<void(const app::Action&, const Error&)> on_build_failed;
  /// Called when a new version gets the new activations from now on. Not called for the first version.
  std::function<void(const app::Action&)> on_swapped;
  /// Called when the action was built and can run, also the first time.
  std::function<void(const app::Action&)> on_made;
  std::function<void(const app::Action&, LogStream, std::string_view)> on_log;
  /// Called with a trace step of the action (base/trace.h), requests included.
  std::function<void(const app::Action&, const trace::Step&)> on_step;
  std::function<bool()> interrupted;
};

/// How often an action exchanged a token and called an API, counted from its trace steps (base/trace.h).
struct TokenCounts {
  std::atomic<unsigned> exchanges{0};
  std::atomic<unsigned> api_calls{0};
};

/// A running action. Its host exists as long as an activation uses it.
struct Running {
  std::shared_ptr<ActionHost> host;
  std::shared_ptr<TokenCounts> tokens;
};

/// The program of a Node.js action that is not bundled; host_options() finds Node.js itself.
inline constexpr std::string_view kNoProgram = "node";

/// Returns the options of an action's host. Throws what host_options() throws.
[[nodiscard]] HostOptions running_options(const Configuration& configuration, const app::Action& action,
                                          const std::string& program, const ActionEvents& events,
                                          const std::shared_ptr<TokenCounts>& tokens);

/// Describes a host. Hosts with equal descriptions are interchangeable. `version` is that of the built action.
[[nodiscard]] std::string running_description(const HostOptions& options, const app::Action& action,
                                              std::uint64_t version);

}  // namespace adit::dev
