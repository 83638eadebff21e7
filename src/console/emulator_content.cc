#include "console/emulator_content.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/json.h"

#include "base/text/text.h"
#include "emulator/server/history.h"
#include "emulator/server/service.h"
#include "emulator/server/stats.h"

namespace adit::console {
namespace {

using emulator::History;
using emulator::Service;

json::array texts(const std::vector<std::string>& list) {
  json::array texts;
  for (const auto& text : list) texts.emplace_back(text);
  return texts;
}

std::int64_t ms_of(WallTime time) { return time.time_since_epoch().count(); }

json::value rate_text(const std::optional<emulator::Rate>& rate) {
  return rate ? json::value(rate->to_string()) : json::value(nullptr);
}

/// The emulator's time, which a fault may move.
WallTime now_of(const Service& service) { return service.clock().wall_now() + service.faults.clock_skew(); }

json::object request_shown(const History::Request& request) {
  const auto& record = request.record;
  json::object shown{{"number", request.number}, {"time_ms", ms_of(record.time)},
                     {"method", record.method},  {"path", record.path},
                     {"status", record.status},  {"duration_ms", static_cast<double>(record.took.count()) / 1000}};
  for (const auto& [name, text] : {std::pair("client_id", &record.client_id), std::pair("error", &record.error),
                                   std::pair("reason", &record.reason), std::pair("debug_id", &record.debug_id)})
    if (!text->empty()) shown[name] = *text;
  if (record.faults > 0) shown["faults"] = record.faults;
  return shown;
}

json::array requests_shown(const std::vector<History::Request>& requests) {
  json::array list;
  for (const auto& request : requests) list.push_back(request_shown(request));
  return list;
}

json::object token_shown(const Service& service, const emulator::IssuedToken& token, WallTime now) {
  const auto* state = service.is_revoked(token) ? "revoked" : token.expires <= now ? "expired" : "valid";
  return {{"id", token.id},
          {"client_id", token.client_id},
          {"grant", token.grant},
          {"scopes", texts(token.scopes)},
          {"key_id", token.key_id},
          {"issued_ms", ms_of(token.issued)},
          {"expires_ms", ms_of(token.expires)},
          {"state", state}};
}

json::object tokens_shown(const Service& service) {
  const auto now = now_of(service);
  json::array tokens;
  for (const auto& token : service.history.tokens()) tokens.push_back(token_shown(service, token, now));
  return {{"now_ms", ms_of(now)},
          {"tokens", std::move(tokens)},
          {"refused", requests_shown(service.history.refused())},
          {"keys", texts(service.key_ids(now))}};
}

json::object integration_shown(const Service& service, const emulator::Integration& integration) {
  json::array secrets;
  for (const auto& record : service.integrations.secrets(integration.client_id)) {
    json::object secret{{"created_ms", ms_of(record.created)}};
    if (record.last_used) {
      secret["last_used_ms"] = ms_of(*record.last_used);
      secret["grant"] = record.grant;
    }
    secrets.push_back(std::move(secret));
  }
  return {{"client_id", integration.client_id},
          {"org_id", integration.org_id},
          {"technical_account_id", integration.technical_account_id},
          {"metascopes", texts(integration.metascopes)},
          {"scopes", texts(integration.scopes)},
          {"certificates", integration.public_keys.size()},
          {"may_exchange_jwt", integration.may_exchange_jwt},
          {"converted_to_oauth", integration.converted_to_oauth},
          {"product_profiles", texts(integration.product_profiles)},
          {"token_rate", rate_text(integration.token_rate)},
          {"api_rate", rate_text(integration.api_rate)},
          {"secrets", std::move(secrets)}};
}

json::object emulator_shown(const Service& service) {
  json::array integrations;
  for (const auto& integration : service.integrations.list())
    integrations.push_back(integration_shown(service, *integration));
  json::array faults;
  for (const auto& fault : service.faults.list()) faults.push_back(fault.to_json_object());
  const auto rates = service.rates();
  return {{"origin", service.origin()},
          {"integrations", std::move(integrations)},
          {"faults", std::move(faults)},
          {"rates", {{"token", rate_text(rates.token)}, {"api", rate_text(rates.api)}}},
          {"stats", emulator::stats_of(service)}};
}

/// `nullopt` is no limit.
std::optional<emulator::Rate> rate_in(const json::object& asked, std::string_view name) {
  const auto text = trim(string_member(asked, name));
  return text.empty() ? std::nullopt : std::optional(emulator::Rate::parse(text));
}

http::ServerResponse done() { return http::ServerResponse::json(200, json::object{{"done", true}}); }

}  // namespace

EmulatorContent::EmulatorContent(emulator::Emulator& emulator, EventStream& events)
    : emulator_(emulator), service_(emulator::service_of(emulator)), events_(events) {
  service_.history.watch(
      [this](const History::Request& request) { events_.publish("request", request_shown(request)); });
}

EmulatorContent::~EmulatorContent() { service_.history.watch({}); }

std::optional<http::ServerResponse> EmulatorContent::show(std::string_view path) {
  if (path == "tokens") return http::ServerResponse::json(200, tokens_shown(service_));
  if (path == "emulator") return http::ServerResponse::json(200, emulator_shown(service_));
  if (path == "requests")
    return http::ServerResponse::json(200, json::object{{"requests", requests_shown(service_.history.requests())}});
  return std::nullopt;
}

std::string EmulatorContent::reason_for(std::string_view request_id) const {
  if (request_id.empty()) return {};
  for (const auto& [number, record] : service_.history.requests()) {
    if (record.debug_id != request_id) continue;
    return record.reason.empty() && record.faults > 0 ? "a fault is switched on for it" : record.reason;
  }
  return {};
}

std::optional<http::ServerResponse> EmulatorContent::change(std::string_view path, const http::ServerRequest& request) {
  const auto parsed = try_parse_json(request.body);
  if (!parsed || !parsed->is_object()) return bad_request("The body must be a JSON object.");
  const auto& asked = parsed->get_object();
  if (path == "tokens/revoke") {
    const auto token = service_.history.find(string_member(asked, "id"));
    if (!token) return bad_request("The emulator does not remember this token.");
    if (!service_.revoke(*token)) return bad_request("The emulator cannot remember more revoked tokens.");
  } else if (path == "keys/rotate") {
    service_.rotate_key();
  } else if (path == "faults") {
    service_.add_faults({emulator::Fault::from_json(asked)});
  } else if (path == "faults/remove") {
    service_.faults.remove(emulator::Fault::from_json(asked));
  } else if (path == "rates") {
    auto rates = service_.rates();
    if (asked.contains("token")) rates.token = rate_in(asked, "token");
    if (asked.contains("api")) rates.api = rate_in(asked, "api");
    service_.set_rates(rates);
  } else {
    return std::nullopt;
  }
  events_.publish("emulator", json::object{});
  return done();
}

}  // namespace adit::console
