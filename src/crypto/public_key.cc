
#include "adit/base64.h"
#include "adit/error.h"
#include "adit/json.h"
#include "adit/signing_key.h"

#include "base/text/text.h"
#include "crypto/key_handle.h"
#include "crypto/pem.h"
#include "crypto/sha256.h"
#include "crypto/signature.h"

namespace adit::jwt {
namespace {

using openssl::bytes;

openssl::Pkey decode_spki(std::string_view der) {
  const auto* at = bytes(der.data());
  return openssl::Pkey(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
}

openssl::Pkey decode_pkcs1(std::string_view der) {
  const auto* at = bytes(der.data());
  return openssl::Pkey(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
}

openssl::Pkey decode_certificate(std::string_view der) {
  const auto* at = bytes(der.data());
  const openssl::Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return openssl::Pkey(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
}

Error not_public(std::string what) {
  return Error::configuration("invalid_key", std::move(what))
      .hint("Give a PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE block.");
}

openssl::Pkey decode_block(const PemBlock& block) {
  const auto der = block.body.reveal();
  if (block.label == "PUBLIC KEY") return decode_spki(der);
  if (block.label == "RSA PUBLIC KEY") return decode_pkcs1(der);
  return decode_certificate(der);
}

bool holds_public_key(const PemBlock& block) {
  return block.label == "PUBLIC KEY" || block.label == "RSA PUBLIC KEY" || block.label == "CERTIFICATE" ||
         block.label == "X509 CERTIFICATE";
}

}  // namespace

PublicKey PublicKey::from_pem(std::string_view pem) {
  const openssl::ErrorScope errors;
  const auto blocks = parse_pem(pem);
  if (blocks.empty()) throw not_public("The public key is not PEM: it has no -----BEGIN line.");
  for (const auto& block : blocks) {
    if (!holds_public_key(block)) continue;
    if (!block.ended || der_extent(block.body.reveal()) == DerExtent::truncated) {
      throw Error::configuration("key_truncated", "The public key is cut off.")
          .hint("Copy it again, with its END line.");
    }
    if (auto key = decode_block(block)) return make_public_key(std::move(key));
    throw not_public(cat("The public key's ", block.label, " block is damaged or of an unknown kind."));
  }
  if (blocks.front().label.ends_with("PRIVATE KEY")) throw not_public("The public key is a private key.");
  throw not_public("The public key is a PEM block of another kind.");
}

PublicKey PublicKey::from_der(std::string_view der) {
  const openssl::ErrorScope errors;
  switch (der_extent(der)) {
    case DerExtent::not_der:
      throw not_public("The public key is neither PEM nor DER.");
    case DerExtent::truncated:
      throw Error::configuration("key_truncated", "The public key is cut off.").hint("Copy the complete key again.");
    case DerExtent::complete:
      break;
  }
  auto key = decode_spki(der);
  if (!key) key = decode_certificate(der);
  if (!key) throw not_public("The public key is neither SubjectPublicKeyInfo nor an X.509 certificate.");
  return make_public_key(std::move(key));
}

KeyType PublicKey::type() const { return handle_->type; }
int PublicKey::bits() const { return handle_->bits; }
bool PublicKey::can_use(Algorithm algorithm) const { return fits(handle_->type, algorithm); }

bool PublicKey::verify(Algorithm algorithm, std::string_view signing_input, std::string_view signature) const {
  return can_use(algorithm) && verify_with(handle_->key.get(), algorithm, signing_input, signature);
}

std::string PublicKey::to_der() const {
  unsigned char* out = nullptr;
  const int size = i2d_PUBKEY(handle_->key.get(), &out);
  if (size <= 0) throw Error::failure("invalid_key", "OpenSSL could not write the public key.");
  std::string der(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

std::string PublicKey::to_pem() const { return std::string(write_pem("PUBLIC KEY", to_der()).reveal()); }

std::string PublicKey::thumbprint() const {
  // RFC 7638 section 3.2: only the required members, in lexicographic order, without spaces. Their values contain
  // nothing that JSON escapes.
  const json::object jwk = to_jwk(*this);
  const auto member = [&jwk](std::string_view name) { return string_member(jwk, name); };
  std::string text;
  switch (type()) {
    case KeyType::rsa:
      text = cat(R"({"e":")", member("e"), R"(","kty":"RSA","n":")", member("n"), R"("})");
      break;
    case KeyType::ed25519:  // RFC 8037 appendix A.3
      text = cat(R"({"crv":"Ed25519","kty":"OKP","x":")", member("x"), R"("})");
      break;
    case KeyType::ec_p256:
    case KeyType::ec_p384:
    case KeyType::ec_p521:
      text =
          cat(R"({"crv":")", member("crv"), R"(","kty":"EC","x":")", member("x"), R"(","y":")", member("y"), R"("})");
      break;
  }
  return base64url_encode(bytes_of(sha256(text)));
}

bool operator==(const PublicKey& a, const PublicKey& b) {
  const openssl::ErrorScope errors;
  return a.handle_ == b.handle_ || EVP_PKEY_eq(a.handle_->key.get(), b.handle_->key.get()) == 1;
}

}  // namespace adit::jwt
