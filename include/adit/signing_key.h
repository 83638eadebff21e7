#pragma once

// Keys (RFC 7518) and certificates (RFC 5280), based on OpenSSL: read, make, sign and verify. Throws adit::Error
// (`key_…`, `invalid_key`, `invalid_certificate`, `sign_failed`). All classes are immutable and thread-safe.
//
//     const auto key = adit::jwt::SigningKey::generate(adit::jwt::KeyType::ec_p256);
//     const std::string signature = key.sign(key.default_algorithm(), "any bytes");
//     const bool is_right = key.public_key().verify(key.default_algorithm(), "any bytes", signature);

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

/// JWS algorithms (RFC 7518 section 3.1, RFC 8037 section 3.1). Ed25519 is the name that RFC 9864 gives to EdDSA with
/// an Ed25519 key. A JWK or a caller that names one of the two accepts only that one.
enum class Algorithm { RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519 };

[[nodiscard]] std::string_view to_string(Algorithm algorithm);
/// Returns the algorithm of this name, or nullopt if there is none. `none` is not an algorithm here.
[[nodiscard]] std::optional<Algorithm> algorithm_from_string(std::string_view name);

enum class KeyType { rsa, ec_p256, ec_p384, ec_p521, ed25519 };

/// "RSA", "EC P-256", …, "Ed25519".
[[nodiscard]] std::string_view to_string(KeyType type);

/// A public key. Immutable; copies share the key; thread-safe.
class PublicKey {
 public:
  /// Reads `PUBLIC KEY` (SPKI), `RSA PUBLIC KEY` (PKCS#1) or `CERTIFICATE` (X.509). Throws Error (configuration)
  /// `invalid_key`, which says what the text is instead, `key_truncated`, `key_too_short`, `key_weak` or
  /// `key_unsupported`.
  static PublicKey from_pem(std::string_view pem);
  /// Reads SPKI or X.509. Throws as from_pem().
  static PublicKey from_der(std::string_view der);

  [[nodiscard]] KeyType type() const;
  /// The size of the RSA modulus or of the curve, in bits.
  [[nodiscard]] int bits() const;
  [[nodiscard]] bool can_use(Algorithm algorithm) const;
  /// Whether the signature is valid. It has the form of RFC 7518: for ECDSA `r || s`. No signature makes this throw.
  [[nodiscard]] bool verify(Algorithm algorithm, std::string_view signing_input, std::string_view signature) const;
  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] std::string to_der() const;
  /// The JWK thumbprint (RFC 7638): SHA-256, in base64url.
  [[nodiscard]] std::string thumbprint() const;
  friend bool operator==(const PublicKey& a, const PublicKey& b);

  struct Handle;  // an EVP_PKEY
  explicit PublicKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
  [[nodiscard]] const Handle& handle() const { return *handle_; }

 private:
  std::shared_ptr<const Handle> handle_;
};

/// Returns the key as a JWK (RFC 7517, RFC 7518 section 6): kty, n and e, or crv, x and y.
[[nodiscard]] json::object to_jwk(const PublicKey& key);

/// A private key that signs. Immutable; copies share the key; thread-safe: many threads may sign with one key at once.
class SigningKey {
 public:
  /// Reads PKCS#8, PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`), also encrypted with a passphrase. Throws
  /// Error `key_is_certificate`, `key_is_public`, `key_truncated`, `key_encrypted`, `key_passphrase_wrong`,
  /// `key_unsupported` or `invalid_key`, each with a hint; `key_too_short` for an RSA key under 2048 bits (RFC 7518
  /// section 3.3).
  static SigningKey from_pem(const Secret& pem, const Secret& passphrase = {});
  /// Reads PKCS#8 (plain or encrypted), PKCS#1 or SEC1. Throws as from_pem().
  static SigningKey from_der(const Secret& der, const Secret& passphrase = {});
  static SigningKey generate_rsa(int bits = 2048);
  static SigningKey generate(KeyType type);

