// The bodies of requests that deploy entities. The first byte chooses the kind of entity.
#include "dev/entity/entity_body.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(entity_body) {
  if (bytes.empty()) return;
  const auto kind = bytes.front();
  bytes.remove_prefix(1);
  constexpr std::string_view kOwn = "ns";
  if (kind == 'a') {
    const auto put = accepted([&] { return dev::read_action_put(bytes, kOwn); });
    if (!put || !put->exec) return;
    require(dev::is_known_kind(put->exec->kind), "an accepted action has a known kind");
    for (const auto& part : put->exec->components)
      require(dev::parse_entity_path(part.to_string(), kOwn) == part, "a path that is printed reads as itself");
  } else if (kind == 'p') {
    static_cast<void>(accepted([&] { return dev::read_package_put(bytes, kOwn); }));
  } else if (kind == 't') {
    static_cast<void>(accepted([&] { return dev::read_trigger_put(bytes); }));
  } else {
    const auto put = accepted([&] { return dev::read_rule_put(bytes, kOwn); });
    if (put && put->trigger)
      require(dev::parse_entity_path(put->trigger->to_string(), kOwn) == *put->trigger,
              "a path that is printed reads as itself");
  }
}
