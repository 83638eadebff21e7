#include "webhook.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "adit/base64.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/json.h"
#include "adit/signing_key.h"

namespace {

/// Put your code here. Adobe delivers an event at least once, so the same event may arrive again.
void handle(const boost::json::object& event, const adit::Logger& log) { log.info("event " + adit::to_json(event)); }

std::optional<std::string> query_value(const std::string& query, std::string_view name) {
  for (const auto& [field, value] : adit::http::parse_query(query))
    if (field == name) return value;
  return std::nullopt;
}

/// The platform passes a raw body as base64 if it is JSON or binary.
std::string body_of(const adit::Params& params) {
  const auto text = params.get_or("__ow_body", "");
  return adit::base64_decode(text).value_or(text);
}

/// Fetches and caches Adobe's public keys. They change rarely; a changed key has a new name.
adit::jwt::PublicKey key_at(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, adit::jwt::PublicKey> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(path); found != known.end()) return found->second;
  const auto answer = adit::http::Request::get("https://static.adobeioevents.com" + path).send();
  auto key = adit::jwt::PublicKey::from_pem(answer.body());
  known.emplace(path, key);
  return key;
}

/// Checks one of the two signatures that Adobe sends. The sender chooses the path: with another beginning it could name
/// another host.
bool is_signed(const adit::Params& params, const std::string& body, const std::string& number) {
  const auto path = params.header("x-adobe-public-key" + number + "-path").value_or("");
  const auto signature = adit::base64_decode(params.header("x-adobe-digital-signature-" + number).value_or(""));
  if (!path.starts_with("/prod/keys/") || !signature || signature->empty()) return false;
  try {
    return key_at(path).verify(adit::jwt::Algorithm::RS256, body, *signature);
  } catch (const adit::Error&) {
    return false;
  }
}

}  // namespace

adit::Response run(const adit::Params& params, const adit::Activation& activation) {
  const adit::Logger log("webhook", params.get_or("LOG_LEVEL", "info"));
  log.debug("activation " + activation.id);
  if (const auto missing = adit::missing_inputs(params, {"WEBHOOK_CLIENT_ID"}))
    return adit::error_response(400, *missing, log);

  if (params.get_or("__ow_method", "get") == "get") {
    const auto challenge = query_value(params.get_or("__ow_query", ""), "challenge");
    return adit::Response::text(200, challenge.value_or("ready for events"));
  }
  const auto body = body_of(params);
  if (!is_signed(params, body, "1") && !is_signed(params, body, "2"))
    return adit::error_response(401, "the event is not signed by Adobe", log);
  const auto event = adit::try_parse_json(body);
  if (!event || !event->is_object()) return adit::error_response(400, "the event is not a JSON object", log);
  if (adit::string_member(event->get_object(), "recipient_client_id") != params.require("WEBHOOK_CLIENT_ID"))
    return adit::error_response(401, "the event is for another client", log);
  handle(event->get_object(), log);
  return adit::Response::empty(200);
}
