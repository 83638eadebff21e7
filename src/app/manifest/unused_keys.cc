#include "app/manifest/unused_keys.h"

#include <algorithm>

#include "base/text/text.h"

namespace adit::app {

void warn_of_unused_keys(const YamlNode& map, KeyPlace place, std::string_view owner, std::vector<Warning>& warnings) {
  const auto table = manifest_keys();
  for (const auto& entry : map.entries) {
    const auto known =
        std::ranges::find_if(table, [&](const ManifestKey& one) { return one.place == place && one.key == entry.key; });
    if (known == table.end() || known->use == KeyUse::acted_on) continue;
    if (known->use == KeyUse::without_effect) {
      warnings.push_back(
          {cat("The key `", entry.key, "` of ", owner, " has no effect: neither Adobe's tools nor adit act on it."),
           "Remove it, or keep it as a note for readers.", entry.where(), "", Warning::Kind::without_effect,
           entry.key});
    } else {
      warnings.push_back({cat("adit does not act on the key `", entry.key, "` of ", owner, ": ", known->about, "."),
                          "Do nothing if you deploy the project with `aio`, which acts on it.", entry.where(), "",
                          Warning::Kind::left_to_aio, entry.key});
    }
  }
}

}  // namespace adit::app
