#include "adit/dev/host/action_environment.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "adit/base/text.h"

namespace adit::dev {
namespace {

bool is_passed_on(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "PATH",        "HOME",        "LANG",      "LC_ALL",    "LC_CTYPE", "TZ",       "http_proxy",
      "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "HTTP_PROXY"};
  if (name == "SSL_CERT_FILE" || name == "SSL_CERT_DIR") return true;
  if (name == "ADIT_TRACE_FD") return false;  // A descriptor of this process; the host gives the action its own.
  return name.starts_with("ADIT_") || std::ranges::find(kNames, name) != kNames.end();
}

}  // namespace

std::vector<std::string> action_environment(const Environment& environment) {
  std::vector<std::string> variables;
  for (const auto& name : environment.names()) {
    const auto* variable = environment.find(name);
    if (is_passed_on(name) && variable != nullptr && variable->value.find('\0') == std::string::npos) {
      variables.push_back(cat(name, '=', variable->value));
    }
  }
  variables.emplace_back(kActionMark);
  return variables;
}

}  // namespace adit::dev
