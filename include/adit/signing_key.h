#pragma once

// Keys and certificates on OpenSSL: sign, verify, make. Throws adit::Error (`key_…`, `invalid_key`,
// `invalid_certificate`). All classes are immutable and thread-safe.
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

/// JWS algorithms (RFC 7518 section 3.1, RFC 8037 section 3.1). Ed25519 is RFC 9864's name for EdDSA with such a key; a
/// key or a caller that names one of the two accepts only that one.
enum class Algorithm { RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519 };

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

/// The members of its public JWK (RFC 7517, RFC 7518 section 6): kty, n and e, or crv, x and y.
[[nodiscard]] json::object to_jwk(const PublicKey& key);

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

/// An X.509 certificate (RFC 5280). Immutable; copies share it; thread-safe.
class Certificate {
 public:
  /// The first CERTIFICATE block of a PEM text, or DER. Throws Error (configuration) `invalid_certificate`, or
  /// `certificate_truncated`, that says what the text is instead.
  static Certificate from_pem(std::string_view pem);
  static Certificate from_der(std::string_view der);
  /// Whichever of the two it is.
  static Certificate read(std::string_view pem_or_der);

  /// RFC 2253's form, most special part first: `CN=localhost,O=adit`. UTF-8.
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] std::string issuer() const;
  /// Upper-case hexadecimal, two digits a byte, as OpenSSL prints it.
  [[nodiscard]] std::string serial() const;
  [[nodiscard]] WallTime not_before() const;
  [[nodiscard]] WallTime not_after() const;
  /// DNS names and IP addresses of subjectAltName, in order; IP addresses in their usual text.
  [[nodiscard]] std::vector<std::string> names() const;
  /// basicConstraints says that it may sign others.
  [[nodiscard]] bool is_authority() const;
  /// Upper-case hexadecimal with colons, as browsers and `openssl x509 -fingerprint` show it.
  [[nodiscard]] std::string sha1_fingerprint() const;
  [[nodiscard]] std::string sha256_fingerprint() const;
  /// Throws Error as PublicKey::from_der for a key that adit cannot use.
  [[nodiscard]] PublicKey public_key() const;
  /// Whether the signature on it is of this key. Nothing else is looked at.
  [[nodiscard]] bool signed_by(const PublicKey& key) const;
  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] std::string to_der() const;

  struct Handle;  // an X509
  explicit Certificate(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
  [[nodiscard]] const Handle& handle() const { return *handle_; }

 private:
  std::shared_ptr<const Handle> handle_;
};

/// A distinguished name. Empty parts are left out; UTF-8.
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

struct CertificateTemplate {
  DistinguishedName subject;
  /// For subjectAltName: DNS names (`localhost`, `*.example.com`) and IP addresses (`127.0.0.1`, `::1`). A certificate
  /// with names is for a server (extendedKeyUsage serverAuth).
  std::vector<std::string> names{};
  /// From a minute before the clock's time, so that a peer whose clock is a little behind takes it, up to this long
  /// after it.
  std::chrono::seconds validity = std::chrono::hours(24 * 365);
  /// May sign other certificates.
  bool authority = false;
};

/// Who signs a certificate for another key.
struct CertificateIssuer {
  Certificate certificate;
  SigningKey key;
};

/// A certificate for `subject_key`, of version 3, with a random serial number of 127 bits, basicConstraints, keyUsage,
/// subjectKeyIdentifier and authorityKeyIdentifier, signed with SHA-256 (P-384: SHA-384, P-521: SHA-512) by `issuer`.
/// Throws Error `invalid_certificate` (configuration): an empty or unusable subject or name, a validity that is not
/// positive or goes beyond the year 9999, an issuer that is not an authority or whose key is not its certificate's.
[[nodiscard]] Certificate make_certificate(const CertificateTemplate& contents, const PublicKey& subject_key,
                                           const CertificateIssuer& issuer, const Clock& clock = Clock::system());
/// Signed by its own key.
[[nodiscard]] Certificate make_self_signed(const CertificateTemplate& contents, const SigningKey& key,
                                           const Clock& clock = Clock::system());

}  // namespace adit::jwt

#pragma GCC visibility pop
