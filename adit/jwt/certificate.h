#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/clock.h"
#include "adit/jwt/signing_key.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

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
/// positive or goes beyond the year 9999, an issuer that is no authority or whose key is not its certificate's.
[[nodiscard]] Certificate make_certificate(const CertificateTemplate& wishes, const PublicKey& subject_key,
                                           const CertificateIssuer& issuer, const Clock& clock = Clock::system());
/// Signed by its own key.
[[nodiscard]] Certificate make_self_signed(const CertificateTemplate& wishes, const SigningKey& key,
                                           const Clock& clock = Clock::system());

}  // namespace adit::jwt

#pragma GCC visibility pop
