#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adit/credentials.h"
#include "adit/secret.h"

namespace adit::token {

/// Encrypts a token into a record that only processes with the same credential can decrypt.
///
/// The key is derived (HKDF-SHA256, RFC 5869) from the credential's private key or client secret. There is no further
/// key to manage, and a thief of the store gets no usable token. A record is encrypted with AES-256-GCM and a new
/// random nonce; its name and fence are authenticated with it, so that one record cannot be replaced by another.
class RecordSeal {
 public:
  /// `issuer` identifies the IMS and the route to it (ims::Issuer::id); different issuers have different records.
  RecordSeal(const Credentials& credentials, std::string_view issuer);

  /// The record's name: base64url of a hash, 43 characters. It reveals neither credential nor issuer.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Encrypts. Throws Error `seal_failed` if OpenSSL cannot.
  [[nodiscard]] std::string seal(const Secret& plain, std::uint64_t fence) const;
  /// Decrypts. Returns nullopt if the record was altered, or sealed with another key, name or fence.
  [[nodiscard]] std::optional<Secret> open(std::string_view sealed, std::uint64_t fence) const;

 private:
  [[nodiscard]] std::string bound(std::uint64_t fence) const;

  std::string name_;
  Secret key_;
};

}  // namespace adit::token
