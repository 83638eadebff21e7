#pragma once

#include <array>
#include <string>
#include <string_view>

#include "crypto/openssl.h"

namespace adit {

using Sha256Digest = std::array<unsigned char, 32>;

/// A SHA-256 over several texts, as if they were one. Not thread-safe.
///
///     Sha256 hash;
///     hash.add("header.").add("payload");
///     const Sha256Digest digest = hash.finish();  // once
///
/// All functions throw Error `hash_failed`.
class Sha256 {
 public:
  Sha256();

  Sha256& add(std::string_view text);
  [[nodiscard]] Sha256Digest finish();

 private:
  jwt::openssl::DigestContext context_;
};

[[nodiscard]] Sha256Digest sha256(std::string_view text);
/// The digest's 32 bytes; valid as long as the digest.
[[nodiscard]] std::string_view bytes_of(const Sha256Digest& digest);

}  // namespace adit
