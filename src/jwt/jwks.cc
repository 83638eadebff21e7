#include <algorithm>
#include <array>
#include <optional>

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "crypto/key_handle.h"

namespace adit::jwt {
namespace {

using openssl::bytes;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

constexpr std::size_t kMaxSetBytes = 1U << 20U;
/// Issuers publish fewer than ten keys. The limit exists because OpenSSL takes up to a millisecond to load one.
constexpr std::size_t kMaxKeys = 500;
constexpr std::size_t kEd25519Octets = 32;

Error invalid(std::string_view what) {
  return Error::failure("invalid_jwks", cat("The key set is not usable: ", what, '.'))
      .hint("RFC 7517 describes a JWK Set.");
}

/// The members of private and symmetric keys (RFC 7518 sections 6.2.2, 6.3.2, 6.4).
constexpr std::array<std::string_view, 8> kPrivateMembers{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

std::string decoded_member(const json::object& jwk, std::string_view name) {
  const auto* member = jwk.if_contains(name);
  if (member == nullptr) throw invalid(cat("a key has no member '", name, "'"));
  if (!member->is_string()) throw invalid(cat("the member '", name, "' of a key is not a string"));
  auto decoded = base64url_decode(std::string_view(member->get_string()));
  if (!decoded || decoded->empty()) throw invalid(cat("the member '", name, "' of a key is not base64url"));
  return *std::move(decoded);
}

/// Rejects a `kid` or `alg` that is not a string: if it were ignored, the key could verify what it is not for.
void refuse_unless_text(const json::object& jwk, std::string_view name) {
  const auto* member = jwk.if_contains(name);
  if (member != nullptr && !member->is_string()) throw invalid(cat("the member '", name, "' of a key is not a string"));
}

openssl::Pkey build(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return openssl::Pkey(key);
}

openssl::Pkey read_rsa(const json::object& jwk) {
  const std::string modulus = decoded_member(jwk, "n");
  const std::string exponent = decoded_member(jwk, "e");
  if (modulus.size() > kMaxRsaBits / 8 + 1 || exponent.size() > modulus.size()) throw invalid("an RSA key is too long");
  const openssl::Number n(BN_bin2bn(bytes(modulus.data()), static_cast<int>(modulus.size()), nullptr));
  const openssl::Number e(BN_bin2bn(bytes(exponent.data()), static_cast<int>(exponent.size()), nullptr));
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return build("RSA", builder.get());
}

openssl::Pkey read_ec(const json::object& jwk, std::string_view curve) {
  const std::size_t octets = curve == "P-256" ? 32 : curve == "P-384" ? 48 : 66;
  const std::string x = decoded_member(jwk, "x");
  const std::string y = decoded_member(jwk, "y");
  // RFC 7518 section 6.2.1.2: a coordinate has its full size, including leading zeros.
  if (x.size() != octets || y.size() != octets) throw invalid("a coordinate of an EC key has the wrong length");
  const std::string point = cat('\x04', x, y);
  const Builder builder(OSSL_PARAM_BLD_new());
  const std::string group(curve);
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.c_str(), 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  return build("EC", builder.get());
}

openssl::Pkey read_ed25519(const json::object& jwk) {
  const std::string x = decoded_member(jwk, "x");
  if (x.size() != kEd25519Octets) throw invalid("an Ed25519 key has the wrong length");
  return openssl::Pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(x.data()), x.size()));
}

bool known_kind(const json::object& jwk) {
  const auto kind = string_member(jwk, "kty");
  const auto curve = string_member(jwk, "crv");
  return kind == "RSA" || (kind == "EC" && (curve == "P-256" || curve == "P-384" || curve == "P-521")) ||
         (kind == "OKP" && curve == "Ed25519");
}

/// Whether the key has its required members. RFC 7517 section 5: keys "that are missing required members" are ignored.
bool has_members(const json::object& jwk) {
  const auto kind = string_member(jwk, "kty");
  if (kind == "RSA") return jwk.contains("n") && jwk.contains("e");
  return jwk.contains("x") && (kind == "OKP" || jwk.contains("y"));
}

/// Whether `use` (RFC 7517 section 4.2) and `key_ops` (section 4.3) both allow the key to verify.
bool may_verify(const json::object& jwk) {
  const auto* use = jwk.if_contains("use");
  if (use != nullptr && (!use->is_string() || use->get_string() != "sig")) return false;
  const auto* operations = jwk.if_contains("key_ops");
  if (operations == nullptr) return true;
  if (!operations->is_array()) return false;
  return std::any_of(operations->get_array().begin(), operations->get_array().end(), [](const json::value& operation) {
    return operation.is_string() && operation.get_string() == "verify";
  });
}

bool has_private_member(const json::object& jwk) {
  return std::any_of(kPrivateMembers.begin(), kPrivateMembers.end(),
                     [&jwk](std::string_view name) { return jwk.contains(name); });
}

/// Reads a key. Returns nullopt if it is to be skipped.
std::optional<Jwk> read_key(const json::object& jwk) {
  if (!known_kind(jwk) || !may_verify(jwk)) return std::nullopt;
  const auto algorithm = string_member(jwk, "alg");
  if (jwk.contains("alg") && !algorithm_from_string(algorithm)) return std::nullopt;
  if (has_private_member(jwk)) throw invalid("it contains a private key, which is no longer a secret");
  if (!has_members(jwk)) return std::nullopt;
  try {
    PublicKey key = public_key_from_jwk(jwk);
    if (!algorithm.empty() && !key.can_use(*algorithm_from_string(algorithm))) return std::nullopt;
    return Jwk{std::move(key), std::string(string_member(jwk, "kid")), std::string(algorithm),
               std::string(string_member(jwk, "use"))};
  } catch (const Error& error) {
    // RFC 7517 section 5: keys "for which values are out of the supported ranges" are ignored.
    if (error.code() == "key_too_short" || error.code() == "key_weak" || error.code() == "key_unsupported")
      return std::nullopt;
    throw;
  }
}

}  // namespace

