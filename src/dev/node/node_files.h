#pragma once

#include <string>

namespace adit::dev {

/// The folder with our host for Node.js actions (adit/dev/node), written from this program at first use: private,
/// temporary, shared by all actions of this process, gone at its end. Thread-safe. Throws Error `no_folder`.
[[nodiscard]] const std::string& node_files();

}  // namespace adit::dev
