#pragma once

#include <optional>
#include <string>

namespace adit {

/// Reads a file of the system or of adit's own, which another process may delete at any time: /proc, a state folder.
/// Returns `nullopt` if it cannot be opened, and what was read until then if reading fails, as that of a folder does.
/// Files of a project are read by read_file() (base/text.h), which reports why it failed and bounds the size.
[[nodiscard]] std::optional<std::string> read_if_possible(const std::string& path);

}  // namespace adit
