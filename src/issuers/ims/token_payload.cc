#include "issuers/ims/token_payload.h"

#include <utility>

#include "adit/base64.h"

namespace adit::ims {

std::optional<json::object> unverified_payload(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
  if (!payload) return std::nullopt;
  auto claims = try_parse_json(*payload);
  if (!claims || !claims->is_object()) return std::nullopt;
  return std::move(claims->get_object());
}

}  // namespace adit::ims
