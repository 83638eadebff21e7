#include "emulator/apis/console.h"

#include <ctime>

#include "base/text/text.h"
#include "emulator/apis/gateway.h"
#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

// `Tue, Apr 25 2023 18:48:05.000 UTC`, as the reference shows it.
std::string in_words(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto since_epoch = static_cast<std::time_t>(seconds.time_since_epoch().count());
  std::tm parts{};
  ::gmtime_r(&since_epoch, &parts);
  std::string text(64, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%a, %b %e %Y %H:%M:%S", &parts));
  auto milliseconds = std::to_string((time - seconds).count());
  milliseconds.insert(0, 3 - milliseconds.size(), '0');
  return cat(replace_all(std::move(text), "  ", " "), '.', milliseconds, " UTC");
}

json::object to_object(const SecretRecord& record) {
  json::object secret;
  secret["expires_at"] = "PERMANENT";
  secret["expires_at_str"] = "PERMANENT";
  secret["created_at"] = std::to_string(record.created.time_since_epoch().count());
  secret["created_at_str"] = in_words(record.created);
  secret["uuid"] = record.uuid;
  secret["secret_usages"] = nullptr;
  if (record.last_used) {
    secret["secret_usages"] = json::array{json::object{
        {"last_used_at", std::to_string(record.last_used->time_since_epoch().count())}, {"grant_type", record.grant}}};
  }
  return secret;
}

http::ServerResponse console_error(int status, std::string_view code, std::string_view message) {
  auto answer = json_answer(status, json::object{{"code", code}, {"message", message}});
  answer.headers.set("X-Request-Id", random_uuid());
  return answer;
}

/// Calls `answer` with the id of the client whose credential the path names, if its organisation is the caller's.
template <typename Answer>
http::ServerResponse for_credential(const Call& call, const Answer& answer) {
  return behind_gateway(call, [&](const json::object& claims) {
    const auto integration = call.service.integrations.find_credential(call.path_values.at("credential"));
    if (!integration || integration->org_id != string_member(claims, "org")) {
      return console_error(404, "not_found", "The organization has no such credential");
    }
    return answer(integration->client_id);
  });
}

http::ServerResponse list_secrets(const Call& call) {
  return for_credential(call, [&](const std::string& client_id) {
    json::array secrets;
    for (const auto& record : call.service.integrations.secrets(client_id)) secrets.emplace_back(to_object(record));
    return json_answer(200, json::object{{"client_id", client_id}, {"client_secrets", std::move(secrets)}});
  });
}

http::ServerResponse add_secret(const Call& call) {
  return for_credential(call, [&](const std::string& client_id) {
    const auto added = call.service.integrations.add_secret(client_id, call.now);
    if (!added) {
      return console_error(400, "max_client_secrets",
                           "The credential has the maximum of 2 client secrets; delete one first");
    }
    auto body = to_object(added->record);
    body["client_secret"] = added->value.reveal();
    auto answer = json_answer(201, body);
    answer.headers.set("Cache-Control", "no-store");
    return answer;
  });
}

http::ServerResponse remove_secret(const Call& call) {
  return for_credential(call, [&](const std::string& client_id) {
    switch (call.service.integrations.remove_secret(client_id, call.path_values.at("uuid"))) {
      case IntegrationRegistry::Removal::unknown:
        return console_error(404, "not_found", "The credential has no client secret with this uuid");
      case IntegrationRegistry::Removal::last:
        return console_error(400, "last_client_secret", "The last client secret of a credential cannot be deleted");
      case IntegrationRegistry::Removal::done:
        break;
    }
    return http::ServerResponse{.status = 204, .headers = {}, .body = {}};
  });
}

constexpr std::string_view kSecrets = "/console/organizations/{org}/credentials/{credential}/secrets";

}  // namespace

std::vector<Route> console_routes() {
  return {{"GET", kSecrets, Side::api, list_secrets},
          {"POST", kSecrets, Side::api, add_secret},
          {"DELETE", "/console/organizations/{org}/credentials/{credential}/secrets/{uuid}", Side::api, remove_secret}};
}

}  // namespace adit::emulator
