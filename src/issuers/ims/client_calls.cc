// The calls other than the two grants (docs/protocols/ims.md, "The other endpoints").
#include "adit/error.h"
#include "adit/ims.h"

#include "base/text/presentable.h"
#include "base/text/text.h"
#include "issuers/ims/answer.h"
#include "issuers/ims/client_state.h"

namespace adit::ims {
namespace {

std::string call_hint(int status, std::string_view code, std::string_view /*description*/) {
  if (status == 429) return "IMS throttles clients that ask too often. Wait, and ask less often.";
  if (status >= 500) return "IMS has a problem. Try again later; its debug id helps Adobe's support.";
  if (code == "invalid_client")
    return "IMS does not know this client, or its secret is wrong. Check both against the Developer Console, and that it is the right IMS: production and stage know different integrations (ADIT_IMS, AIO_CLI_ENV).";
  if (code == "invalid_token" || status == 401)
    return "The access token has expired, was revoked, or was issued by another IMS. Fetch a new one.";
  if (code == "invalid_scope" || code == "insufficient_scope" || status == 403)
    return "The token lacks the scope for this call; add it to the credential in the Developer Console and to its scopes here.";
  return "Check the request against IMS's documentation.";
}

json::object object_of(json::value answer, std::string_view what) {
  if (!answer.is_object())
    throw Error::failure("invalid_response_body", cat("IMS answered ", what, " with JSON that is not an object."))
        .hint("Is this really IMS? Check the values of ADIT_IMS and ADIT_ENDPOINTS.");
  return std::move(answer.get_object());
}

}  // namespace

json::value Client::State::call(http::Request request, std::string what, std::vector<const Secret*> secrets,
                                const JsonLimits& limits) {
  const auto response = std::move(request).max_response_bytes(limits.max_bytes).send(transport);
  const CallSubject subject{.url = ims.url, .what = std::move(what), .secrets = std::move(secrets)};
  return accepted_json(response, subject, call_hint, server_now(), limits);
}

Validation Client::validate(const Secret& token, const std::string& client_id) {
  // The client id is sent in the header and in the form, because clients of IMS differ in where they put it.
  const auto request = http::Request::post(state_->ims.url + "/ims/validate_token/v1")
                           .header("accept", "application/json")
                           .header("x-ims-clientid", client_id)
                           .bearer(token)
                           .form({{"type", Secret("access_token")}, {"client_id", Secret(client_id)}});
  constexpr std::string_view kWhat = "the token's validation";
  auto answer = object_of(state_->call(request, std::string(kWhat), {&token}, kAnswerLimits), kWhat);
  const auto* valid = answer.if_contains("valid");
  if (valid == nullptr || !valid->is_bool())
    throw Error::failure("invalid_response_body", "IMS answered the token's validation without `valid`.")
        .hint("Is this really IMS? Check the values of ADIT_IMS and ADIT_ENDPOINTS.");
  Validation validation{.valid = valid->get_bool()};
  if (!validation.valid) {
    validation.reason = presentable(string_member(answer, "reason"), {&token});
  } else if (auto* claims = answer.if_contains("token"); claims != nullptr && claims->is_object()) {
    validation.claims = std::move(claims->get_object());
  }
  return validation;
}

void Client::invalidate(const Secret& token, const Credentials& credentials) {
  const auto response = http::Request::post(state_->ims.url + "/ims/invalidate_token/v2")
                            .header("accept", "application/json")
                            .form({{"token_type", Secret("access_token")},
                                   {"token", token},
                                   {"client_id", Secret(credentials.client_id())},
                                   {"client_secret", credentials.client_secret()},
                                   {"cascading", Secret("all")}})
                            .max_response_bytes(kAnswerLimits.max_bytes)
                            .send(state_->transport);
  // The body of a 200 is not used.
  if (response.ok()) return;
  throw refused_call(
      response,
      {.url = state_->ims.url, .what = "to invalidate the token", .secrets = {&token, &credentials.client_secret()}},
      call_hint, state_->server_now());
}

json::object Client::profile(const Secret& token) {
  const auto request =
      http::Request::get(state_->ims.url + "/ims/profile/v1").header("accept", "application/json").bearer(token);
  return object_of(state_->call(request, "the profile", {&token}, kLargeAnswerLimits), "the request for the profile");
}

json::object Client::userinfo(const Secret& token) {
  const auto request =
      http::Request::get(state_->ims.url + "/ims/userinfo/v2").header("accept", "application/json").bearer(token);
  return object_of(state_->call(request, "the user information", {&token}, kLargeAnswerLimits),
                   "the request for user information");
}

std::vector<Organization> Client::organizations(const Secret& token) {
  const auto request =
      http::Request::get(state_->ims.url + "/ims/organizations/v6").header("accept", "application/json").bearer(token);
  auto answer = state_->call(request, "the organisations", {&token}, kLargeAnswerLimits);
  const auto not_its_form = [] {
    return Error::failure(
               "invalid_response_body",
               "IMS answered the request for the organisations with JSON that does not have the expected form.")
        .hint("An array of {orgName, orgRef: {ident, authSrc}, orgType} was expected.");
  };
  if (!answer.is_array()) throw not_its_form();
  std::vector<Organization> found;
  for (auto& item : answer.get_array()) {
    if (!item.is_object()) throw not_its_form();
    auto& whole = item.get_object();
    Organization organization{.name = std::string(string_member(whole, "orgName")),
                              .type = std::string(string_member(whole, "orgType")),
                              .id = {},
                              .whole = {}};
    if (const auto* reference = whole.if_contains("orgRef"); reference != nullptr && reference->is_object()) {
      const auto ident = string_member(reference->get_object(), "ident");
      const auto source = string_member(reference->get_object(), "authSrc");
      if (!ident.empty()) organization.id = cat(ident, source.empty() ? "" : "@", source);
    }
    organization.whole = std::move(whole);
    found.push_back(std::move(organization));
  }
  return found;
}

jwt::Jwks Client::keys() {
  const auto response = http::Request::get(state_->ims.url + "/ims/keys")
                            .header("accept", "application/json")
                            .max_response_bytes(kAnswerLimits.max_bytes)
                            .send(state_->transport);
  if (!response.ok())
    throw refused_call(response, {.url = state_->ims.url, .what = "its keys"}, call_hint, state_->server_now());
  return jwt::Jwks::parse(response.body());
}

}  // namespace adit::ims
