#include "jwt/jose_header.h"

#include "adit/base64.h"
#include "adit/jwt.h"

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"

namespace adit::jwt {
namespace {

constexpr JsonLimits kLimits{.max_bytes = kMaxCompactBytes, .max_depth = 32, .refuse_duplicates = true};

}  // namespace

Error invalid_jws(std::string_view what) {
  return Error::failure("invalid_jws", cat("This is not a JWT that can be read: ", what, '.'))
      .hint("A JWT is three pieces of base64url with dots between: header.claims.signature.");
}

Error signature_refused(std::string_view why) {
  return Error::failure("invalid_signature", cat("The JWT's signature is not valid: ", why, '.'))
      .hint("The token was changed, or was signed with another key or algorithm. Use the issuer's key.");
}

std::string decode_part(std::string_view part, std::string_view name) {
  auto decoded = base64url_decode(part);
  if (!decoded) throw invalid_jws(cat("its ", name, " is not base64url without padding"));
  return *std::move(decoded);
}

json::object parse_strict_object(std::string_view text, std::string_view name) {
  // The JSON parser skips a byte-order mark, because files may begin with one. A signed text must be only JSON.
  if (text.starts_with(kByteOrderMark)) throw invalid_jws(cat("its ", name, " begins with a byte-order mark"));
  auto value = try_parse_json(text, kLimits);
  if (!value || !value->is_object())
    throw invalid_jws(cat("its ", name, " is not a JSON object, names a member twice, or is nested too deeply"));
  return std::move(value->get_object());
}

void check_header(const json::object& header) {
  if (const auto* algorithm = header.if_contains("alg"); algorithm == nullptr || !algorithm->is_string())
    throw invalid_jws("its header names no algorithm");
  // RFC 7515 section 4.1.4. If it were ignored, every key of a set could verify.
  if (const auto* key_id = header.if_contains("kid"); key_id != nullptr && !key_id->is_string())
    throw invalid_jws("its header's `kid` is not a string");
  // RFC 7515 section 4.1.11: a JWS with an unknown critical extension is invalid, and adit knows none.
  if (header.contains("crit")) throw invalid_jws("its header has critical extensions");
  // RFC 7797 requires `crit` with `b64`. Without it, readers would disagree about the payload.
  if (const auto* encoded = header.if_contains("b64"); encoded != nullptr && *encoded != json::value(true))
    throw invalid_jws("its payload is said not to be base64url");
}

json::object parse_header(std::string_view text) {
  json::object header = parse_strict_object(text, "header");
  check_header(header);
  return header;
}

}  // namespace adit::jwt
