#include "emulator/apis/state.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "adit/base64.h"

#include "base/json/exact_integer.h"
#include "base/text/text.h"
#include "emulator/apis/gateway.h"
#include "emulator/apis/state_store.h"
#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;
constexpr std::size_t kMaxValueBytes = 1U << 20U;
constexpr std::chrono::seconds kDefaultLife = std::chrono::hours(24);
constexpr std::chrono::seconds kMaxLife = std::chrono::hours(24 * 365);

struct StateRefusal {
  int status;
  std::string message;
};

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_key_character(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

/// `ORG-PROJECT[-WORKSPACE]`, with `development-` before it on stage: what the Developer Console makes. The service
/// takes no older namespace. `guest` is the namespace of a project that names none (runtime_settings.h).
bool is_namespace(std::string_view text) {
  constexpr std::string_view kStage = "development-";
  if (text == "guest") return true;
  if (text.starts_with(kStage)) text.remove_prefix(kStage.size());
  const auto parts = split_list(text, '-');
  if (parts.size() < 2 || parts.size() > 3 || text.ends_with('-') || text.find("--") != std::string_view::npos)
    return false;
  const auto& org = parts.front();
  const bool is_org = org.size() >= 3 && org.size() <= 10 &&
                      std::ranges::all_of(org, [](char c) { return c >= '0' && c <= '9'; }) && text.starts_with(org);
  return is_org && std::all_of(parts.begin() + 1, parts.end(), [](const std::string& part) {
           return part.size() <= 20 && std::ranges::all_of(part, is_lower_or_digit);
         });
}

/// Throws StateRefusal unless `text` is a key, or a pattern of keys, which may also contain `*`.
const std::string& checked(const std::string& text, std::string_view what, bool with_star) {
  const bool fits = !text.empty() && text.size() <= kMaxKeyBytes && std::ranges::all_of(text, [with_star](char c) {
    return is_key_character(c) || (with_star && c == '*');
  });
  if (fits) return text;
  throw StateRefusal{400, cat(what, " must be 1 to 1024 of the characters a-z A-Z 0-9 - _ .", with_star ? " *" : "")};
}

std::optional<std::string> query_value(const Call& call, std::string_view name) {
  for (auto& [given, value] : http::parse_query(call.request.query))
    if (given == name) return std::move(value);
  return std::nullopt;
}

/// The number in the query; 0 if there is none. Throws StateRefusal if it is not a number up to `most`.
std::uint64_t query_number(const Call& call, std::string_view name, std::uint64_t most) {
  const auto text = query_value(call, name);
  if (!text) return 0;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (text->empty() || error != std::errc() || end != text->data() + text->size() || number > most)
    throw StateRefusal{400, cat(name, " must be a whole number from 0 to ", most)};
  return number;
}

/// Each region is a service by itself, with its own host: `storage-state-emea.app-builder.adp.adobe.io`. A request to
/// the emulator's own address has no region.
std::string service_of(const http::ServerRequest& request) {
  const auto host = to_lower(trim(request.headers.get_or_empty("host")));
  return host.starts_with("storage-state-") ? host.substr(0, host.find(':')) : std::string("default");
}

/// The container that the request may use. Throws StateRefusal.
std::string container_of(const Call& call) {
  const auto& name_space = call.path_values.at("namespace");
  const auto given = basic_credentials(call.request);
  if (!given) throw StateRefusal{401, "the header Authorization is not Basic with the namespace's key (USER:PASSWORD)"};
  if (!is_namespace(name_space))
    throw StateRefusal{401, "the service accepts only namespaces of the Developer Console: ORG-PROJECT[-WORKSPACE]"};
  if (!call.service.namespace_keys.belongs(given->first, name_space))
    throw StateRefusal{401, "the key is of another namespace: it was used with that one before"};
  return cat(service_of(call.request), '/', name_space);
}

http::ServerResponse state_error(const StateRefusal& refusal) {
  return json_answer(refusal.status, json::object{{"error", refusal.message}});
}

template <typename Answer>
http::ServerResponse in_container(const Call& call, const Answer& answer) {
  auto given = [&] {
    try {
      count_api_call(call, false);
      return answer(container_of(call));
    } catch (const StateRefusal& refusal) {
      count_api_call(call, true);
      call.notes.error = cat("state_", refusal.status);
      call.notes.reason = refusal.message;
      return state_error(refusal);
    }
  }();
  given.headers.set("X-Request-Id", random_uuid());
  return given;
}

/// A key that does not exist is not a refusal, because caches ask for such keys.
http::ServerResponse not_there() { return state_error({404, "not found"}); }

http::ServerResponse get_value(const Call& call) {
  return in_container(call, [&](const std::string& container) {
    auto value = call.service.state.get(container, checked(call.path_values.at("key"), "the key", false), call.now);
    if (!value) return not_there();
    http::ServerResponse answer{.status = 200, .headers = {}, .body = std::move(value->bytes)};
    answer.headers.set("Content-Type", "application/octet-stream");
    answer.headers.set("x-key-expires-ms", std::to_string(value->expires.time_since_epoch().count()));
    return answer;
  });
}

http::ServerResponse put_value(const Call& call) {
  return in_container(call, [&](const std::string& container) {
    const auto& key = checked(call.path_values.at("key"), "the key", false);
    if (call.request.body.size() > kMaxValueBytes) throw StateRefusal{413, "the value is larger than 1 MB"};
    const auto life = query_number(call, "ttl", static_cast<std::uint64_t>(kMaxLife.count()));
    const auto expires = call.now + (life == 0 ? kDefaultLife : std::chrono::seconds(life));
    if (!call.service.state.put(container, key, {std::string(call.request.body), expires}, call.now))
      throw StateRefusal{507, "the emulator holds 200,000 keys a container and 256 MB in all; delete some"};
    return http::ServerResponse{.status = 204, .headers = {}, .body = {}};
  });
}

http::ServerResponse delete_value(const Call& call) {
  return in_container(call, [&](const std::string& container) {
    const auto& key = checked(call.path_values.at("key"), "the key", false);
    if (!call.service.state.remove(container, key, call.now)) return not_there();
    return http::ServerResponse{.status = 204, .headers = {}, .body = {}};
  });
}

http::ServerResponse list_keys(const Call& call) {
  return in_container(call, [&](const std::string& container) {
    const auto pattern = checked(query_value(call, "match").value_or("*"), "match", true);
    const auto page =
        call.service.state.list(container, pattern, query_number(call, "cursor", kMaxExactInteger), call.now);
    if (!page) return not_there();
    json::array keys(page->keys.begin(), page->keys.end());
    return json_answer(200, json::object{{"keys", std::move(keys)}, {"cursor", page->cursor}});
  });
}

http::ServerResponse container_size(const Call& call) {
  return in_container(call, [&](const std::string& container) {
    const auto size = call.service.state.size_of(container, call.now);
    if (!size) return not_there();
    return json_answer(
        200, json::object{{"keys", size->keys}, {"bytesKeys", size->bytes_keys}, {"bytesValues", size->bytes_values}});
  });
}

/// Without `matchData` the whole container is deleted.
http::ServerResponse delete_container(const Call& call) {
  return in_container(call, [&](const std::string& container) {
    const auto pattern = checked(query_value(call, "matchData").value_or("*"), "matchData", true);
    const auto removed = call.service.state.remove_matching(container, pattern, call.now);
    return removed ? json_answer(200, json::object{{"keys", *removed}}) : not_there();
  });
}

}  // namespace

std::vector<Route> state_routes() {
  return {{"GET", "/containers/{namespace}/data/{key}", Side::api, get_value},
          {"PUT", "/containers/{namespace}/data/{key}", Side::api, put_value},
          {"DELETE", "/containers/{namespace}/data/{key}", Side::api, delete_value},
          {"GET", "/containers/{namespace}/data", Side::api, list_keys},
          {"GET", "/containers/{namespace}", Side::api, container_size},
          {"DELETE", "/containers/{namespace}", Side::api, delete_container}};
}

}  // namespace adit::emulator