PublicKey public_key_from_jwk(const json::object& jwk) {
  const openssl::ErrorScope errors;
  if (!known_kind(jwk)) throw invalid("a key is of an unknown kind");
  for (const auto* name : {"kid", "alg"}) refuse_unless_text(jwk, name);
  if (!may_verify(jwk)) throw invalid("a key is not for verifying, as its `use` or `key_ops` says");
  if (has_private_member(jwk)) throw invalid("there is a private key instead of a public key");
  const auto kind = string_member(jwk, "kty");
  openssl::Pkey key = kind == "RSA"  ? read_rsa(jwk)
                      : kind == "EC" ? read_ec(jwk, string_member(jwk, "crv"))
                                     : read_ed25519(jwk);
  if (!key) throw invalid("the numbers of a key do not form a key");
  return make_public_key(std::move(key));
}

Jwks Jwks::parse(std::string_view text) {
  const auto value = try_parse_json(text, {.max_bytes = kMaxSetBytes, .max_depth = 16, .refuse_duplicates = true});
  if (!value || !value->is_object()) throw invalid("it is not a JSON object, or names a member twice");
  const auto* keys = value->get_object().if_contains("keys");
  if (keys == nullptr || !keys->is_array()) throw invalid("it has no array 'keys'");
  if (keys->get_array().size() > kMaxKeys) throw invalid(cat("it has more than ", kMaxKeys, " keys"));
  std::vector<Jwk> found;
  for (const auto& key : keys->get_array()) {
    if (!key.is_object()) throw invalid("a key is not a JSON object");
    if (auto jwk = read_key(key.get_object())) found.push_back(*std::move(jwk));
  }
  return Jwks(std::move(found));
}

json::object Jwks::to_json_object() const {
  json::array keys;
  for (const auto& key : keys_) {
    json::object jwk = to_jwk(key.key);
    if (!key.use.empty()) jwk["use"] = key.use;
    if (!key.algorithm.empty()) jwk["alg"] = key.algorithm;
    if (!key.key_id.empty()) jwk["kid"] = key.key_id;
    keys.emplace_back(std::move(jwk));
  }
  json::object set;
  set["keys"] = std::move(keys);
  return set;
}

const Jwk* Jwks::find(std::string_view key_id) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [key_id](const Jwk& key) { return key.key_id == key_id; });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace adit::jwt
