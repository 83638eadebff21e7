#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"

namespace adit::dev {

/// A variable in the environment of every action, and so of every process that an action starts.
inline constexpr std::string_view kActionMark = "AIO_DEV=true";

/// Returns the environment of an action's process as `NAME=value`: ADIT_* and AIO_DEV=true; also PATH, HOME, LANG, TZ,
/// and the variables for proxies and certificates, if the user has set them. The developer's other variables are left
/// out: an action must not depend on a variable that it will not have after deployment. An action gets its settings as
/// inputs.
[[nodiscard]] std::vector<std::string> action_environment(const Environment& environment);

/// The destructor kills processes that actions of this process started and left running, such as a daemon, or `spawn`
/// with `detached` in Node.js. They have become our children, because this process is the nearest subreaper
/// (PR_SET_CHILD_SUBREAPER), and they have the environment of an action (kActionMark). A process that a build leaves
/// running, such as a compiler's server, is not killed. Construct it before everything that runs actions.
class OrphansOfActions {
 public:
  OrphansOfActions() = default;
  ~OrphansOfActions();
  OrphansOfActions(const OrphansOfActions&) = delete;
  OrphansOfActions& operator=(const OrphansOfActions&) = delete;
};

/// Throws Error (configuration) if the project's settings would send an action's secret to a destination that the user
/// has not chosen: `untrusted_destination` (secret_destination.h) for the IMS, endpoints, API hosts and token store;
/// `outside_project` for a token store outside of the project. `secret` is the secret among the action's inputs.
void refuse_untrusted_destinations(const Environment& environment, const std::optional<SettingOrigin>& secret);

}  // namespace adit::dev
