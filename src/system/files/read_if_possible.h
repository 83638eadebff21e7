#pragma once

#include <optional>
#include <string>

namespace adit {

/// Reads a file that another process may delete at any time, such as one in /proc or in a state folder of adit. Returns
/// `nullopt` if it cannot be opened. If reading fails (a folder), returns the text up to there. For a project's files,
/// use read_file() (base/text/text.h), which reports the reason of a failure and limits the size.
[[nodiscard]] std::optional<std::string> read_if_possible(const std::string& path);

}  // namespace adit
