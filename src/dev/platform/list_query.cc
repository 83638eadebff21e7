#include "dev/platform/list_query.h"

#include <charconv>

#include "adit/error.h"
#include "adit/http_server.h"

#include "base/text/text.h"
#include "dev/entity/messages.h"

namespace adit::dev {

ListQuery list_query(std::string_view query, std::string_view collection) {
  ListQuery asked;
  if (const auto text = parameter(query, "limit"); text && !text->empty()) {
    const auto number = integer_from(*text);
    if (!number) refuse_parameter("limit", messages::not_an_integer(*text, collection));
    if (*number < 0 || *number > kMaxListLimit)
      refuse_parameter("limit", messages::limit_out_of_range(*number, kMaxListLimit, collection));
    asked.limit = *number == 0 ? kMaxListLimit : *number;
  }
  if (const auto text = parameter(query, "skip"); text && !text->empty()) {
    const auto number = integer_from(*text);
    if (!number) refuse_parameter("skip", messages::not_an_integer(*text, collection));
    if (*number < 0) refuse_parameter("skip", messages::skip_out_of_range(*number, collection));
    asked.skip = *number;
  }
  asked.count = flag(query, "count", false);
  return asked;
}

std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  std::optional<std::string> found;
  for (auto& [key, value] : http::parse_query(query))
    if (key == name) found = std::move(value);
  return found;
}

bool flag(std::string_view query, std::string_view name, bool otherwise) {
  const auto text = parameter(query, name);
  if (!text || text->empty()) return otherwise;
  for (const auto* yes : {"true", "yes", "on"})
    if (equals_ignoring_case(*text, yes)) return true;
  for (const auto* no : {"false", "no", "off"})
    if (equals_ignoring_case(*text, no)) return false;
  refuse_parameter(name, messages::not_a_boolean(*text));
}

std::optional<int> integer_from(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

void refuse_parameter(std::string_view name, std::string_view why) {
  throw Error::configuration("invalid_query", messages::malformed_parameter(name, why));
}

}  // namespace adit::dev
