#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/json.h"
#include "adit/base/secret.h"
#include "adit/jwt/signing_key.h"

#pragma GCC visibility push(default)

namespace adit::jwt {

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

}  // namespace adit::jwt

#pragma GCC visibility pop
