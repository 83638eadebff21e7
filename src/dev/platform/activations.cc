#include "dev/platform/activations.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "adit/error.h"

#include "base/text.h"
#include "dev/web/web_action.h"

namespace adit::dev {
namespace {

constexpr long long kMaxLimit = 200;
constexpr long long kDefaultLimit = 30;

std::optional<long long> whole_number(std::string_view text) {
  long long number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

Error malformed(std::string_view parameter, std::string_view why) {
  return Error::configuration("invalid_query", cat("The query parameter '", parameter, "' was malformed:\n", why));
}

struct Wishes {
  long long limit = kDefaultLimit;
  long long skip = 0;
  std::optional<long long> since;
  std::optional<long long> upto;
  std::string name;
  bool docs = false;
  bool count = false;
};

long long limit_from(std::string_view text) {
  const auto number = whole_number(text);
  if (!number) throw malformed("limit", cat("The value '", text, "' is not an integer for activations."));
  if (*number < 0 || *number > kMaxLimit) {
    throw malformed("limit",
                    cat("The value '", text, "' is not in the range of 0 to ", kMaxLimit, " for activations."));
  }
  return *number == 0 ? kMaxLimit : *number;
}

long long skip_from(std::string_view text) {
  const auto number = whole_number(text);
  if (!number) throw malformed("skip", cat("The value '", text, "' is not an integer for activations."));
  if (*number < 0)
    throw malformed("skip", cat("The value '", text, "' is not greater than or equal to 0 for activations."));
  return *number;
}

long long time_from(std::string_view parameter, std::string_view text) {
  const auto number = whole_number(text);
  if (!number) throw malformed(parameter, cat("Parameter is not a valid value for epoch seconds: ", text));
  return *number;
}

bool boolean_from(std::string_view parameter, std::string_view text) {
  if (equals_ignoring_case(text, "true")) return true;
  if (equals_ignoring_case(text, "false")) return false;
  throw malformed(parameter, cat("'", text, "' is not a valid Boolean value"));
}

std::string name_from(std::string_view text) {
  auto name = std::string(trim(text));
  if (std::ranges::count(name, '/') > 1)
    throw malformed("name", cat("Parameter may be a 'simple' name or 'package-name/simple' name: ", text));
  return name;
}

Wishes wishes_of(std::string_view query) {
  Wishes wishes;
  for (const auto& [name, value] : http::parse_query(query)) {
    if (name == "limit") wishes.limit = limit_from(value);
    if (name == "skip") wishes.skip = skip_from(value);
    if (name == "since") wishes.since = time_from(name, value);
    if (name == "upto") wishes.upto = time_from(name, value);
    if (name == "name") wishes.name = name_from(value);
    if (name == "docs") wishes.docs = boolean_from(name, value);
    if (name == "count") wishes.count = boolean_from(name, value);
  }
  return wishes;
}

/// What the list tells of a record: all but the result and the log.
json::object summary(const json::object& record) {
  auto short_form = record;
  short_form["statusCode"] = record.at("response").at("statusCode");
  short_form.erase("response");
  short_form.erase("logs");
  return short_form;
}

}  // namespace

void Activations::add(const ActivationRecord& record, std::string_view cause) {
  auto full = record.to_json();
  if (!cause.empty()) {
    full["cause"] = cause;
    full["annotations"].as_array().push_back(json::object{{"key", "causedBy"}, {"value", "sequence"}});
  }
  const auto slash = record.path.find('/');
  const auto bytes = to_json(full).size();
  Kept kept{.id = record.id,
            .name = record.name,
            .full_name = slash == std::string::npos ? record.path : record.path.substr(slash + 1),
            .start_ms = record.start.time_since_epoch().count(),
            .bytes = bytes,
            .record = std::move(full)};
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
  const auto wishes = wishes_of(query);
  if (wishes.count && wishes.docs) return platform_error(400, "The parameter 'docs' is not permitted with 'count'.");
  const auto fits = [&wishes](const Kept& kept) {
    const auto& name = wishes.name.find('/') == std::string::npos ? kept.name : kept.full_name;
    return (!wishes.since || kept.start_ms >= *wishes.since) && (!wishes.upto || kept.start_ms <= *wishes.upto) &&
           (wishes.name.empty() || name == wishes.name);
  };
  json::array found;
  long long passed = 0;
  const std::lock_guard lock(mutex_);
  for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept) {
    if (!fits(*kept) || passed++ < wishes.skip) continue;
    if (wishes.count) continue;
    if (static_cast<long long>(found.size()) >= wishes.limit) break;
    found.push_back(wishes.docs ? kept->record : summary(kept->record));
  }
  if (wishes.count)
    return http::ServerResponse::json(200, json::object{{"activations", std::max(0LL, passed - wishes.skip)}});
  return http::ServerResponse::json(200, found);
}

http::ServerResponse Activations::one(std::string_view id, std::string_view part) const {
  if (id.size() != 32) return platform_error(400, cat("Activation id length is ", id.size(), " but must be 32."));
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  if (!std::ranges::all_of(id, is_hex)) return platform_error(400, "The activation id is not valid.");
  const auto wanted = to_lower(id);
  const std::lock_guard lock(mutex_);
  const auto kept = std::ranges::find(kept_, wanted, &Kept::id);
  if (kept == kept_.end()) return platform_error(404);
  if (part.empty() || part == "/") return http::ServerResponse::json(200, kept->record);
  if (part == "/result") return http::ServerResponse::json(200, kept->record.at("response"));
  if (part == "/logs") return http::ServerResponse::json(200, json::object{{"logs", kept->record.at("logs")}});
  return platform_error(404);
}

}  // namespace adit::dev
