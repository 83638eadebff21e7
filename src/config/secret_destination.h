#pragma once

#include <string_view>

#include "adit/environment.h"

namespace adit {

/// Protects the user's secrets from a repository that the user has cloned. A setting in a project's file may decide
/// where a secret is sent only if the secret is in a project's file as well. The user's own settings (options, the
/// process environment, the user's configuration file) may decide it for every secret.
///
/// Every command calls this before it uses a setting that decides where a secret is sent: the IMS, routes, hosts that
/// get tokens, the token store, the runtime's host. `allow` is the part of the hint that says how the user can allow
/// it. Throws Error `untrusted_destination` (configuration).
void refuse_untrusted_destination(const SettingOrigin& secret, const SettingOrigin& destination,
                                  std::string_view allow);

/// Returns the origin over which the user has more control: a credential belongs to the user if any part of it does.
[[nodiscard]] const SettingOrigin& more_trusted(const SettingOrigin& a, const SettingOrigin& b);

}  // namespace adit
