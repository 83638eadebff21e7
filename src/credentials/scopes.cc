#include <algorithm>
#include <set>

#include "adit/credentials.h"

namespace adit {

std::vector<std::string> parse_scopes(std::string_view text) {
  // A scope contains no blank, comma, quote or bracket (RFC 6749 section 3.3 and Adobe's lists). Therefore one rule
  // reads an array, a list, and an array whose quotes a shell has removed.
  constexpr std::string_view kBetween = " \t\r\n,;[]\"'";
  std::vector<std::string> scopes;
  std::set<std::string_view> known;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBetween), text.size()));
    if (text.empty()) return scopes;
    const auto scope = text.substr(0, text.find_first_of(kBetween));
    text.remove_prefix(scope.size());
    if (known.insert(scope).second) scopes.emplace_back(scope);
  }
}

}  // namespace adit
