#pragma once

#include <cstddef>
#include <string_view>

#include "adit/secret.h"

namespace adit {

/// Derives a key of `size` bytes from a secret by HKDF with SHA-256 (RFC 5869). `info` names the key's purpose. Throws
/// Error `key_derivation_failed`, for instance if OpenSSL's configuration has no HKDF.
[[nodiscard]] Secret hkdf_sha256(const Secret& material, std::string_view salt, std::string_view info,
                                 std::size_t size);

}  // namespace adit
