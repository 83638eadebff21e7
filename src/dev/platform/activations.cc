#include "dev/platform/activations.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "adit/error.h"

#include "base/text/text.h"
#include "dev/entity/entity_name.h"
#include "dev/entity/messages.h"
#include "dev/platform/list_query.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

constexpr std::string_view kCollection = "activations";

struct ActivationQuery {
  ListQuery list;
  std::optional<long long> since;
  std::optional<long long> upto;
  /// `PACKAGE/ACTION`, or `ACTION` for an action in no package; empty: any.
  std::string name;
  bool docs = false;
};

std::optional<long long> time_in(std::string_view query, std::string_view name) {
  const auto text = parameter(query, name);
  if (!text) return std::nullopt;
  long long number = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  if (read.ec != std::errc() || read.ptr != text->data() + text->size())
    refuse_parameter(name, messages::bad_epoch(*text));
  return number;
}

/// Whether the text has the form `ACTION` or `PACKAGE/ACTION`.
bool is_name_filter(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_entity_name(text);
  return is_entity_name(text.substr(0, slash)) && is_entity_name(text.substr(slash + 1));
}

ActivationQuery activation_query(std::string_view query) {
  ActivationQuery asked;
  asked.list = list_query(query, kCollection);
  asked.since = time_in(query, "since");
  asked.upto = time_in(query, "upto");
  asked.docs = flag(query, "docs", false);
  asked.name = parameter(query, "name").value_or("");
  if (trim(asked.name).empty()) {
    asked.name.clear();
  } else if (!is_name_filter(asked.name)) {
    refuse_parameter("name", messages::bad_name_filter(asked.name));
  }
  return asked;
}

}  // namespace

void Activations::add(const ActivationRecord& record) {
  auto full = record.to_json();
  const auto slash = record.path.find('/');
  const auto bytes = to_json(full).size();
  Entry kept{.id = record.id,
             .full_name = slash == std::string::npos ? record.path : record.path.substr(slash + 1),
             .start_ms = record.start.time_since_epoch().count(),
             .bytes = bytes,
             .record = std::move(full),
             .summary = record.summary()};
  const std::lock_guard lock(mutex_);
  bytes_ += kept.bytes;
  kept_.push_back(std::move(kept));
  while (kept_.size() > capacity_ || (bytes_ > max_bytes_ && kept_.size() > 1)) {
    bytes_ -= kept_.front().bytes;
    kept_.pop_front();
  }
}

std::size_t Activations::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

http::ServerResponse Activations::answer(std::string_view path, std::string_view query) const {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) {
    try {
      return list(query);
    } catch (const Error& error) {
      return platform_error(400, error.message());
    }
  }
  const auto slash = std::min(path.find('/'), path.size());
  return one(path.substr(0, slash), path.substr(slash));
}

http::ServerResponse Activations::list(std::string_view query) const {
  const auto asked = activation_query(query);
  if (asked.list.count && asked.docs) return platform_error(400, messages::kDocsWithCount);
  const auto fits = [&asked](const Entry& kept) {
    return (!asked.since || kept.start_ms >= *asked.since) && (!asked.upto || kept.start_ms <= *asked.upto) &&
           (asked.name.empty() || kept.full_name == asked.name);
  };
  json::array found;
  int passed = 0;
  const std::lock_guard lock(mutex_);
  for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept) {
    if (!fits(*kept) || passed++ < asked.list.skip) continue;
    if (asked.list.count) continue;
    if (std::ssize(found) >= asked.list.limit) break;
    found.push_back(asked.docs ? kept->record : kept->summary);
  }
  if (asked.list.count)
    return http::ServerResponse::json(200, json::object{{kCollection, std::max(0, passed - asked.list.skip)}});
  return http::ServerResponse::json(200, found);
}

http::ServerResponse Activations::one(std::string_view id, std::string_view part) const {
  if (id.size() != 32) return platform_error(400, messages::activation_id_length(id.size()));
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::ranges::all_of(id, is_hex)) return platform_error(400, messages::kActivationIdIllegal);
  const std::lock_guard lock(mutex_);
  const auto kept = std::ranges::find(kept_, id, &Entry::id);
  if (kept == kept_.end()) return platform_error(404);
  if (part.empty() || part == "/") return http::ServerResponse::json(200, kept->record);
  if (part == "/result") return http::ServerResponse::json(200, kept->record.at("response"));
  if (part == "/logs") return http::ServerResponse::json(200, json::object{{"logs", kept->record.at("logs")}});
  return platform_error(404);
}

}  // namespace adit::dev
