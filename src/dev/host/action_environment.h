#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"

namespace adit::dev {

/// What every action's environment has, and so has what an action starts.
inline constexpr std::string_view kActionMark = "AIO_DEV=true";

/// The environment of an action's process, as `NAME=value`: ADIT_*, AIO_DEV=true, and, where the user has set them,
/// PATH, HOME, LANG, TZ, the proxy and certificate variables. Nothing else that the developer has: what works here must
/// not depend on a variable that a deployed action will not see; inputs are how an action gets settings.
[[nodiscard]] std::vector<std::string> action_environment(const Environment& environment);

/// At its own end, ends what actions of this process have started and left behind (a daemon; `spawn` with `detached` in
/// Node.js): it has come to us, as the nearest subreaper (PR_SET_CHILD_SUBREAPER), with the environment that every
/// action has. What a build leaves running, a compiler's server, lives on. Make it before everything that runs actions.
class OrphansOfActions {
 public:
  OrphansOfActions() = default;
  ~OrphansOfActions();
  OrphansOfActions(const OrphansOfActions&) = delete;
  OrphansOfActions& operator=(const OrphansOfActions&) = delete;
};

/// Throws Error (configuration) where the project's settings would send an action's secret somewhere that the user has
/// not chosen: `untrusted_destination` (secret_destination.h) for the IMS, routes, API hosts and token store;
/// `outside_project` for a token store outside of the project. `secret` is that of the action's inputs.
void refuse_untrusted_destinations(const Environment& environment, const std::optional<SettingOrigin>& secret);

}  // namespace adit::dev
