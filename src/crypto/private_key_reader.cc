#include "crypto/private_key_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include <openssl/objects.h>
#include <openssl/pem.h>

#include "adit/error.h"
#include "adit/signing_key.h"

#include "base/text/text.h"
#include "crypto/rsa_key.h"

namespace adit::jwt {
namespace {

using openssl::bytes;

UnusableKey is_certificate() {
  return UnusableKey(
      "key_is_certificate", "is a certificate, not a private key.",
      "The certificate is the public half that Adobe's console keeps; give the private key that was made with it, a text that begins with -----BEGIN PRIVATE KEY-----.");
}

UnusableKey is_request() {
  return UnusableKey("key_is_certificate", "is a certificate signing request, not a private key.",
                     "Give the private key that was made with the request.");
}

UnusableKey is_public() {
  return UnusableKey("key_is_public", "is a public key; only the private half can sign.",
                     "Give the private key of the same pair, a text that begins with -----BEGIN PRIVATE KEY-----.");
}

UnusableKey is_truncated() {
  return UnusableKey(
      "key_truncated", "is cut off: its end is missing.",
      "Copy it again, including the -----END line. In .env, put a key of several lines in double quotes.");
}

UnusableKey is_damaged() {
  return UnusableKey("invalid_key", "is damaged: its parts do not decode.",
                     "Copy it again from the file that it was made in.");
}

UnusableKey needs_passphrase() {
  return UnusableKey("key_encrypted", "is encrypted, and no passphrase is given.",
                     "Give its passphrase, or remove the encryption: openssl pkey -in private.key -out plain.key");
}

UnusableKey wrong_passphrase() {
  return UnusableKey(
      "key_passphrase_wrong", "does not decrypt with the passphrase given.",
      "Check the passphrase; openssl pkey -in private.key -noout asks for it and shows whether it is correct.");
}

/// Whether decryption failed because OpenSSL's default provider does not have the cipher (DES, RC2 and others).
bool cipher_is_unknown() {
  for (unsigned long code = ERR_peek_last_error(); code != 0; code = ERR_get_error()) {
    const int reason = ERR_GET_REASON(code);
    if (reason == ERR_R_UNSUPPORTED || reason == EVP_R_UNKNOWN_PBE_ALGORITHM || reason == EVP_R_UNSUPPORTED_CIPHER)
      return true;
    if (reason == EVP_R_UNSUPPORTED_PRF || reason == EVP_R_UNSUPPORTED_KEY_DERIVATION_FUNCTION) return true;
  }
  return false;
}

UnusableKey cannot_decrypt() {
  if (cipher_is_unknown()) {
    return UnusableKey(
        "key_unsupported", "is encrypted with a cipher that OpenSSL no longer offers.",
        "Encrypt it again: openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in private.key");
  }
  return wrong_passphrase();
}

double to_number(const ASN1_INTEGER* number) {
  std::uint64_t value = 0;
  if (number == nullptr) return 1;
  return ASN1_INTEGER_get_uint64(&value, number) == 1 ? static_cast<double>(value) : HUGE_VAL;
}

/// Returns the work of deriving the key from the passphrase, by the parameters in the key's file, which may ask for up
/// to 2^64 rounds. 1 is a few seconds.
double derivation_work(const X509_ALGOR& algorithm) {
  constexpr double kMostRounds = 10'000'000;
  constexpr double kMostBlocks = 1U << 23U;  // of scrypt; usual is 2^17
  const auto unpack = [&algorithm](const ASN1_ITEM* type) {
    return ASN1_TYPE_unpack_sequence(type, algorithm.parameter);
  };
  switch (OBJ_obj2nid(algorithm.algorithm)) {
    case NID_pbes2: {
      const std::unique_ptr<PBE2PARAM, Freed<PBE2PARAM_free>> parts(
          static_cast<PBE2PARAM*>(unpack(ASN1_ITEM_rptr(PBE2PARAM))));
      const bool nested = parts && OBJ_obj2nid(parts->keyfunc->algorithm) == NID_pbes2;
      return parts && !nested ? derivation_work(*parts->keyfunc) : 0;
    }
    case NID_id_pbkdf2: {
      const std::unique_ptr<PBKDF2PARAM, Freed<PBKDF2PARAM_free>> parts(
          static_cast<PBKDF2PARAM*>(unpack(ASN1_ITEM_rptr(PBKDF2PARAM))));
      return parts ? to_number(parts->iter) / kMostRounds : 0;
    }
    case NID_id_scrypt: {
      const std::unique_ptr<SCRYPT_PARAMS, Freed<SCRYPT_PARAMS_free>> parts(
          static_cast<SCRYPT_PARAMS*>(unpack(ASN1_ITEM_rptr(SCRYPT_PARAMS))));
      if (!parts) return 0;
      return to_number(parts->costParameter) * to_number(parts->blockSize) *
             to_number(parts->parallelizationParameter) / kMostBlocks;
    }
    default: {
      // The first scheme of PKCS#5, and that of PKCS#12.
      const std::unique_ptr<PBEPARAM, Freed<PBEPARAM_free>> parts(
          static_cast<PBEPARAM*>(unpack(ASN1_ITEM_rptr(PBEPARAM))));
      return parts ? to_number(parts->iter) / kMostRounds : 0;
    }
  }
}

openssl::Pkey from_private_key_info(PKCS8_PRIV_KEY_INFO* info) {
  const ASN1_OBJECT* algorithm = nullptr;
  const unsigned char* inner = nullptr;
  int size = 0;
  PKCS8_pkey_get0(&algorithm, &inner, &size, nullptr, info);
  const int id = OBJ_obj2nid(algorithm);
  if (id == NID_rsaEncryption) {
    if (auto key = rsa_key_from_der({reinterpret_cast<const char*>(inner), static_cast<std::size_t>(size)})) return key;
  }
  // Other types are not given to OpenSSL: it computes the public half of a DSA key of any length, which takes hours.
  if (id != NID_rsaEncryption && id != NID_X9_62_id_ecPublicKey && id != NID_ED25519)
    throw UnusableKey("key_unsupported",
                      id == NID_undef ? "is a key of a type that adit does not know."
                                      : cat("is a key of type ", OBJ_nid2sn(id), ", which adit cannot use."),
                      "Use RSA, P-256, P-384, P-521 or Ed25519.");
  if (openssl::Pkey key(EVP_PKCS82PKEY(info)); key) return key;
  throw is_damaged();
}

openssl::Pkey try_private_key_info(std::string_view der) {
  const auto* at = bytes(der.data());
  const openssl::PrivateKeyInfo info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  return info ? from_private_key_info(info.get()) : nullptr;
}

openssl::Pkey try_encrypted(std::string_view der, const Secret& passphrase) {
  const auto* at = bytes(der.data());
  const openssl::EncryptedKeyInfo sealed(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!sealed) return nullptr;
  if (passphrase.empty()) throw needs_passphrase();
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(sealed.get(), &algorithm, nullptr);
  if (derivation_work(*algorithm) > 1) {
    throw UnusableKey("key_unsupported",
                      "is encrypted in a way that would take minutes or days to undo, whatever the passphrase.",
                      "Encrypt it again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in private.key");
  }
  const auto word = passphrase.reveal();
  const openssl::PrivateKeyInfo info(PKCS8_decrypt(sealed.get(), word.data(), static_cast<int>(word.size())));
  if (!info) throw cannot_decrypt();
  return from_private_key_info(info.get());
}

openssl::Pkey try_type(int type, std::string_view der) {
  if (type == EVP_PKEY_RSA) {
    if (auto key = rsa_key_from_der(der)) return key;
  }
  const auto* at = bytes(der.data());
  return openssl::Pkey(d2i_PrivateKey(type, nullptr, &at, static_cast<long>(der.size())));
}

/// Throws the matching UnusableKey if the DER is a certificate, a request, a public key or PKCS#12.
void refuse_other_der(std::string_view der) {
  const auto size = static_cast<long>(der.size());
  const auto* at = bytes(der.data());
  if (openssl::Certificate(d2i_X509(nullptr, &at, size))) throw is_certificate();
  at = bytes(der.data());
  if (openssl::CertificateRequest(d2i_X509_REQ(nullptr, &at, size))) throw is_request();
  at = bytes(der.data());
  if (openssl::Pkey(d2i_PUBKEY(nullptr, &at, size))) throw is_public();
  at = bytes(der.data());
  if (openssl::Pkey(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size))) throw is_public();
  at = bytes(der.data());
  if (openssl::Pkcs12(d2i_PKCS12(nullptr, &at, size))) {
    throw UnusableKey("key_unsupported", "is a PKCS#12 container (.p12, .pfx).",
                      "Take the key out: openssl pkcs12 -in store.p12 -nocerts -nodes -out private.key");
  }
}

int give_passphrase(char* buffer, int size, int /*writing*/, void* user) {
  const auto word = static_cast<const Secret*>(user)->reveal();
  const int length = static_cast<int>(std::min<std::size_t>(word.size(), static_cast<std::size_t>(size)));
  std::copy_n(word.data(), length, buffer);
  return length;
}

/// Reads a key in the traditional encryption (RFC 1421): `Proc-Type: 4,ENCRYPTED`, with the cipher in `DEK-Info`.
openssl::Pkey read_traditionally_encrypted(const PemBlock& block, const Secret& passphrase) {
  if (passphrase.empty()) throw needs_passphrase();
  std::string header = cat("Proc-Type: 4,ENCRYPTED\nDEK-Info: ", block.dek_info, '\n');
  EVP_CIPHER_INFO cipher{};
  if (PEM_get_EVP_CIPHER_INFO(header.data(), &cipher) != 1) {
    throw UnusableKey("key_unsupported", "is encrypted with a cipher that adit does not know.",
                      "Encrypt it again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in private.key");
  }
  Secret body = block.body;
  // A copy, because PEM_do_header decrypts in place.
  std::string plain(body.reveal());
  auto length = static_cast<long>(plain.size());
  const bool decrypted =
      PEM_do_header(&cipher, bytes(plain.data()), &length, &give_passphrase, const_cast<Secret*>(&passphrase)) == 1;
  const Secret der(decrypted ? std::string_view(plain).substr(0, static_cast<std::size_t>(length))
                             : std::string_view());
  wipe(plain.data(), plain.size());
  if (!decrypted) throw cannot_decrypt();
  // One in 256 wrong passphrases passes the check of the padding. The decrypted bytes are not a key then.
  if (der_extent(der.reveal()) != DerExtent::complete) throw wrong_passphrase();
  openssl::Pkey key = try_type(block.label.starts_with("EC") ? EVP_PKEY_EC : EVP_PKEY_RSA, der.reveal());
  if (!key) throw wrong_passphrase();
  return key;
}

openssl::Pkey read_block(const PemBlock& block, const Secret& passphrase) {
  if (!block.ended) throw is_truncated();
  if (block.label == "OPENSSH PRIVATE KEY") {
    throw UnusableKey("key_unsupported", "is in OpenSSH's own format.",
                      "Convert it: ssh-keygen -p -m PKCS8 -f private.key");
  }
  if (block.label == "DSA PRIVATE KEY") {
    throw UnusableKey("key_unsupported", "is a DSA key, which no JWT algorithm uses.",
                      "Use RSA with 2048 bits or more: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048");
  }
  if (block.body.empty()) throw is_damaged();
  if (block.encrypted_traditionally()) return read_traditionally_encrypted(block, passphrase);
  return decode_private_der(block.body.reveal(), passphrase);
}

[[noreturn]] void refuse_other_label(std::string_view label) {
  if (label.ends_with("PUBLIC KEY")) throw is_public();
  if (label.ends_with("CERTIFICATE REQUEST")) throw is_request();
  if (label.ends_with("CERTIFICATE")) throw is_certificate();
  if (label.starts_with("PGP ")) {
    throw UnusableKey("key_unsupported", "is a PGP key.",
                      "Use RSA: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048");
  }
  throw UnusableKey("invalid_key", "is a PEM block of another kind.",
                    "Give a text that begins with -----BEGIN PRIVATE KEY-----.");
}

}  // namespace

