#include <algorithm>
#include <array>
#include <ctime>

#include <arpa/inet.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "adit/error.h"
#include "adit/signing_key.h"

#include "base/text/text.h"
#include "crypto/certificate_handle.h"
#include "crypto/key_handle.h"
#include "crypto/private_key_reader.h"

namespace adit::jwt {
namespace {

Error cannot_make(std::string what, std::string hint) {
  return Error::configuration("invalid_certificate", std::move(what)).hint(std::move(hint));
}

void check(bool done) {
  if (!done) throw Error::failure("invalid_certificate", "OpenSSL could not make the certificate.");
}

void add_part(X509_NAME* name, const char* type, const std::string& value) {
  if (value.empty()) return;
  // OpenSSL checks the lengths of RFC 5280 appendix A.1 (64 characters, a country 2), and that the text is UTF-8.
  const int added = X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8, openssl::bytes(value.data()),
                                               static_cast<int>(value.size()), -1, 0);
  if (added != 1 || value.find('\0') != std::string::npos) {
    throw cannot_make(cat("The subject's ", type, " is not allowed in a certificate."),
                      std::string_view(type) == "C" ? "A country has two letters: US." : "Give at most 64 characters.");
  }
}

void set_subject(X509* certificate, const DistinguishedName& subject) {
  auto* name = X509_get_subject_name(certificate);
  add_part(name, "C", subject.country);
  add_part(name, "ST", subject.state);
  add_part(name, "L", subject.locality);
  add_part(name, "O", subject.organization);
  add_part(name, "OU", subject.organizational_unit);
  add_part(name, "CN", subject.common_name);
  add_part(name, "emailAddress", subject.email);
  if (X509_NAME_entry_count(name) == 0) throw cannot_make("A certificate needs a subject.", "Give a common name.");
}

void set_serial(X509* certificate) {
  // RFC 5280 section 4.1.2.2: positive, at most 20 octets. With 127 bits, the sign bit is 0.
  std::array<unsigned char, 16> random{};
  check(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  random[0] = static_cast<unsigned char>((random[0] & 0x7fU) | 0x40U);
  const openssl::Number number(BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr));
  check(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void set_time(ASN1_TIME* time, std::chrono::sys_seconds at) {
  constexpr std::chrono::sys_seconds kEnd = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);
  if (at >= kEnd) throw cannot_make("The certificate would be valid beyond the year 9999.", "Give fewer days.");
  check(ASN1_TIME_adj(time, static_cast<std::time_t>(at.time_since_epoch().count()), 0, 0) != nullptr);
}

void set_validity(X509* certificate, std::chrono::seconds validity, const Clock& clock) {
  if (validity <= std::chrono::seconds(0))
    throw cannot_make("The certificate would never be valid.", "Give one day or more.");
  if (validity > std::chrono::hours(24 * 366 * 8000))
    throw cannot_make("The certificate would be valid beyond the year 9999.", "Give fewer days.");
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall_now());
  set_time(X509_getm_notBefore(certificate), now - std::chrono::minutes(1));
  set_time(X509_getm_notAfter(certificate), now + validity);
}

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// Whether the text is a host name in the "preferred name syntax" of RFC 5280 section 4.2.1.6. Accepts also `*` as the
/// first label, and underscores, which are common.
bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  if (name.starts_with("*.")) name.remove_prefix(2);
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool known =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!known || ++label > 63) return false;
  }
  return label != 0;
}

/// Returns the bytes of an IP address; empty if the text is not one.
std::string address_bytes(const std::string& name) {
  std::array<char, 16> address{};
  if (inet_pton(AF_INET, name.c_str(), address.data()) == 1) return {address.data(), 4};
  if (inet_pton(AF_INET6, name.c_str(), address.data()) == 1) return {address.data(), 16};
  return {};
}

