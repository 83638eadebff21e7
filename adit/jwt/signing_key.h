#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

/// JWS algorithms (RFC 7518 section 3.1, RFC 8037 section 3.1).
enum class Algorithm { RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA };

[[nodiscard]] std::string_view to_string(Algorithm algorithm);
/// Nothing for a name that is not one of ours, `none` among them.
[[nodiscard]] std::optional<Algorithm> algorithm_from_string(std::string_view name);

enum class KeyType { rsa, ec_p256, ec_p384, ec_p521, ed25519 };

/// "RSA", "EC P-256", …, "Ed25519".
[[nodiscard]] std::string_view to_string(KeyType type);

/// A public key. Immutable; copies share the key; thread-safe.
class PublicKey {
 public:
  /// `PUBLIC KEY` (SPKI), `RSA PUBLIC KEY` (PKCS#1) or `CERTIFICATE` (X.509) in PEM, or SPKI or X.509 in DER.
  /// Throws Error `invalid_key` that says what the text is instead.
  static PublicKey from_pem(std::string_view pem);
  static PublicKey from_der(std::string_view der);

  [[nodiscard]] KeyType type() const;
  /// RSA modulus or curve size in bits.
  [[nodiscard]] int bits() const;
  [[nodiscard]] bool can_use(Algorithm algorithm) const;
  /// RFC 7515's signature form: raw `r || s` for ECDSA. False for a signature that does not fit; never throws for one.
  [[nodiscard]] bool verify(Algorithm algorithm, std::string_view signing_input, std::string_view signature) const;
  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] std::string to_der() const;
  /// RFC 7638, SHA-256, base64url.
  [[nodiscard]] std::string thumbprint() const;
  friend bool operator==(const PublicKey& a, const PublicKey& b);

  struct Handle;  // an EVP_PKEY
  explicit PublicKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
  [[nodiscard]] const Handle& handle() const { return *handle_; }

 private:
  std::shared_ptr<const Handle> handle_;
};

/// What the messages about a private key begin with; whoever knows the setting's name puts that in its place.
inline constexpr std::string_view kPrivateKeySubject = "The private key";

/// A private key that signs. Immutable; copies share the key; thread-safe: many threads may sign with one key at once.
class SigningKey {
 public:
  /// PKCS#8, PKCS#1 (`RSA PRIVATE KEY`), SEC1 (`EC PRIVATE KEY`) or encrypted PKCS#8 / traditional PEM with a
  /// passphrase. Throws Error `invalid_key` (codes `key_is_certificate`, `key_is_public`, `key_truncated`,
  /// `key_encrypted`, `key_passphrase_wrong`, `key_unsupported`, `invalid_key`), each with a hint. An RSA key under
  /// 2048 bits is `key_too_short` (RFC 7518 section 3.3).
  static SigningKey from_pem(const Secret& pem, const Secret& passphrase = {});
  /// PKCS#8 (plain or encrypted), PKCS#1 or SEC1.
  static SigningKey from_der(const Secret& der, const Secret& passphrase = {});
  static SigningKey generate_rsa(int bits = 2048);
  static SigningKey generate(KeyType type);

  [[nodiscard]] KeyType type() const;
  [[nodiscard]] int bits() const;
  [[nodiscard]] bool can_use(Algorithm algorithm) const;
  /// RS256 for RSA, ES256, ES384, ES512, EdDSA for the others.
  [[nodiscard]] Algorithm default_algorithm() const;
  /// RFC 7515's signature form. Throws Error `sign_failed` where the key cannot use the algorithm.
  [[nodiscard]] std::string sign(Algorithm algorithm, std::string_view signing_input) const;
  [[nodiscard]] PublicKey public_key() const;
  /// Of the public half, made once and kept: names the pair and tells nothing of the private half.
  [[nodiscard]] const std::string& thumbprint() const;
  /// PKCS#8 PEM.
  [[nodiscard]] Secret to_pem() const;
  /// PKCS#8 DER, the same bytes for the same key whatever shape it was read from.
  [[nodiscard]] Secret to_der() const;

  struct Handle;
  explicit SigningKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}

 private:
  std::shared_ptr<const Handle> handle_;
};

}  // namespace adit::jwt

#pragma GCC visibility pop
