#pragma once

#include <string>

#include "adit/credentials.h"
#include "adit/environment.h"

namespace adit {

/// The private key that the setting `name`, which must be set, holds or names the file of. A relative path begins
/// beside the file that sets it, or else at the current folder; the passphrase is the setting `name`_PASSPHRASE. Throws
/// what read_private_key throws, with the place, and what refuse_key_file_outside throws.
[[nodiscard]] PrivateKey read_key_setting(const Environment& environment, const std::string& name);

/// Throws Error `outside_project` (configuration) if `text`, which stands in a project's file, names a key file that
/// does not lie below `folder` or below `root`, after symbolic links have been followed: only the user may name a key
/// of the user's own. `folder` is where relative paths begin.
void refuse_key_file_outside(const Secret& text, const std::string& folder, const std::string& root,
                             const std::string& name);

}  // namespace adit
