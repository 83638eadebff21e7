#pragma once

#include <string_view>

#include "adit/environment.h"

namespace adit {

/// The rule that keeps the user's secrets from a repository that the user has cloned: a setting in a project's file
/// decides where a secret goes only if the secret stands in a project's file, too. Settings of the user's own (options,
/// the process environment, the user's configuration file) decide it for every secret.
///
/// Every command asks here before it uses a setting that decides where a secret goes: the IMS, routes, hosts that get
/// tokens, the token store, the host of the runtime. `allow` says, for the message, how the user can allow it. Throws
/// Error `untrusted_destination` (configuration).
void refuse_untrusted_destination(const SettingOrigin& secret, const SettingOrigin& destination,
                                  std::string_view allow);

/// The one of the two that the user controls more: a credential belongs to the user if any part of it does.
[[nodiscard]] const SettingOrigin& more_trusted(const SettingOrigin& a, const SettingOrigin& b);

}  // namespace adit
