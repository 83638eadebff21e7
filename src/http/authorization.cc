#include "http/authorization.h"

#include "base/text/text.h"

namespace adit::http {

std::string_view authorization_credentials(std::string_view value, std::string_view scheme) {
  const auto text = trim(value);
  const auto space = text.find(' ');
  if (space == std::string_view::npos || !equals_ignoring_case(text.substr(0, space), scheme)) return {};
  return trim(text.substr(space));
}

}  // namespace adit::http
