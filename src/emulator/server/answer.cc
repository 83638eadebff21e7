#include "emulator/server/answer.h"

#include <array>
#include <random>

#include "adit/base64.h"

#include "base/random_seed.h"
#include "base/text/text.h"
#include "http/authorization.h"
#include "issuers/ims/token_refusal.h"

namespace adit::emulator {
namespace {

// Random numbers for names and ids, not for keys. They must be unique; they may be predictable.
std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine = [] {
    std::seed_seq seed{random_seed(), random_seed(), random_seed(), random_seed(),
                       random_seed(), random_seed(), random_seed(), random_seed()};
    return std::mt19937_64(seed);
  }();
  return engine;
}

}  // namespace

http::ServerResponse json_answer(int status, const json::value& body) {
  return http::ServerResponse::json(status, body);
}

http::ServerResponse ims_json(int status, const json::value& body) {
  auto response = http::ServerResponse::json(status, body);
  response.headers.set("Content-Type", "application/json;charset=UTF-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Pragma", "no-cache");
  return response;
}

http::ServerResponse ims_refusal(const ImsRefusal& refusal) {
  auto answer =
      ims_json(refusal.status, json::object{{"error", refusal.error}, {"error_description", refusal.description}});
  if (refusal.basic_challenge) answer.headers.set("WWW-Authenticate", "Basic realm=\"IMS\"");
  if (refusal.no_integrations) answer.headers.set(std::string(ims::kEmulatorState), std::string(ims::kNoIntegrations));
  if (refusal.retry_after) answer.headers.set("Retry-After", std::to_string(refusal.retry_after->count()));
  return answer;
}

namespace {

std::string_view credentials_of(const http::ServerRequest& request, std::string_view scheme) {
  return http::authorization_credentials(request.headers.get_or_empty("authorization"), scheme);
}

/// RFC 6749 section 3.2 forbids a parameter that occurs twice. Servers would differ in which one they use.
std::map<std::string, std::string, std::less<>> once_each(std::vector<std::pair<std::string, std::string>> fields) {
  std::map<std::string, std::string, std::less<>> values;
  for (auto& [name, value] : fields) {
    const auto [place, added] = values.try_emplace(std::move(name), std::move(value));
    if (!added) throw ImsRefusal{400, "invalid_request", cat("The parameter ", place->first, " is given twice")};
  }
  return values;
}

}  // namespace

std::string_view bearer_token(const http::ServerRequest& request) { return credentials_of(request, "Bearer"); }

std::optional<std::pair<std::string, std::string>> basic_credentials(const http::ServerRequest& request) {
  const auto pair = base64_decode(credentials_of(request, "Basic"));
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return std::pair{pair->substr(0, colon), pair->substr(colon + 1)};
}

std::string pseudo_random_hex(std::size_t digits) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  while (text.size() < digits) text += kDigits[generator()() % 16];
  return text;
}

std::string random_uuid() {
  auto hex = to_lower(pseudo_random_hex(32));
  hex[12] = '4';
  hex[16] = "89ab"[generator()() % 4];
  return cat(hex.substr(0, 8), '-', hex.substr(8, 4), '-', hex.substr(12, 4), '-', hex.substr(16, 4), '-',
             hex.substr(20));
}

Parameters::Parameters(const http::ServerRequest& request) {
  if (!request.body.empty()) {
    try {
      values_ = once_each(http::parse_form(request));
    } catch (const Error&) {
      throw ImsRefusal{400, "bad_request",
                       "The request body is neither application/x-www-form-urlencoded nor multipart/form-data"};
    }
  }
  try {
    values_.merge(once_each(http::parse_query(request.query)));
  } catch (const Error&) {
    throw ImsRefusal{400, "bad_request", "The query has too many parameters"};
  }
}

bool Parameters::take_basic(const http::ServerRequest& request, Basic spelling) {
  if (credentials_of(request, "Basic").empty()) return false;
  const auto given = basic_credentials(request);
  if (!given)
    throw ImsRefusal{401, "invalid_client", "Authorization: Basic contains no client id and secret", {}, true};
  if (values_.contains("client_secret"))
    throw ImsRefusal{400, "invalid_request", "The client authenticates in two ways at once"};
  const auto read = [spelling](std::string_view part) {
    return spelling == Basic::encoded ? form_decode(part) : std::string(part);
  };
  auto id = read(given->first);
  if (const auto named = get("client_id"); !named.empty() && named != id)
    throw ImsRefusal{400, "invalid_request", "The parameter client_id is not the client of Authorization: Basic"};
  values_["client_id"] = std::move(id);
  values_["client_secret"] = read(given->second);
  return true;
}

std::string_view Parameters::get(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace adit::emulator
