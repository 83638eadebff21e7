#pragma once

#include <cerrno>
#include <string_view>

#include <unistd.h>

namespace adit {

/// Writes all of it, in one write(2) where the system takes it so, whatever signals arrive. False if that fails;
/// errno says why.
[[nodiscard]] inline bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace adit
