#include "app/manifest/limits.h"

#include <array>

#include "app/yaml/shape.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

struct Range {
  std::string_view name;
  std::string_view old_name;
  std::int64_t least;
  std::int64_t most;
  std::string_view unit;
};

// https://developer.adobe.com/runtime/docs/guides/using/system-settings/
constexpr Range kTimeout{"timeout", "", 100, 10'800'000, "milliseconds"};
constexpr Range kMemory{"memory", "memorySize", 128, 4096, "megabytes"};
constexpr Range kConcurrency{"concurrency", "concurrentActivations", 1, 500, "activations"};
constexpr Range kLogs{"logs", "logSize", 0, 10, "megabytes"};

/// Prefers the longer name, as adobe/aio-lib-runtime does.
const YamlEntry* find_either(const YamlNode& limits, const Range& range) {
  const auto* entry = range.old_name.empty() ? nullptr : limits.find_entry(range.old_name);
  return entry == nullptr || entry->value.is_null() ? limits.find_entry(range.name) : entry;
}

std::int64_t read_limit(const YamlNode& limits, const Range& range, std::int64_t fallback, const std::string& owner) {
  const auto* entry = find_either(limits, range);
  if (entry == nullptr || entry->value.is_null()) return fallback;
  const auto* node = &entry->value;
  const auto number = to_json_value(*node);
  const auto bounds = cat(range.least, " to ", range.most, " ", range.unit);
  if (!number.is_number())
    throw wrong_shape(cat("The limit `", entry->key, "` of ", owner), Shape::scalar, cat("a number (", bounds, ")"),
                      *node)
        .hint(node->is_string() ? "Write the number without quotes and without a unit." : "");
  if (!number.is_int64() || number.get_int64() < range.least || number.get_int64() > range.most)
    throw Error::configuration("invalid_limit", cat("The limit `", entry->key, "` of ", owner, " is ", node->text,
                                                    "; it must be a whole number from ", bounds, "."))
        .hint(cat("The default is ", fallback, "."))
        .at(node->where());
  return number.get_int64();
}

}  // namespace

Limits read_limits(const YamlNode* node, const std::string& owner, std::vector<Warning>& warnings, OnError on_error,
                   std::vector<Error>& errors) {
  Limits limits;
  if (node == nullptr) return limits;
  limits.is_given = true;
  limits.is_concurrency_given = node->find("concurrency") != nullptr || node->find("concurrentActivations") != nullptr;
  static const std::array<std::string, 7> kKnown = {"timeout",    "memory",  "concurrency",          "logs",
                                                    "memorySize", "logSize", "concurrentActivations"};
  warn_of_unknown_keys(*node, kKnown, cat("`limits` of ", owner), Unknown::all, warnings);
  const auto* logs = node->find_entry("logs");
  if (logs != nullptr && node->find("logSize") == nullptr)
    warnings.push_back(
        {cat("The limit `logs` of ", owner, " has no effect when Adobe's tools deploy it: they read `logSize`."),
         "Write `logSize` instead.", logs->where()});
  const auto read = [&](const Range& range, auto& limit, std::int64_t fallback) {
    using Limit = std::remove_reference_t<decltype(limit)>;
    guarded(on_error, errors, [&] { limit = static_cast<Limit>(read_limit(*node, range, fallback, owner)); });
  };
  read(kTimeout, limits.timeout, limits.timeout.count());
  read(kMemory, limits.memory_mb, limits.memory_mb);
  read(kConcurrency, limits.concurrency, limits.concurrency);
  read(kLogs, limits.logs_mb, limits.logs_mb);
  return limits;
}

}  // namespace adit::app
