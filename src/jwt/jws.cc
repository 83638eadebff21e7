#include <algorithm>
#include <array>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "jwt/jose_header.h"

namespace adit::jwt {
namespace {

/// Makes a compact JWS. All intermediate texts are wiped, because an assertion can be used like a password until it
/// expires.
WipedString compact_of(std::string_view header, std::string_view payload, const SigningKey& key, Algorithm algorithm) {
  const WipedString encoded_payload = base64url_encode(payload);
  const WipedString input = cat(base64url_encode(header), '.', encoded_payload);
  const WipedString bytes = key.sign(algorithm, input);
  const WipedString signature = base64url_encode(bytes);
  WipedString compact;
  compact.reserve(input.size() + 1 + signature.size());
  compact.append(input).append(1, '.').append(signature);
  return compact;
}

}  // namespace

Secret sign(const json::object& claims, const SigningKey& key, Algorithm algorithm, json::object header) {
  header["alg"] = to_string(algorithm);
  if (!header.contains("typ")) header["typ"] = "JWT";
  return Secret(compact_of(to_json(header), to_json(claims), key, algorithm));
}

std::string sign_compact(std::string_view header_json, std::string_view payload, const SigningKey& key,
                         Algorithm algorithm) {
  return compact_of(header_json, payload, key, algorithm);
}

Parts parse_compact(std::string_view compact) {
  if (compact.empty()) throw invalid_jws("it is empty");
  if (compact.size() > kMaxCompactBytes) throw invalid_jws(cat("it is longer than ", kMaxCompactBytes, " bytes"));
  const auto dots = std::count(compact.begin(), compact.end(), '.');
  if (dots == 4) throw invalid_jws("it is encrypted (a JWE), not signed");
  if (dots != 2) throw invalid_jws("it does not have three parts");
  const auto first = compact.find('.');
  const auto second = compact.find('.', first + 1);
  Parts parts;
  parts.header = parse_header(decode_part(compact.substr(0, first), "header"));
  parts.payload = decode_part(compact.substr(first + 1, second - first - 1), "payload");
  parts.signature = decode_part(compact.substr(second + 1), "signature");
  parts.signing_input = compact.substr(0, second);
  return parts;
}

std::string verify(std::string_view compact, const PublicKey& key, Algorithm algorithm) {
  Parts parts = parse_compact(compact);
  const auto named = string_member(parts.header, "alg");
  if (named != to_string(algorithm)) {
    const bool known = algorithm_from_string(named).has_value() || named == "none" || named == "HS256";
    throw signature_refused(cat("its header names ", known ? named : "another algorithm", ", and only ",
                                to_string(algorithm), " is accepted"));
  }
  if (!key.can_use(algorithm)) throw signature_refused(cat("the key is not one for ", to_string(algorithm)));
  if (!key.verify(algorithm, parts.signing_input, parts.signature))
    throw signature_refused("it was not made with this key");
  return std::move(parts.payload);
}

json::object verify_claims(std::string_view compact, const PublicKey& key, Algorithm algorithm) {
  return parse_claims(verify(compact, key, algorithm));
}

json::object parse_claims(std::string_view payload) { return parse_strict_object(payload, "payload"); }

}  // namespace adit::jwt
