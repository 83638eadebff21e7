#pragma once

#include <cstdint>
#include <string_view>

namespace adit::emulator {

/// Returns the text's FNV-1a hash, which is the same in every run, for numbers and names that are made up. Not for
/// secrets (draft-eastlake-fnv).
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char character : text) hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211ULL;
  return hash;
}

}  // namespace adit::emulator
