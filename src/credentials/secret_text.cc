#include "credentials/secret_text.h"

#include "adit/json.h"

#include "base/text/text.h"

namespace adit {

std::string first_secret(std::string_view text) {
  text = trim(text);
  if (!text.starts_with('[')) return std::string(text);
  const auto parsed = try_parse_json(text);
  if (!parsed || !parsed->is_array()) return std::string(text);
  for (const auto& item : parsed->get_array())
    if (item.is_string() && !item.get_string().empty()) return std::string(trim(item.get_string()));
  return {};
}

}  // namespace adit
