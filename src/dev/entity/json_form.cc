#include "dev/entity/json_form.h"

#include <algorithm>
#include <charconv>

#include "base/text/text.h"
#include "dev/entity/limits.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"

namespace adit::dev {

json::array key_values(const json::object& members) {
  json::array pairs;
  for (const auto& [key, value] : members) pairs.push_back(json::object{{"key", key}, {"value", value}});
  return pairs;
}

json::object from_key_values(const json::value& pairs, std::string_view what) {
  const auto malformed = [] { reject(400, messages::malformed_content(messages::kParametersMalformed)); };
  if (!pairs.is_array()) malformed();
  json::object members;
  for (const auto& pair : pairs.get_array()) {
    const auto* object = pair.if_object();
    const auto* key = object != nullptr ? object->if_contains("key") : nullptr;
    if (key == nullptr || !key->is_string() || key->get_string().empty()) malformed();
    const auto* value = object->if_contains("value");
    members[key->get_string()] = value != nullptr ? *value : json::value();
  }
  if (const auto size = to_json(members).size(); size > kMaxParameterBytes)
    reject(413, messages::entity_too_big(what, size, kMaxParameterBytes));
  return members;
}

json::object limits_json(const app::Limits& limits) {
  return {{"timeout", limits.timeout.count()},
          {"memory", limits.memory_mb},
          {"logs", limits.logs_mb},
          {"concurrency", limits.concurrency}};
}

bool is_truthy(const json::value& value) {
  if (value.is_null()) return false;
  if (value.is_bool()) return value.get_bool();
  if (value.is_number()) return value.to_number<double>() != 0;
  return !value.is_string() || !value.get_string().empty();
}

std::string next_version(std::string_view version) {
  const auto last = version.rfind('.') + 1;
  int patch = 0;
  std::from_chars(version.data() + last, version.data() + version.size(), patch);
  return cat(version.substr(0, last), patch + 1);
}

std::string checked_version(const json::value& version) {
  const auto bad = [] { reject(400, messages::malformed_content("bad semantic version")); };
  if (!version.is_string()) bad();
  const std::string_view text = version.get_string();
  int parts = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++parts) {
    const auto end = std::min(text.find('.', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    if (part.empty() || part.size() > 9 || part.find_first_not_of("0123456789") != std::string_view::npos) bad();
    begin = end + 1;
  }
  if (parts != 3) bad();
  return std::string(text);
}

}  // namespace adit::dev
