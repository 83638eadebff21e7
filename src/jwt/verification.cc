#include <algorithm>
#include <optional>

#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "crypto/pem.h"
#include "jwt/jose_header.h"

namespace adit::jwt {
namespace {

Algorithm algorithm_of(const json::object& header, std::span<const Algorithm> accepted) {
  const auto algorithm = algorithm_from_string(string_member(header, "alg"));
  if (!algorithm) throw signature_refused("its algorithm is not one of the accepted ones");
  if (!accepted.empty() && std::find(accepted.begin(), accepted.end(), *algorithm) == accepted.end())
    throw signature_refused(cat("its header names ", to_string(*algorithm), ", which is not accepted here"));
  return *algorithm;
}

bool usable(const Jwk& key, Algorithm algorithm) {
  return key.key.can_use(algorithm) && (key.algorithm.empty() || key.algorithm == to_string(algorithm));
}

Jwks from_pem(std::string_view text) {
  std::vector<Jwk> keys;
  // One block at a time, because PublicKey::from_pem() reads only the first.
  constexpr std::string_view kBegin = "-----BEGIN ";
  for (auto at = text.find(kBegin); at != std::string_view::npos;) {
    const auto next = text.find(kBegin, at + kBegin.size());
    keys.push_back(
        {PublicKey::from_pem(text.substr(at, next == std::string_view::npos ? next : next - at)), {}, {}, {}});
    at = next;
  }
  return Jwks(std::move(keys));
}

Verified verify_parts(Parts parts, const Jwks& keys, std::span<const Algorithm> accepted) {
  const auto algorithm = algorithm_of(parts.header, accepted);
  // check_header() has checked that it is a string. An empty string is an id, too.
  const bool names_key = parts.header.contains("kid");
  const auto key_id = string_member(parts.header, "kid");
  bool meant = false;
  for (std::size_t at = 0; at < keys.keys().size(); ++at) {
    const auto& key = keys.keys()[at];
    // A key without an id, for example from a PEM file, is tried for every `kid`.
    if (names_key && !key.key_id.empty() && key.key_id != key_id) continue;
    if (!usable(key, algorithm)) continue;
    meant = true;
    if (key.key.verify(algorithm, parts.signing_input, parts.signature)) {
      return {.header = std::move(parts.header),
              .payload = std::move(parts.payload),
              .algorithm = algorithm,
              .key = at,
              .signature = 0};
    }
  }
  if (meant) throw signature_refused("it was not made with this key");
  throw Error::failure("unknown_key", !names_key ? cat("The key set has no key for ", to_string(algorithm), '.')
                                                 : std::string("The key set has no key with the JWT's `kid`."))
      .hint("Check that the keys belong to the JWT's issuer and are up to date.");
}

}  // namespace

Verified verify(std::string_view compact, const Jwks& keys, std::span<const Algorithm> accepted) {
  return verify_parts(parse_compact(compact), keys, accepted);
}

Verified verify_json(std::string_view text, const Jwks& keys, std::span<const Algorithm> accepted,
                     std::optional<std::string_view> detached) {
  auto signatures = parse_json_jws(text, detached);
  std::optional<Error> failure;
  for (std::size_t at = 0; at < signatures.size(); ++at) {
    try {
      auto verified = verify_parts(std::move(signatures[at]), keys, accepted);
      verified.signature = at;
      return verified;
    } catch (const Error& error) {
      if (!failure || failure->code() == "unknown_key") failure = error;
    }
  }
  throw *failure;
}

Jwks read_keys(std::string_view text) {
  const auto start = trim(text);
  if (start.find("-----BEGIN ") != std::string_view::npos) return from_pem(start);
  if (!start.starts_with('{')) return Jwks({Jwk{PublicKey::from_der(text), {}, {}, {}}});
  const auto value = try_parse_json(start, {.max_bytes = 1U << 20U, .max_depth = 16, .refuse_duplicates = true});
  if (!value || !value->is_object() || value->get_object().contains("keys")) return Jwks::parse(start);
  const auto& jwk = value->get_object();
  return Jwks({Jwk{public_key_from_jwk(jwk), std::string(string_member(jwk, "kid")),
                   std::string(string_member(jwk, "alg")), std::string(string_member(jwk, "use"))}});
}

}  // namespace adit::jwt
