#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/base/json.h"
#include "adit/jwt/signing_key.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

/// One key of a set (RFC 7517 section 4): the public key and what the set says of it. Empty strings are absent members.
struct Jwk {
  PublicKey key;
  std::string key_id;     // kid
  std::string algorithm;  // alg
  std::string use;        // use
};

/// A JWK Set (RFC 7517 section 5). A value; thread-safe as std::vector.
class Jwks {
 public:
  Jwks() = default;
  explicit Jwks(std::vector<Jwk> keys) : keys_(std::move(keys)) {}

  /// Passed over, as RFC 7517 section 5 says: keys of a kind, curve or algorithm that we do not know, keys that are not
  /// for verifying (`use`, `key_ops`), that lack a required member, or that are RSA under 2048 bits. A text that is no
  /// set, or a key with a broken or private member, throws Error `invalid_jwks`.
  static Jwks parse(std::string_view text);
  [[nodiscard]] json::object to_json_object() const;

  /// The key with this id; nullptr where there is none.
  [[nodiscard]] const Jwk* find(std::string_view key_id) const;
  [[nodiscard]] const std::vector<Jwk>& keys() const { return keys_; }

 private:
  std::vector<Jwk> keys_;
};

/// The members of one public JWK: kty, n/e or crv/x/y.
[[nodiscard]] json::object to_jwk(const PublicKey& key);
/// The other way. Throws Error `invalid_jwks`, `key_too_short` or `invalid_key`.
[[nodiscard]] PublicKey public_key_from_jwk(const json::object& jwk);

}  // namespace adit::jwt

#pragma GCC visibility pop
