#include "emulator/ims/profile.h"

#include "base/text/text.h"
#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

/// The claims of the bearer token. Throws ImsRefusal.
json::object claims_of_bearer(const Call& call) {
  const auto token = bearer_token(call.request);
  if (token.empty()) throw ImsRefusal{401, "invalid_token", "The request has no bearer token"};
  auto outcome = call.service.verify(token, call.now);
  if (const auto* flaw = std::get_if<TokenFlaw>(&outcome)) {
    throw ImsRefusal{401, "invalid_token",
                     *flaw == TokenFlaw::expired   ? "The token has expired"
                     : *flaw == TokenFlaw::revoked ? "The token was invalidated"
                                                   : "The token is not valid"};
  }
  auto& claims = std::get<json::object>(outcome);
  call.notes.client_id = string_member(claims, "client_id");
  return std::move(claims);
}

std::string email_of(std::string_view account) {
  return cat(to_lower(account.substr(0, account.find('@'))), "@techacct.adobe.com");
}

http::ServerResponse profile(const Call& call) {
  const auto claims = claims_of_bearer(call);
  const auto account = string_member(claims, "user_id");
  json::object body;
  body["userId"] = account;
  body["authId"] = account;
  body["account_type"] = "type2e";
  body["email"] = email_of(account);
  body["emailVerified"] = "true";
  body["name"] = "Technical Account";
  body["displayName"] = "Technical Account";
  body["first_name"] = "Technical";
  body["last_name"] = "Account";
  body["countryCode"] = "US";
  body["preferred_languages"] = nullptr;
  body["utcOffset"] = "null";
  body["tags"] = json::array{};
  body["roles"] =
      json::array{json::object{{"organization", string_member(claims, "org")}, {"named_role", "technical_account"}}};
  body["serviceAccounts"] = json::array{};
  return ims_json(200, body);
}

http::ServerResponse userinfo(const Call& call) {
  const auto claims = claims_of_bearer(call);
  const auto account = string_member(claims, "user_id");
  return ims_json(200, json::object{{"sub", account},
                                    {"account_type", "ent"},
                                    {"email", email_of(account)},
                                    {"email_verified", true},
                                    {"name", "Technical Account"},
                                    {"given_name", "Technical"},
                                    {"family_name", "Account"},
                                    {"address", json::object{{"country", "US"}}}});
}

http::ServerResponse organizations(const Call& call) {
  const auto claims = claims_of_bearer(call);
  const auto org = string_member(claims, "org");
  json::array list;
  if (!org.empty()) {
    const auto at = org.find('@');
    const json::object ref{{"ident", org.substr(0, at)},
                           {"authSrc", at == std::string_view::npos ? "AdobeOrg" : org.substr(at + 1)}};
    list.emplace_back(json::object{{"orgName", "Example"},
                                   {"orgRef", ref},
                                   {"orgType", "Enterprise"},
                                   {"countryCode", "US"},
                                   {"groups", json::array{}}});
  }
  return ims_json(200, list);
}

}  // namespace

std::vector<Route> profile_routes() {
  // ims-go requests organizations/v5 and userinfo/v1 by default.
  return {{"GET", "/ims/profile/v1", Side::ims, profile},
          {"GET", "/ims/userinfo/v1", Side::ims, userinfo},
          {"GET", "/ims/userinfo/v2", Side::ims, userinfo},
          {"POST", "/ims/userinfo/v2", Side::ims, userinfo},
          {"GET", "/ims/organizations/v5", Side::ims, organizations},
          {"GET", "/ims/organizations/v6", Side::ims, organizations}};
}

}  // namespace adit::emulator
