#include "dev/platform/adobe_auth.h"

#include "adit/error.h"

#include "base/text/text.h"
#include "http/authorization.h"

namespace adit::dev {
namespace {

json::object refusal(int status, std::string_view reason) {
  return {
      {"error", json::object{{"statusCode", status},
                             {"body", json::object{{"error", cat("cannot authorize request, reason: ", reason)}}}}}};
}

/// Finds a header in any letter case, because a caller of the API may write it as it likes.
std::string_view header(const json::object& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (equals_ignoring_case(key, name) && value.is_string()) return value.get_string();
  return {};
}

}  // namespace

std::optional<json::object> refuse_unauthorized(const json::object& params, const ValidateToken& validate) {
  static const json::object kNone;
  const auto* given = params.if_contains("__ow_headers");
  const auto& headers = given != nullptr && given->is_object() ? given->get_object() : kNone;
  const auto authorization = trim(header(headers, "authorization"));
  if (authorization.empty()) return refusal(401, "missing authorization header");
  if (trim(header(headers, "x-gw-ims-org-id")).empty()) return refusal(401, "missing x-gw-ims-org-id header");
  const auto token = http::authorization_credentials(authorization, "Bearer");
  if (token.empty()) return refusal(401, "the authorization header contains no bearer token");
  if (!validate) return refusal(401, "there is no IMS to validate the token");
  try {
    const auto outcome = validate(Secret(token));
    if (outcome.valid) return std::nullopt;
    return refusal(401, outcome.reason.empty() ? "invalid token" : cat("invalid token (", outcome.reason, ")"));
  } catch (const Error& error) {
    // With a 4xx status, IMS rejects the token. No answer, or 5xx, says nothing about it.
    if (error.http_status() >= 400 && error.http_status() < 500 && error.http_status() != 429)
      return refusal(401, cat("invalid token (", error.code(), ")"));
    return refusal(503, cat("IMS did not validate the token: ", error.message()));
  }
}

}  // namespace adit::dev
