#include "dev/host/action_environment.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text/text.h"
#include "config/secret_destination.h"
#include "system/process/process_tree.h"
#include "token/store/store_paths.h"

namespace adit::dev {
namespace {

/// Whether an action gets this variable. A project's file may set adit's own variables. The others are read by
/// libraries, which accept them only from the user's environment.
bool is_passed_on(std::string_view name, SettingSource source) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "PATH",        "HOME",      "LANG",      "LC_ALL",   "LC_CTYPE", "TZ",         "http_proxy",    "https_proxy",
      "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "HTTP_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"};
  if (name == "ADIT_TRACE_FD") return false;  // A descriptor of this process; ActionProcess gives the action another.
  if (name.starts_with("ADIT_")) return true;
  return source != SettingSource::project && std::ranges::find(kNames, name) != kNames.end();
}

}  // namespace

std::vector<std::string> action_environment(const Environment& environment) {
  std::vector<std::string> variables;
  for (const auto& name : environment.names()) {
    const auto* variable = environment.find(name);
    if (variable != nullptr && is_passed_on(name, variable->source) &&
        variable->value.find('\0') == std::string::npos) {
      variables.push_back(cat(name, '=', variable->value));
    }
  }
  variables.emplace_back(kActionMark);
  return variables;
}

OrphansOfActions::~OrphansOfActions() { kill_descendants_with(kActionMark); }

void refuse_untrusted_destinations(const Environment& environment, const std::optional<SettingOrigin>& secret) {
  const auto store = environment.origin_of("ADIT_TOKEN_STORE");
  const auto url = environment.get_or("ADIT_TOKEN_STORE", "");
  if (store && store->source == SettingSource::project)
    token::refuse_store_outside(url, environment.project_root(), store->where);
  if (!secret) return;
  for (const auto* name : {"ADIT_IMS", "ADIT_ENDPOINTS", "ADIT_API_HOSTS", "ADIT_TOKEN_STORE"}) {
    const auto setting = environment.origin_of(name);
    if (!setting || (setting->name == "ADIT_TOKEN_STORE" && token::is_memory(url))) continue;
    refuse_untrusted_destination(*secret, *setting, cat("set ", name, " in the environment"));
  }
}

}  // namespace adit::dev