Error to_error(const UnusableKey& refusal, std::string_view subject) {
  return Error::configuration(refusal.code, cat(subject, ' ', refusal.words)).hint(refusal.hint);
}

openssl::Pkey decode_private_blocks(const std::vector<PemBlock>& blocks, const Secret& passphrase) {
  if (blocks.empty()) {
    throw UnusableKey("invalid_key", "is not PEM: it has no -----BEGIN line.",
                      "Give a text that begins with -----BEGIN PRIVATE KEY-----.");
  }
  // A file may contain a certificate or EC PARAMETERS as well as the key.
  const auto found = std::find_if(blocks.begin(), blocks.end(),
                                  [](const PemBlock& block) { return block.label.ends_with("PRIVATE KEY"); });
  if (found != blocks.end()) return read_block(*found, passphrase);
  refuse_other_label(blocks.front().label);
}

openssl::Pkey decode_private_der(std::string_view der, const Secret& passphrase) {
  switch (der_extent(der)) {
    case DerExtent::not_der:
      throw UnusableKey("invalid_key", "is not DER.", "Give PKCS#8 or PKCS#1 in PEM or DER.");
    case DerExtent::truncated:
      throw is_truncated();
    case DerExtent::complete:
      break;
  }
  if (auto key = try_private_key_info(der)) return key;
  // Must come before OpenSSL's decoders, which would ask for a passphrase on the terminal.
  if (auto key = try_encrypted(der, passphrase)) return key;
  if (auto key = try_type(EVP_PKEY_RSA, der)) return key;
  if (auto key = try_type(EVP_PKEY_EC, der)) return key;
  refuse_other_der(der);
  throw is_damaged();
}

}  // namespace adit::jwt
