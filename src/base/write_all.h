#pragma once

#include <cerrno>
#include <string_view>

#include <unistd.h>

namespace adit {

/// Writes all bytes, with one write(2) if possible. Continues after signals. Returns false, and sets errno, if it
/// fails.
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
