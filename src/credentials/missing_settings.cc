#include "credentials/missing_settings.h"

#include "base/text/text.h"

namespace adit {

std::string list_missing(std::span<const std::string> absent, std::span<const std::string> empty) {
  auto not_set = absent.empty() ? std::string() : cat("Not set: ", join(absent, ", "), '.');
  if (empty.empty()) return not_set;
  return cat(not_set, absent.empty() ? "" : " ", "Empty: ", join(empty, ", "), '.');
}

}  // namespace adit
