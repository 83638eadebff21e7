#include <array>
#include <utility>

#include "adit/signing_key.h"

namespace adit::jwt {
namespace {

constexpr std::array<std::pair<Algorithm, std::string_view>, 11> kNames{{
    {Algorithm::RS256, "RS256"},
    {Algorithm::RS384, "RS384"},
    {Algorithm::RS512, "RS512"},
    {Algorithm::PS256, "PS256"},
    {Algorithm::PS384, "PS384"},
    {Algorithm::PS512, "PS512"},
    {Algorithm::ES256, "ES256"},
    {Algorithm::ES384, "ES384"},
    {Algorithm::ES512, "ES512"},
    {Algorithm::EdDSA, "EdDSA"},
    {Algorithm::Ed25519, "Ed25519"},
}};

}  // namespace

std::string_view to_string(Algorithm algorithm) {
  for (const auto& [value, name] : kNames) {
    if (value == algorithm) return name;
  }
  return {};
}

std::optional<Algorithm> algorithm_from_string(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string_view to_string(KeyType type) {
  switch (type) {
    case KeyType::rsa:
      return "RSA";
    case KeyType::ec_p256:
      return "EC P-256";
    case KeyType::ec_p384:
      return "EC P-384";
    case KeyType::ec_p521:
      return "EC P-521";
    case KeyType::ed25519:
      return "Ed25519";
  }
  return {};
}

}  // namespace adit::jwt
