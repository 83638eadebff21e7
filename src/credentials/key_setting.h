#pragma once

#include <string>

#include "adit/credentials.h"
#include "adit/environment.h"

namespace adit {

/// Reads the private key of the setting `name`, which must be set: it contains the key or the path of its file. A
/// relative path starts at the folder of the file that sets it, or else at the current folder. The passphrase is the
/// setting `name`_PASSPHRASE. Throws what read_private_key() throws, with the place, and what refuse_key_file_outside()
/// throws.
[[nodiscard]] PrivateKey read_key_setting(const Environment& environment, const std::string& name);

/// Throws Error `outside_project` (configuration) if `text`, which is from a project's file, names a key file that is
/// neither below `folder` nor below `root`, after symbolic links have been followed: a project must not make adit sign
/// with the user's other keys. Relative paths start at `folder`.
void refuse_key_file_outside(const Secret& text, const std::string& folder, const std::string& root,
                             const std::string& name);

}  // namespace adit
