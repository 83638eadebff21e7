#include "adit/jwt/jws.h"

#include <algorithm>
#include <array>

#include "adit/base/base64.h"
#include "adit/base/error.h"
#include "adit/base/text.h"

namespace adit::jwt {
namespace {

constexpr JsonLimits kLimits{.max_bytes = kMaxCompactBytes, .max_depth = 32, .refuse_duplicates = true};

Error invalid(std::string_view what) {
  return Error::failure("invalid_jws", cat("This is not a JWT that can be read: ", what, '.'))
      .hint("A JWT is three pieces of base64url with dots between: header.claims.signature.");
}
Error refused(std::string_view what) {
  return Error::failure("invalid_signature", cat("The JWT's signature does not count: ", what, '.'));
}

std::string decode(std::string_view part, std::string_view name) {
  auto decoded = base64url_decode(part);
  if (!decoded) throw invalid(cat("its ", name, " is not base64url without padding"));
  return *std::move(decoded);
}

json::object parse_object(std::string_view text, std::string_view name) {
  // parse_json passes over a byte-order mark, for people's files; in a signed text nothing may stand beside the JSON.
  if (text.starts_with("\xEF\xBB\xBF")) throw invalid(cat("its ", name, " begins with a byte-order mark"));
  auto value = try_parse_json(text, kLimits);
  if (!value || !value->is_object())
    throw invalid(cat("its ", name, " is not a JSON object, names a member twice, or is too deep"));
  return std::move(value->get_object());
}

json::object parse_header(std::string_view text) {
  json::object header = parse_object(text, "header");
  if (const auto* algorithm = header.if_contains("alg"); algorithm == nullptr || !algorithm->is_string()) {
    throw invalid("its header names no algorithm");
  }
  // RFC 7515 section 4.1.11: extensions that are not understood make a JWS invalid, and we understand none.
  if (header.contains("crit")) throw invalid("its header has critical extensions");
  // RFC 7797 demands `crit` beside it; without, the payload would be read in one way here and in another elsewhere.
  if (const auto* encoded = header.if_contains("b64"); encoded != nullptr && *encoded != json::value(true)) {
    throw invalid("its payload is said not to be base64url");
  }
  return header;
}

std::string compact_of(std::string_view header, std::string_view payload, const SigningKey& key, Algorithm algorithm) {
  std::string compact = base64url_encode(header);
  compact += '.';
  compact += base64url_encode(payload);
  const std::string signature = base64url_encode(key.sign(algorithm, compact));
  compact += '.';
  compact += signature;
  return compact;
}

}  // namespace

Secret sign(const json::object& claims, const SigningKey& key, Algorithm algorithm, json::object header) {
  header["alg"] = to_string(algorithm);
  if (!header.contains("typ")) header["typ"] = "JWT";
  std::string compact = compact_of(to_json(header), to_json(claims), key, algorithm);
  Secret secret(compact);
  wipe(compact.data(), compact.size());
  return secret;
}

std::string sign_compact(std::string_view header_json, std::string_view payload, const SigningKey& key,
                         Algorithm algorithm) {
  return compact_of(header_json, payload, key, algorithm);
}

Parts parse_compact(std::string_view compact) {
  if (compact.empty()) throw invalid("it is empty");
  if (compact.size() > kMaxCompactBytes) throw invalid(cat("it is longer than ", kMaxCompactBytes, " bytes"));
  const auto dots = std::count(compact.begin(), compact.end(), '.');
  if (dots == 4) throw invalid("it is encrypted (a JWE), not signed");
  if (dots != 2) throw invalid("it does not have three parts");
  const auto first = compact.find('.');
  const auto second = compact.find('.', first + 1);
  Parts parts;
  parts.header = parse_header(decode(compact.substr(0, first), "header"));
  parts.payload = decode(compact.substr(first + 1, second - first - 1), "payload");
  parts.signature = decode(compact.substr(second + 1), "signature");
  parts.signing_input = compact.substr(0, second);
  return parts;
}

std::string verify(std::string_view compact, const PublicKey& key, Algorithm algorithm) {
  Parts parts = parse_compact(compact);
  const auto named = string_member(parts.header, "alg");
  if (named != to_string(algorithm)) {
    const bool known = algorithm_from_string(named).has_value() || named == "none" || named == "HS256";
    throw refused(cat("its header names ", known ? named : "another algorithm", ", and only ", to_string(algorithm),
                      " is accepted"));
  }
  if (!key.can_use(algorithm)) throw refused(cat("the key is not one for ", to_string(algorithm)));
  if (!key.verify(algorithm, parts.signing_input, parts.signature)) throw refused("it was not made with this key");
  return std::move(parts.payload);
}

json::object verify_claims(std::string_view compact, const PublicKey& key, Algorithm algorithm) {
  return parse_claims(verify(compact, key, algorithm));
}

json::object parse_claims(std::string_view payload) { return parse_object(payload, "payload"); }

}  // namespace adit::jwt
