#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adit/credentials.h"
#include "adit/secret.h"

namespace adit::token {

/// What turns a token into a record that only a holder of the same credential can read.
///
/// The key is derived (HKDF-SHA256, RFC 5869) from what the credential's holders have anyway, the private key or the
/// client secret, so there is no further key to manage, and a stolen store holds no usable token. The record is sealed
/// with AES-256-GCM under a fresh random nonce, bound to its name and number, so that records cannot be exchanged for
/// each other.
class RecordSeal {
 public:
  /// `issuer` says which IMS it is, and by which route; tokens of two of them never meet.
  RecordSeal(const Credentials& credentials, std::string_view issuer);

  /// base64url of a hash, 43 characters; shows neither credential nor issuer.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Throws Error `seal_failed` where OpenSSL cannot do it.
  [[nodiscard]] std::string seal(const Secret& plain, std::uint64_t fence) const;
  /// Nothing for a record that was sealed with another key, for another name or number, or altered.
  [[nodiscard]] std::optional<Secret> open(std::string_view sealed, std::uint64_t fence) const;

 private:
  [[nodiscard]] std::string bound(std::uint64_t fence) const;

  std::string name_;
  Secret key_;
};

}  // namespace adit::token
