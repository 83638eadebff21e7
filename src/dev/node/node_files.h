#pragma once

#include <string>

namespace adit::dev {

/// Returns the folder with the JavaScript files of this directory (host.cjs and others), which are compiled into this
/// program. It is written at the first call: a private temporary folder, shared by all actions of this process, deleted
/// when the process ends. Thread-safe. Throws Error `no_folder`.
[[nodiscard]] const std::string& node_files();

}  // namespace adit::dev
