#pragma once

#include <cstddef>

#include "adit/secret.h"

namespace adit {

/// Returns unpredictable bytes, for a secret or an id: at most 256 (getentropy(3)). Throws Error `no_randomness`.
[[nodiscard]] WipedString random_bytes(std::size_t count);
/// The same as hexadecimal digits, two for each byte.
[[nodiscard]] WipedString random_hex(std::size_t count);

}  // namespace adit
