#pragma once

#include <cstdint>

namespace adit {

/// 2^53: a double, and so a number of JavaScript, represents every integer up to this one exactly.
inline constexpr std::int64_t kMaxExactInteger = std::int64_t{1} << 53;

}  // namespace adit
