#include "config/hjson.h"

#include <string>

#include "adit/json.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(hjson) {
  const auto plain = try_parse_json(bytes);
  const auto value = accepted([&] { return parse_hjson(bytes, "The text"); });
  if (plain && (plain->is_object() || plain->is_array()))
    require(value && to_json(*value) == to_json(*plain), "every JSON text is Hjson and means the same");
  if (!value) return;
  const auto printed = to_json(*value);
  // Bytes that are not UTF-8 are printed as U+FFFD, so two different names may become equal.
  if (printed.find("\xEF\xBF\xBD") != std::string::npos) return;
  require(to_json(parse_hjson(printed, "The text")) == printed, "a value that is printed reads as itself");
}
