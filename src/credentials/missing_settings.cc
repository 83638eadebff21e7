#include "credentials/missing_settings.h"

#include "base/text.h"

namespace adit {

std::string list_missing(std::span<const std::string> absent, std::span<const std::string> empty) {
  auto text = join(absent, ", ");
  if (empty.empty()) return text;
  return cat(text, absent.empty() ? "" : ", and ", join(empty, ", "),
             empty.size() == 1 ? ", which is set, but empty" : ", which are set, but empty");
}

}  // namespace adit