  [[nodiscard]] KeyType type() const;
  [[nodiscard]] int bits() const;
  [[nodiscard]] bool can_use(Algorithm algorithm) const;
  /// RS256 for RSA; ES256, ES384, ES512 for the curves; EdDSA for Ed25519.
  [[nodiscard]] Algorithm default_algorithm() const;
  /// Returns a signature in the form of RFC 7518, see PublicKey::verify(). Throws Error `sign_failed` if the key cannot
  /// use the algorithm.
  [[nodiscard]] std::string sign(Algorithm algorithm, std::string_view signing_input) const;
  [[nodiscard]] PublicKey public_key() const;
  /// The thumbprint of the public key. It identifies the key pair and reveals nothing of the private key.
  [[nodiscard]] const std::string& thumbprint() const;
  /// Returns PKCS#8 PEM.
  [[nodiscard]] Secret to_pem() const;
  /// Returns PKCS#8 DER: always the same bytes for a key, whatever format it was read from.
  [[nodiscard]] Secret to_der() const;

  struct Handle;
  explicit SigningKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}

 private:
  std::shared_ptr<const Handle> handle_;
};

/// An X.509 certificate (RFC 5280). Immutable; copies share it; thread-safe.
class Certificate {
 public:
  /// Reads the first CERTIFICATE block of a PEM text. Throws Error (configuration) `invalid_certificate` or
  /// `certificate_truncated` that says what the text is instead.
  static Certificate from_pem(std::string_view pem);
  /// Reads DER. Throws as from_pem().
  static Certificate from_der(std::string_view der);
  /// Reads PEM or DER.
  static Certificate read(std::string_view pem_or_der);

  /// The distinguished name in the form of RFC 2253, most specific part first: `CN=localhost,O=adit`. UTF-8.
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] std::string issuer() const;
  /// Upper-case hexadecimal, two digits a byte, as OpenSSL prints it.
  [[nodiscard]] std::string serial() const;
  [[nodiscard]] WallTime not_before() const;
  [[nodiscard]] WallTime not_after() const;
  /// The DNS names and IP addresses of subjectAltName, in order, as text.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Whether it may sign other certificates, by its basicConstraints.
  [[nodiscard]] bool is_authority() const;
  /// Upper-case hexadecimal with colons, as browsers and `openssl x509 -fingerprint` show it.
  [[nodiscard]] std::string sha1_fingerprint() const;
  [[nodiscard]] std::string sha256_fingerprint() const;
  /// Throws Error as PublicKey::from_der() if adit does not support the key.
  [[nodiscard]] PublicKey public_key() const;
  /// Whether this key signed the certificate. Checks nothing else.
  [[nodiscard]] bool signed_by(const PublicKey& key) const;
  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] std::string to_der() const;

  struct Handle;  // an X509
  explicit Certificate(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
  [[nodiscard]] const Handle& handle() const { return *handle_; }

 private:
  std::shared_ptr<const Handle> handle_;
};

/// A distinguished name, in UTF-8. Empty parts are left out.
struct DistinguishedName {
  std::string common_name{};
  std::string organization{};
  std::string organizational_unit{};
  /// Two letters (ISO 3166).
  std::string country{};
  std::string state{};
  std::string locality{};
  std::string email{};
};

/// What make_certificate() writes into a certificate.
struct CertificateTemplate {
  DistinguishedName subject;
  /// For subjectAltName: DNS names (`localhost`, `*.example.com`) and IP addresses (`127.0.0.1`, `::1`). A certificate
  /// with names is for a server (extendedKeyUsage serverAuth).
  std::vector<std::string> names{};
  /// How long the certificate is valid. It is also valid for a minute before it was made, for peers whose clock is
  /// behind.
  std::chrono::seconds validity = std::chrono::hours(24 * 365);
  /// True: it may sign other certificates.
  bool authority = false;
};

/// The certificate and key that sign another certificate.
struct CertificateIssuer {
  Certificate certificate;
  SigningKey key;
};

/// Makes a certificate of version 3 for `subject_key`, with a random serial number of 127 bits, basicConstraints,
/// keyUsage, subjectKeyIdentifier and authorityKeyIdentifier. `issuer` signs it with SHA-256 (P-384: SHA-384, P-521:
/// SHA-512). Throws Error `invalid_certificate` (configuration) if the subject or a name is empty or invalid, the
/// validity is not positive or goes beyond the year 9999, or the issuer is not an authority or has another key than its
/// certificate.
[[nodiscard]] Certificate make_certificate(const CertificateTemplate& contents, const PublicKey& subject_key,
                                           const CertificateIssuer& issuer, const Clock& clock = Clock::system());
/// Makes a certificate that its own key signs. Throws as make_certificate().
[[nodiscard]] Certificate make_self_signed(const CertificateTemplate& contents, const SigningKey& key,
                                           const Clock& clock = Clock::system());

}  // namespace adit::jwt

#pragma GCC visibility pop
