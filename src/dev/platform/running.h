#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "app/project/project.h"
#include "dev/host/action_host.h"
#include "dev/platform/configuration.h"
#include "dev/platform/platform_observer.h"

namespace adit::dev {

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

/// Returns the options of an action's host, which reports to `observer` and ends when `interrupted` returns true.
/// `program` is the built program, or the bundled script of a Node.js action; empty for a Node.js action that is not
/// bundled. Throws what host_options() throws.
[[nodiscard]] HostOptions running_options(const Configuration& configuration, const app::Action& action,
                                          const std::string& program, PlatformObserver& observer,
                                          const std::function<bool()>& interrupted,
                                          const std::shared_ptr<TokenCounts>& tokens);

/// Describes a host. Hosts with equal descriptions are interchangeable. `version` is that of the built action.
[[nodiscard]] std::string running_description(const HostOptions& options, const app::Action& action,
                                              std::uint64_t version);

}  // namespace adit::dev
