#include "adit/json.h"
#include "adit/jwt.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::jwt;
using namespace adit::fuzz;

ADIT_FUZZ(jwks) {
  accepted([&] { return read_keys(bytes).keys().size(); });
  const auto set = accepted([&] { return Jwks::parse(bytes); });
  if (!set) return;
  const auto again = Jwks::parse(to_json(set->to_json_object()));
  require(again.keys().size() == set->keys().size(), "a set that is printed reads as itself");
  for (std::size_t i = 0; i < again.keys().size(); ++i) {
    const auto& [before, after] = std::pair(set->keys()[i], again.keys()[i]);
    require(before.key == after.key && before.key_id == after.key_id && before.algorithm == after.algorithm,
            "a key that is printed reads as itself");
  }
}
