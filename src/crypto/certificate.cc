#include <array>
#include <ctime>

#include <openssl/x509v3.h>

#include "adit/error.h"
#include "adit/signing_key.h"

#include "base/text/text.h"
#include "crypto/certificate_handle.h"
#include "crypto/key_handle.h"
#include "crypto/pem.h"

namespace adit::jwt {
namespace {

using openssl::bytes;

Error unreadable(std::string what, std::string hint = "Give a CERTIFICATE block (PEM), or the same in DER.") {
  return Error::configuration("invalid_certificate", std::move(what)).hint(std::move(hint));
}

Error cut_off() {
  return Error::configuration("certificate_truncated", "The certificate is cut off.")
      .hint("Copy it again, with its END line.");
}

Certificate decode(std::string_view der) {
  const auto* at = bytes(der.data());
  openssl::Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate) throw unreadable("The certificate is damaged, or it is something else in DER.");
  return Certificate(std::make_shared<const Certificate::Handle>(Certificate::Handle{.x509 = std::move(certificate)}));
}

bool is_certificate(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

std::string text_of(const X509_NAME* name) {
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) throw unreadable("The certificate's dates cannot be read.");
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  const std::chrono::sys_days date(year(parts.tm_year + 1900) / month(static_cast<unsigned>(parts.tm_mon + 1)) /
                                   day(static_cast<unsigned>(parts.tm_mday)));
  return date + std::chrono::hours(parts.tm_hour) + std::chrono::minutes(parts.tm_min) +
         std::chrono::seconds(parts.tm_sec);
}

std::string hex(const unsigned char* data, std::size_t size, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    if (i != 0) text += between;
    append_hex(text, data[i]);
  }
  return text;
}

std::string fingerprint(const X509* certificate, const EVP_MD* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (X509_digest(certificate, digest, hash.data(), &size) != 1)
    throw Error::failure("invalid_certificate", "OpenSSL could not compute the certificate's fingerprint.");
  return hex(hash.data(), size, ":");
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const auto* data = ASN1_STRING_get0_data(address);
  const int size = ASN1_STRING_length(address);
  std::string text;
  if (size == 4) {
    for (int i = 0; i < 4; ++i) text += cat(i == 0 ? "" : ".", static_cast<int>(data[i]));
    return text;
  }
  if (size != 16) return hex(data, static_cast<std::size_t>(size), ":");
  // RFC 5952: the longest run of two or more zero groups, the first of equals, becomes "::".
  std::array<int, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = data[2 * i] << 8 | data[2 * i + 1];
  std::size_t best = 8;
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) {
      best = i;
      best_length = length;
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 5> digits{};
    std::snprintf(digits.data(), digits.size(), "%x", static_cast<unsigned>(groups[i]));
    text += digits.data();
  }
  return text;
}

}  // namespace

Certificate Certificate::from_pem(std::string_view pem) {
  const openssl::ErrorScope errors;
  const auto blocks = parse_pem(pem);
  if (blocks.empty()) throw unreadable("The certificate is not PEM: it has no -----BEGIN line.");
  for (const auto& block : blocks) {
    if (!is_certificate(block.label)) continue;
    if (!block.ended || der_extent(block.body.reveal()) == DerExtent::truncated) throw cut_off();
    return decode(block.body.reveal());
  }
  const auto& label = blocks.front().label;
  if (label.ends_with("PRIVATE KEY")) throw unreadable("This is a private key, not a certificate.");
  if (label.ends_with("PUBLIC KEY")) throw unreadable("This is a public key, not a certificate.");
  if (label.ends_with("CERTIFICATE REQUEST"))
    throw unreadable("This is a certificate request, not a certificate.", "Have it signed first.");
  throw unreadable("This is a PEM block of another kind, not a certificate.");
}

Certificate Certificate::from_der(std::string_view der) {
  const openssl::ErrorScope errors;
  switch (der_extent(der)) {
    case DerExtent::not_der:
      throw unreadable("The certificate is not DER.");
    case DerExtent::truncated:
      throw cut_off();
    case DerExtent::complete:
      break;
  }
  return decode(der);
}

Certificate Certificate::read(std::string_view pem_or_der) {
  return pem_or_der.find("-----BEGIN") == std::string_view::npos && der_extent(pem_or_der) != DerExtent::not_der
             ? from_der(pem_or_der)
             : from_pem(pem_or_der);
}

std::string Certificate::subject() const { return text_of(X509_get_subject_name(handle_->x509.get())); }
std::string Certificate::issuer() const { return text_of(X509_get_issuer_name(handle_->x509.get())); }

std::string Certificate::serial() const {
  const openssl::Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(handle_->x509.get()), nullptr));
  char* text = number ? BN_bn2hex(number.get()) : nullptr;
  std::string serial(text == nullptr ? "" : text);
  OPENSSL_free(text);
  return serial;
}

WallTime Certificate::not_before() const { return time_of(X509_get0_notBefore(handle_->x509.get())); }
WallTime Certificate::not_after() const { return time_of(X509_get0_notAfter(handle_->x509.get())); }

std::vector<std::string> Certificate::names() const {
  const openssl::ErrorScope errors;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(handle_->x509.get(), NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type == GEN_DNS) {
      names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      names.push_back(address_text(name->d.iPAddress));
    }
  }
  return names;
}

bool Certificate::is_authority() const {
  const openssl::ErrorScope errors;
  const std::unique_ptr<BASIC_CONSTRAINTS, Freed<BASIC_CONSTRAINTS_free>> limits(
      static_cast<BASIC_CONSTRAINTS*>(X509_get_ext_d2i(handle_->x509.get(), NID_basic_constraints, nullptr, nullptr)));
  return limits && limits->ca != 0;
}

std::string Certificate::sha1_fingerprint() const { return fingerprint(handle_->x509.get(), EVP_sha1()); }
std::string Certificate::sha256_fingerprint() const { return fingerprint(handle_->x509.get(), EVP_sha256()); }

PublicKey Certificate::public_key() const {
  const openssl::ErrorScope errors;
  openssl::Pkey key(X509_get_pubkey(handle_->x509.get()));
  if (!key) throw unreadable("The certificate's public key is of an unknown kind.");
  return make_public_key(std::move(key));
}

bool Certificate::signed_by(const PublicKey& key) const {
  const openssl::ErrorScope errors;
  // X509_verify changes a cache in the certificate, but locks it.
  return X509_verify(handle_->x509.get(), key.handle().key.get()) == 1;
}

std::string Certificate::to_der() const {
  unsigned char* out = nullptr;
  const int size = i2d_X509(handle_->x509.get(), &out);
  if (size <= 0) throw Error::failure("invalid_certificate", "OpenSSL could not write the certificate.");
  std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

std::string Certificate::to_pem() const { return std::string(write_pem("CERTIFICATE", to_der()).reveal()); }

}  // namespace adit::jwt
