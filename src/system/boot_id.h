#pragma once

#include <string>

namespace adit {

/// Returns the kernel's id of this boot (random(4)): times of the monotonic clock can be compared only if they were
/// read under the same id. Empty if it cannot be read, for example where /proc is not mounted; then it is not known
/// whether another process's times are of this boot.
[[nodiscard]] const std::string& boot_id();

}  // namespace adit
