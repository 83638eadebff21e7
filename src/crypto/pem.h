#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/secret.h"

namespace adit::jwt {

/// One block of PEM: textual encoding (RFC 7468), or the older form with encryption headers (RFC 1421).
struct PemBlock {
  /// "RSA PRIVATE KEY"
  std::string label;
  /// The values of `Proc-Type` and `DEK-Info`, empty if there are none.
  std::string proc_type;
  std::string dek_info;
  /// The decoded bytes; empty if the body is not base64.
  Secret body;
  /// True if the block has its END line.
  bool ended = false;

  [[nodiscard]] bool encrypted_traditionally() const { return !dek_info.empty(); }
};

/// Returns all blocks of a text, in order, and skips text between them. It is more lenient than RFC 7468's lax form:
/// white space is ignored everywhere between the boundaries, so that a PEM whose line ends became blanks can be read.
[[nodiscard]] std::vector<PemBlock> parse_pem(std::string_view text);

/// Writes `bytes` as a PEM block with lines of 64 characters.
[[nodiscard]] Secret write_pem(std::string_view label, std::string_view bytes);

enum class DerExtent { not_der, truncated, complete };
/// Whether the bytes are a complete DER SEQUENCE, by the length that it declares (X.690 section 8.1.3).
[[nodiscard]] DerExtent der_extent(std::string_view bytes);

}  // namespace adit::jwt
