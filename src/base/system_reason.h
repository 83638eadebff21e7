#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace adit {

/// Returns the system's message for an error number.
[[nodiscard]] inline std::string system_reason(int error = errno) { return std::generic_category().message(error); }

}  // namespace adit
