#pragma once

#include <cstdint>

namespace adit {

/// Returns a number that nobody can foresee, to seed a generator of jitter or names with. It comes from the kernel:
/// std::random_device asks the processor what it can do first, and in a virtual machine that takes longer.
[[nodiscard]] std::uint32_t random_seed();

}  // namespace adit
