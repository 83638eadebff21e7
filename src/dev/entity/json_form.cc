#include "dev/entity/json_form.h"

namespace adit::dev {

json::array key_values(const json::object& members) {
  json::array pairs;
  for (const auto& [key, value] : members) pairs.push_back(json::object{{"key", key}, {"value", value}});
  return pairs;
}

json::object limits_json(const app::Limits& limits) {
  return {{"timeout", limits.timeout.count()},
          {"memory", limits.memory_mb},
          {"logs", limits.logs_mb},
          {"concurrency", limits.concurrency}};
}

}  // namespace adit::dev
