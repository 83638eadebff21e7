#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/secret.h"

namespace adit::jwt {

/// One block of textual encoding (RFC 7468), and of its ancestor with encryption headers (RFC 1421).
struct PemBlock {
  /// "RSA PRIVATE KEY"
  std::string label;
  /// The values of `Proc-Type` and `DEK-Info`, empty if there are none.
  std::string proc_type;
  std::string dek_info;
  /// The bytes, or nothing if the body is not base64.
  Secret body;
  /// The END line is there.
  bool ended = false;

  [[nodiscard]] bool encrypted_traditionally() const { return !dek_info.empty(); }
};

/// All blocks of a text, in order. More forgiving than RFC 7468's lax form: any white space may stand anywhere between
/// the boundaries, so that a PEM whose line ends became blanks is read as well. What stands outside of blocks is passed
/// over.
[[nodiscard]] std::vector<PemBlock> parse_pem(std::string_view text);

/// `bytes` as a PEM block with lines of 64.
[[nodiscard]] Secret write_pem(std::string_view label, std::string_view bytes);

enum class DerExtent { not_der, truncated, complete };
/// Whether the bytes are a whole DER SEQUENCE by the length that it declares (X.690 section 8.1.3).
[[nodiscard]] DerExtent der_extent(std::string_view bytes);

}  // namespace adit::jwt
