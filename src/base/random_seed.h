#pragma once

#include <cstdint>

namespace adit {

/// Returns an unpredictable number, to seed a generator of jitter or names. It comes from the kernel, because
/// std::random_device first queries the processor's features, which is slow in a virtual machine.
[[nodiscard]] std::uint32_t random_seed();

}  // namespace adit
