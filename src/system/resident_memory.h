#pragma once

#include <cstddef>

#include <sys/types.h>

namespace adit {

/// Returns the resident memory of a process, in bytes; 0 if there is no such process.
[[nodiscard]] std::size_t resident_bytes(pid_t process);

}  // namespace adit
