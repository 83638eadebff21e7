#include <array>
#include <utility>

#include "adit/jwt/signing_key.h"

namespace adit::jwt {
namespace {

constexpr std::array<std::pair<Algorithm, std::string_view>, 7> kNames{{
    {Algorithm::RS256, "RS256"},
    {Algorithm::RS384, "RS384"},
    {Algorithm::RS512, "RS512"},
    {Algorithm::PS256, "PS256"},
    {Algorithm::ES256, "ES256"},
    {Algorithm::ES384, "ES384"},
    {Algorithm::EdDSA, "EdDSA"},
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

}  // namespace adit::jwt
