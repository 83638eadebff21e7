#pragma once

// JWS, JWT and JWKS (RFC 7515, 7517, 7519). Nothing here checks a token's expiry. Throws adit::Error `invalid_jws`,
// `invalid_signature`, `unknown_key`, `invalid_jwks`. The functions may be called from any thread.
//
//     const auto key = adit::jwt::SigningKey::generate_rsa();
//     const adit::Secret token = adit::jwt::sign({{"sub", "me"}}, key, adit::jwt::Algorithm::RS256);
//     const auto claims = adit::jwt::verify_claims(token.reveal(), key.public_key(), adit::jwt::Algorithm::RS256);

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adit/json.h"
#include "adit/secret.h"
#include "adit/signing_key.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

enum class PartState {
  absent,
  complete,
  /// The text ends within this part; the text before the end was read.
  cut,
  /// The part cannot be decoded.
  broken,
};

/// One of the two JSON parts of a token.
struct DecodedPart {
  PartState state = PartState::absent;
  /// The members; of a part that is cut, those before the end.
  json::object members{};
  /// The member in whose value the text ends. It is in `members` if a part of its text could be read.
  std::string cut_member{};
  /// The decoded bytes.
  std::string text{};
};

/// A token that was decoded as far as possible. It is not verified: anyone can have made it.
struct Decoded {
  DecodedPart header;
  DecodedPart claims;
  PartState signature = PartState::absent;
  std::size_t signature_bytes = 0;
  /// What is wrong with the token, one sentence each, for people: "The text ends within the claims, after 'scope'."
  std::vector<std::string> remarks;

  [[nodiscard]] bool complete() const {
    return header.state == PartState::complete && claims.state == PartState::complete &&
           signature == PartState::complete;
  }
};

/// Decodes a token leniently, to explain it: skips white space, line breaks, quotes and `Bearer ` around it, accepts
/// both base64 alphabets and padding, and reads a text that was cut off as far as it goes. Reads at most the first
/// megabyte. No input makes it throw.
[[nodiscard]] Decoded decode(std::string_view text);

/// The parts of a compact JWS (RFC 7515 section 3.1), not verified.
struct Parts {
  json::object header;
  /// The decoded payload.
  std::string payload;
  std::string signature;
  /// The signed text: `BASE64URL(header).BASE64URL(payload)`.
  std::string signing_input;
};

inline constexpr std::size_t kMaxCompactBytes = 64U << 10U;

/// Makes a compact JWS. Sets `alg` in the header, and `typ: JWT` if the header has no `typ`.
[[nodiscard]] Secret sign(const json::object& claims, const SigningKey& key, Algorithm algorithm,
                          json::object header = {});
/// Makes a compact JWS of these bytes, with exactly this header text.
[[nodiscard]] std::string sign_compact(std::string_view header_json, std::string_view payload, const SigningKey& key,
                                       Algorithm algorithm);

/// Splits a compact JWS. It must have at most `kMaxCompactBytes`, three parts of strict base64url, and as header a JSON
/// object without duplicate members and without `crit`. Throws Error `invalid_jws`.
[[nodiscard]] Parts parse_compact(std::string_view compact);

/// Splits a JWS in JSON serialisation (RFC 7515 section 7.2), general or flattened. Returns one Parts for each
/// signature; its header has the protected and the unprotected members. `detached` is the payload of a JWS that has
/// none. Throws Error `invalid_jws`, also if a member is in both headers (section 7.2.1).
[[nodiscard]] std::vector<Parts> parse_json_jws(std::string_view text,
                                                std::optional<std::string_view> detached = std::nullopt);

/// Verifies a compact JWS with one key. The caller chooses the algorithm; a header that names another one or `none` is
/// rejected (RFC 8725 section 3.1). Returns the payload. Throws Error `invalid_jws` (not a JWS) or `invalid_signature`.
[[nodiscard]] std::string verify(std::string_view compact, const PublicKey& key, Algorithm algorithm);
/// As verify(), but returns the payload as JWT claims (RFC 7519). Does not check times.
[[nodiscard]] json::object verify_claims(std::string_view compact, const PublicKey& key, Algorithm algorithm);
/// Reads the claims of a payload: a JSON object without duplicate members. Throws Error `invalid_jws`.
[[nodiscard]] json::object parse_claims(std::string_view payload);

/// A key of a set, with its members (RFC 7517 section 4). A string is empty if the member is absent.
struct Jwk {
  PublicKey key;
  std::string key_id;     // kid
  std::string algorithm;  // alg
  std::string use;        // use
};

/// A JWK Set (RFC 7517 section 5). Thread-safety: as std::vector's.
class Jwks {
 public:
  Jwks() = default;
  explicit Jwks(std::vector<Jwk> keys) : keys_(std::move(keys)) {}

  /// Reads a JWK Set. Skips keys, as RFC 7517 section 5 requires, that have an unknown type, curve or algorithm, that
  /// are not for verifying (`use`, `key_ops`), or that lack a required member; also RSA keys under 2048 bits, and RSA
  /// keys that a broken chip made (ROCA, CVE-2017-15361). Throws Error `invalid_jwks` if the text is not a set, or if a
  /// key has an invalid or a private member.
  static Jwks parse(std::string_view text);
  [[nodiscard]] json::object to_json_object() const;

  /// Returns the key with this id, or nullptr if there is none.
  [[nodiscard]] const Jwk* find(std::string_view key_id) const;
  [[nodiscard]] const std::vector<Jwk>& keys() const { return keys_; }

 private:
  std::vector<Jwk> keys_;
};

/// Reads a public key from its JWK; the reverse of to_jwk(). Throws Error `invalid_jwks` (also if `use` or `key_ops`
/// say that the key is not for verifying), `key_too_short`, `key_weak`, `key_unsupported` or `invalid_key`.
[[nodiscard]] PublicKey public_key_from_jwk(const json::object& jwk);

/// A JWS whose signature is valid.
struct Verified {
  json::object header;
  std::string payload;
  Algorithm algorithm = Algorithm::RS256;
  /// The index of the key in the set.
  std::size_t key = 0;
  /// The index of the valid signature in a JSON serialisation.
  std::size_t signature = 0;
};

/// Verifies a compact JWS with the keys of a set. Tries each key that can use the header's algorithm; if the header has
/// a `kid`, only keys with this id or without an id. A key that has an `alg` is used only for that. The algorithm must
/// be one of `accepted`, if that is not empty; `none` and HMAC are never accepted. Does not check times. Throws Error
/// `invalid_jws`, `unknown_key` (no key of the set applies), `invalid_signature`.
[[nodiscard]] Verified verify(std::string_view compact, const Jwks& keys, std::span<const Algorithm> accepted = {});

/// Verifies a JWS in JSON serialisation, general or flattened (parse_json_jws): one of its signatures must be valid,
/// and made with a key of the set. Throws as verify(); if no signature is valid, throws the error of the first one to
/// which a key of the set applies.
[[nodiscard]] Verified verify_json(std::string_view text, const Jwks& keys, std::span<const Algorithm> accepted = {},
                                   std::optional<std::string_view> detached = std::nullopt);

/// Reads public keys from a file's text: a JWK Set, a single JWK, or a public key or certificate in PEM (all blocks) or
/// DER. Throws Error `invalid_jwks` or `invalid_key` (or another code of keys) that says what the text is.
[[nodiscard]] Jwks read_keys(std::string_view text);

}  // namespace adit::jwt

#pragma GCC visibility pop
