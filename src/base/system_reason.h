#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace adit {

/// What the system says of an error number, in words.
[[nodiscard]] inline std::string system_reason(int error = errno) { return std::generic_category().message(error); }

}  // namespace adit
