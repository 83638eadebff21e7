#include "base/json/json_file.h"

#include "adit/error.h"

#include "base/json/json_reader.h"
#include "base/text/text.h"

namespace adit {

json::value parse_json_file(std::string_view text, const std::string& file, std::string_view hint,
                            const JsonLimits& limits) {
  JsonProblem problem;
  if (auto value = read_json(text, limits, &problem)) return std::move(*value);
  throw Error::configuration("invalid_json", cat("This is not JSON: ", problem.what, "."))
      .at(file, problem.line, problem.column)
      .hint(std::string(hint));
}

std::string kind_of(const json::value& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (value.is_string()) return "a string";
  return value.is_number() ? "a number" : to_json(value);
}

}  // namespace adit