void add_names(X509* certificate, const std::vector<std::string>& names) {
  if (names.empty()) return;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> all(GENERAL_NAMES_new());
  check(all != nullptr);
  for (const auto& name : names) {
    const auto address = address_bytes(name);
    if (name.find('\0') != std::string::npos || (address.empty() && !is_dns_name(name))) {
      throw cannot_make("A name for the certificate is neither a DNS name nor an IP address.",
                        "Write localhost, *.example.com, 127.0.0.1 or ::1; an international name in its xn-- form.");
    }
    const auto& value = address.empty() ? name : address;
    std::unique_ptr<ASN1_STRING, Freed<ASN1_STRING_free>> text(
        ASN1_STRING_type_new(address.empty() ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING));
    std::unique_ptr<GENERAL_NAME, Freed<GENERAL_NAME_free>> entry(GENERAL_NAME_new());
    check(text && entry && ASN1_STRING_set(text.get(), value.data(), static_cast<int>(value.size())) == 1);
    GENERAL_NAME_set0_value(entry.get(), address.empty() ? GEN_DNS : GEN_IPADD, text.release());
    check(sk_GENERAL_NAME_push(all.get(), entry.get()) > 0);
    static_cast<void>(entry.release());  // the list owns it now
  }
  check(X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1);
}

void add_extensions(X509* certificate, X509* issuer, const CertificateTemplate& contents, KeyType type) {
  extend(certificate, issuer, NID_basic_constraints, contents.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (contents.authority) {
    extend(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature");
  } else if (type == KeyType::rsa && !contents.names.empty()) {
    // Before TLS 1.3, clients may encrypt with an RSA key.
    extend(certificate, issuer, NID_key_usage, "critical,digitalSignature,keyEncipherment");
  } else {
    extend(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  }
  if (!contents.names.empty()) extend(certificate, issuer, NID_ext_key_usage, "serverAuth");
  add_names(certificate, contents.names);
  extend(certificate, issuer, NID_subject_key_identifier, "hash");
  extend(certificate, issuer, NID_authority_key_identifier, "keyid:always");
}

const EVP_MD* digest_for(KeyType type) {
  switch (type) {
    case KeyType::rsa:
    case KeyType::ec_p256:
      break;
    case KeyType::ec_p384:
      return EVP_sha384();
    case KeyType::ec_p521:
      return EVP_sha512();
    case KeyType::ed25519:
      return nullptr;  // Ed25519 has its own hash (RFC 8410)
  }
  return EVP_sha256();
}

Certificate make(const CertificateTemplate& contents, EVP_PKEY* subject_key, KeyType type, X509* issuer,
                 const SigningKey& signer, const Clock& clock) {
  openssl::Certificate certificate(X509_new());
  check(certificate != nullptr);
  auto* made = certificate.get();
  check(X509_set_version(made, X509_VERSION_3) == 1);
  set_serial(made);
  set_validity(made, contents.validity, clock);
  set_subject(made, contents.subject);
  check(X509_set_pubkey(made, subject_key) == 1);
  auto* parent = issuer == nullptr ? made : issuer;
  check(X509_set_issuer_name(made, X509_get_subject_name(parent)) == 1);
  add_extensions(made, parent, contents, type);
  const auto private_key = decode_private_der(signer.to_der().reveal(), {});
  check(X509_sign(made, private_key.get(), digest_for(signer.type())) > 0);
  // Reads the certificate back, so that it does not keep what OpenSSL cached while making it.
  unsigned char* der = nullptr;
  const int size = i2d_X509(made, &der);
  check(size > 0);
  const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return Certificate::from_der(bytes);
}

}  // namespace

Certificate make_certificate(const CertificateTemplate& contents, const PublicKey& subject_key,
                             const CertificateIssuer& issuer, const Clock& clock) {
  const openssl::ErrorScope errors;
  if (!issuer.certificate.is_authority())
    throw cannot_make("The issuer's certificate may not sign others.", "Make the issuer's with `authority`.");
  if (!(issuer.certificate.public_key() == issuer.key.public_key()))
    throw cannot_make("The issuer's key is not its certificate's.", "Give the key that belongs to the certificate.");
  return make(contents, subject_key.handle().key.get(), subject_key.type(), issuer.certificate.handle().x509.get(),
              issuer.key, clock);
}

Certificate make_self_signed(const CertificateTemplate& contents, const SigningKey& key, const Clock& clock) {
  const openssl::ErrorScope errors;
  return make(contents, key.public_key().handle().key.get(), key.type(), nullptr, key, clock);
}

}  // namespace adit::jwt
