#pragma once

// JWS, JWT and JWKS (RFC 7515, 7517, 7519). Errors are `invalid_jws`, `invalid_signature`, `unknown_key` and
// `invalid_jwks`. The functions may be called from any thread; times of a token are not judged here.
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
  /// The text ends within it; what stands before is there.
  cut,
  /// It is something else than it should be.
  broken,
};

/// One of the two JSON parts of a token.
struct DecodedPart {
  PartState state = PartState::absent;
  /// The members read; of a part that is cut, those before the cut.
  json::object members{};
  /// The member whose value the cut goes through; it stands in `members` where a part of its text could be read.
  std::string cut_member{};
  /// The bytes as they were decoded.
  std::string text{};
};

/// A token as far as it can be read. Nothing of it is verified: anybody can have written it.
struct Decoded {
  DecodedPart header;
  DecodedPart claims;
  PartState signature = PartState::absent;
  std::size_t signature_bytes = 0;
  /// What is odd, one sentence each, for people: "The text ends within the claims, after 'scope'."
  std::vector<std::string> remarks;

  [[nodiscard]] bool complete() const {
    return header.state == PartState::complete && claims.state == PartState::complete &&
           signature == PartState::complete;
  }
};

/// Explains a token leniently: white space, line breaks, quotes and `Bearer ` around it are passed over, both base64
/// alphabets and padding taken, and of a text that was cut off all is read that stands before the cut. Never throws for
/// its input; texts over a megabyte are read up to there.
[[nodiscard]] Decoded decode(std::string_view text);

/// A compact JWS (RFC 7515 section 3.1) taken apart; nothing of it is verified yet.
struct Parts {
  json::object header;
  /// The payload's bytes, decoded.
  std::string payload;
  std::string signature;
  /// `BASE64URL(header).BASE64URL(payload)`: what was signed.
  std::string signing_input;
};

inline constexpr std::size_t kMaxCompactBytes = 64U << 10U;

/// Makes a compact JWS. `header` gets `alg` set (and `typ: JWT` where it has no typ).
[[nodiscard]] Secret sign(const json::object& claims, const SigningKey& key, Algorithm algorithm,
                          json::object header = {});
/// The same over bytes, with exactly the header text given (RFC 7515's own examples).
[[nodiscard]] std::string sign_compact(std::string_view header_json, std::string_view payload, const SigningKey& key,
                                       Algorithm algorithm);

/// Takes a compact JWS apart: three parts of strict base64url, the header a JSON object without duplicate members, no
/// `crit` that we do not understand (none are), `kMaxCompactBytes` at most. Throws Error `invalid_jws`.
[[nodiscard]] Parts parse_compact(std::string_view compact);

/// RFC 7515 appendix F: a compact JWS with detached content (`header..signature`) and that content in its place again.
/// Throws Error `invalid_jws` where it has a payload of its own.
[[nodiscard]] std::string with_payload(std::string_view detached, std::string_view payload);

/// Takes a JWS in JSON serialisation apart (RFC 7515 section 7.2), general or flattened: one Parts a signature, the
/// header of each its protected and unprotected members together. `detached`: the payload, where the JWS has none.
/// Throws Error `invalid_jws`: also where a member stands in both headers, as section 7.2.1 forbids.
[[nodiscard]] std::vector<Parts> parse_json_jws(std::string_view text,
                                                std::optional<std::string_view> detached = std::nullopt);

/// Verifies against one key; the algorithm is the caller's choice, and a header that names another (or `none`) is
/// refused (RFC 8725 section 3.1). Returns the payload. Throws Error `invalid_jws` (not a JWS) or `invalid_signature`.
[[nodiscard]] std::string verify(std::string_view compact, const PublicKey& key, Algorithm algorithm);
/// As above, with the payload as JWT claims (RFC 7519): a JSON object, duplicate claims refused. Times are not judged
/// here.
[[nodiscard]] json::object verify_claims(std::string_view compact, const PublicKey& key, Algorithm algorithm);
/// The claims of a payload: a JSON object without duplicate members. Throws Error `invalid_jws`.
[[nodiscard]] json::object parse_claims(std::string_view payload);

/// One key of a set (RFC 7517 section 4): the public key and what the set says of it. Empty strings are absent members.
struct Jwk {
  PublicKey key;
  std::string key_id;     // kid
  std::string algorithm;  // alg
  std::string use;        // use
};

/// A JWK Set (RFC 7517 section 5). A value; thread-safe as std::vector.
class Jwks {
 public:
  Jwks() = default;
  explicit Jwks(std::vector<Jwk> keys) : keys_(std::move(keys)) {}

  /// Passed over, as RFC 7517 section 5 says: keys of a kind, curve or algorithm that we do not know, keys that are not
  /// for verifying (`use`, `key_ops`), that lack a required member, or that are RSA under 2048 bits or of
  /// broken chips (ROCA, CVE-2017-15361). A text that is no
  /// set, or a key with a broken or private member, throws Error `invalid_jwks`.
  static Jwks parse(std::string_view text);
  [[nodiscard]] json::object to_json_object() const;

  /// The key with this id; nullptr if there is none.
  [[nodiscard]] const Jwk* find(std::string_view key_id) const;
  [[nodiscard]] const std::vector<Jwk>& keys() const { return keys_; }

 private:
  std::vector<Jwk> keys_;
};

/// A public key that may verify signatures, from its JWK; the other way is to_jwk(). Throws Error `invalid_jwks` (also
/// if `use` or `key_ops` says that the key is for something else), `key_too_short`, `key_weak`, `key_unsupported` or
/// `invalid_key`.
[[nodiscard]] PublicKey public_key_from_jwk(const json::object& jwk);

/// A JWS whose signature was found right.
struct Verified {
  json::object header;
  std::string payload;
  Algorithm algorithm = Algorithm::RS256;
  /// Of the key that fits: its place in the set.
  std::size_t key = 0;
  /// Of the signature that is right: its place in a JSON serialisation.
  std::size_t signature = 0;
};

/// Verifies against a key set: the key that the header's `kid` names, or where it names none any key of the set that
/// can use the header's algorithm. A key's own `alg` binds it. The algorithm is one of `accepted` (all of ours where
/// that is empty); `none` and HMAC never are. Times are not judged. Throws Error `invalid_jws`, `unknown_key` (no key
/// of the set is meant), `invalid_signature`.
[[nodiscard]] Verified verify(std::string_view compact, const Jwks& keys, std::span<const Algorithm> accepted = {});

/// Verifies a JWS in JSON serialisation, general or flattened (parse_json_jws): one of its signatures has to be right,
/// made by a key of the set; which one, Verified tells. Throws as above; where none is right, what the first that was
/// meant for a key of the set fails by.
[[nodiscard]] Verified verify_json(std::string_view text, const Jwks& keys, std::span<const Algorithm> accepted = {},
                                   std::optional<std::string_view> detached = std::nullopt);

/// Keys from what people have in files: a JWK Set, a single JWK, or PEM or DER of a public key or certificate (all
/// blocks of a PEM text). Throws Error `invalid_jwks` or `invalid_key` (and its kin) that says what the text is.
[[nodiscard]] Jwks read_keys(std::string_view text);

}  // namespace adit::jwt

#pragma GCC visibility pop
