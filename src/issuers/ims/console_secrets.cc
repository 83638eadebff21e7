#include "issuers/ims/console_secrets.h"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "adit/error.h"
#include "adit/token_verifier.h"

#include "base/json/whole_number.h"
#include "base/text/presentable.h"
#include "base/text/text.h"
#include "issuers/ims/answer.h"

namespace adit::ims {
namespace {

std::string checked_segment(std::string_view text, std::string_view what) {
  const auto fits = [](unsigned char c) { return (std::isalnum(c) != 0 && c < 0x80) || c == '-' || c == '_'; };
  if (text.empty() || text.size() > 128 || !std::all_of(text.begin(), text.end(), fits))
    throw Error::configuration("invalid_console_credential",
                               cat("The ", what, " may contain only letters, digits, - and _."))
        .hint(
            "The URL of the credential's page in the Developer Console contains both numbers: …/console/projects/{org}/{project}/credentials/{credential}/….");
  return std::string(text);
}

std::string console_hint(int status, std::string_view code, std::string_view /*description*/) {
  if (status == 429) return "Wait before asking again.";
  if (status >= 500) return "The Developer Console has a problem. Try again later.";
  if (code == "403025" || status == 403)
    return cat("The credential's project needs the I/O Management API, and the token the scopes ",
               kConsoleSecretsScopes, ".");
  if (status == 401) return "The token has expired, was revoked, or was issued by another IMS. Fetch a new one.";
  if (status == 404)
    return "Compare the numbers of the organisation and the credential with the URL of the credential's page in the Developer Console. For a removal, compare the uuid with the list.";
  return "See the credential's page in the Developer Console.";
}

/// Returns a time as RFC 3339. The Console writes milliseconds as text; a text that is not a number is returned
/// unchanged.
std::string time_member(const json::object& secret, std::string_view name) {
  const auto* member = secret.if_contains(name);
  if (member == nullptr) return {};
  constexpr std::int64_t kYear10000 = 253402300800000;
  if (const auto number = whole_number(member); number && *number > 0 && *number < kYear10000)
    return to_rfc3339(WallTime(std::chrono::milliseconds(*number)));
  const auto* text = member->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

/// Returns the latest `last_used_at` of the secret and of its `secret_usages`, of which there is one for each grant
/// type. Empty if it was never used.
std::string last_use(const json::object& secret) {
  auto latest = time_member(secret, "last_used_at");
  const auto* usages = secret.if_contains("secret_usages");
  if (usages == nullptr || !usages->is_array()) return latest;
  for (const auto& usage : usages->get_array()) {
    // Times in RFC 3339 and UTC sort as text.
    if (usage.is_object()) latest = std::max(latest, time_member(usage.get_object(), "last_used_at"));
  }
  return latest;
}

ClientSecret read_secret(const json::object& secret) {
  ClientSecret read{.uuid = std::string(string_member(secret, "uuid")),
                    .created_at = time_member(secret, "created_at"),
                    .last_used_at = last_use(secret),
                    .value = std::nullopt};
  if (const auto value = string_member(secret, "client_secret"); !value.empty()) read.value = Secret(value);
  return read;
}

Error not_its_form(std::string_view what) {
  return Error::failure("invalid_response_body", cat("The Developer Console answered ", what,
                                                     " with JSON that does not have the expected form."))
      .hint("Check what ADIT_ENDPOINTS names for https://api.adobe.io.");
}

const json::array* secrets_of(const json::value& answer) {
  if (const auto* list = answer.if_array()) return list;
  const auto* object = answer.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains("client_secrets");
  return member == nullptr ? nullptr : member->if_array();
}

}  // namespace

ConsoleSecrets::ConsoleSecrets(ConsoleCredential which, std::string client_id, http::Transport& transport,
                               const Clock& clock, std::string base)
    : client_id_(std::move(client_id)),
      transport_(transport),
      clock_(clock),
      base_(std::move(base)),
      url_(cat(base_, "/console/organizations/", checked_segment(which.org, "organisation's number"), "/credentials/",
               checked_segment(which.credential, "credential's number"), "/secrets")) {}

http::Response ConsoleSecrets::send(http::Request request, const Secret& token) const {
  return std::move(request)
      .header("accept", "application/json")
      .header("x-api-key", client_id_)
      .bearer(token)
      .max_response_bytes(kAnswerLimits.max_bytes)
      .send(transport_);
}

void ConsoleSecrets::refuse(const http::Response& response, std::string what, const Secret& token) const {
  throw refused_call(response,
                     {.server = "The Developer Console",
                      .url = base_,
                      .what = std::move(what),
                      .secrets = {&token},
                      .settings = "ADIT_ENDPOINTS"},
                     console_hint, clock_.wall_now());
}

std::vector<ClientSecret> ConsoleSecrets::list(const Secret& token) const {
  const auto response = send(http::Request::get(url_), token);
  if (!response.ok()) refuse(response, "the list of client secrets", token);
  const auto answer = try_parse_json(response.body(), kAnswerLimits);
  const auto* list = answer ? secrets_of(*answer) : nullptr;
  if (list == nullptr) throw not_its_form("the list of client secrets");
  std::vector<ClientSecret> secrets;
  for (const auto& item : *list) {
    if (!item.is_object()) throw not_its_form("the list of client secrets");
    auto secret = read_secret(item.get_object());
    if (secret.uuid.empty()) throw not_its_form("the list of client secrets");
    secrets.push_back(std::move(secret));
  }
  return secrets;
}

ClientSecret ConsoleSecrets::add(const Secret& token) const {
  const auto response = send(http::Request::post(url_), token);
  if (!response.ok()) {
    // A credential has at most two secrets (docs/protocols/ims.md). They are listed only after an answer that may mean
    // this, so that other errors are reported as they are.
    if (response.status() == 400 || response.status() == 409) {
      if (const auto have = list(token); have.size() >= 2) {
        throw Error::failure("secret_limit_reached",
                             cat("The credential has ", have.size(), " client secrets, and may not have more."))
            .hint(presentable(cat("Remove one that is no longer used. The older one is ", have.front().uuid,
                                  ", created at ", have.front().created_at, "."),
                              {&token}))
            .http_status(response.status());
      }
    }
    refuse(response, "another client secret", token);
  }
  const auto answer = try_parse_json(response.body(), kAnswerLimits);
  const json::object* object = answer ? answer->if_object() : nullptr;
  if (answer && (object == nullptr || !object->contains("client_secret"))) {
    object = nullptr;
    if (const auto* list = secrets_of(*answer); list != nullptr) {
      for (const auto& item : *list) {
        if (item.is_object() && item.get_object().contains("client_secret")) object = &item.get_object();
      }
    }
  }
  if (object != nullptr) {
    auto secret = read_secret(*object);
    if (secret.value && !secret.uuid.empty()) return secret;
  }
  throw not_its_form("the request for another client secret")
      .hint("The secret may have been added all the same: list the secrets, and remove it.");
}

void ConsoleSecrets::remove(const Secret& token, const std::string& uuid) const {
  const auto response = send(http::Request::del(cat(url_, '/', checked_segment(uuid, "secret's uuid"))), token);
  if (!response.ok()) refuse(response, "to remove the client secret", token);
}

}  // namespace adit::ims
