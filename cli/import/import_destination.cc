#include "cli/import/import_destination.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "deploy/destination.h"
#include "http/server/local_access.h"
#include "token/store/redis_address.h"

namespace adit::cli {
namespace {

bool is_here(const std::string& url) { return http::is_this_machine(http::split_url(url).host()); }

bool are_here(const http::Endpoints& routes) {
  const auto pairs = split_list(routes.to_string());
  return std::all_of(pairs.begin(), pairs.end(),
                     [](const std::string& pair) { return is_here(pair.substr(pair.find('=') + 1)); });
}

bool is_here_or_adobes_runtime(const std::string& host) {
  const auto url = http::split_url(deploy::with_scheme(host));
  return http::is_this_machine(url.host()) || deploy::is_adobes_runtime(url.host());
}

bool is_store_here(const std::string& url) {
  if (!url.starts_with("redis")) return true;  // memory, a folder, a socket
  return http::is_this_machine(token::RedisAddress::parse(url).host);
}

/// Returns true for an IMS of Adobe and for a server on this machine.
bool is_here_or_adobes_ims(const std::string& ims) {
  if (ims == "local" || ims == "prod" || ims == "stage") return true;
  const auto url = http::split_url(ims);
  return http::is_this_machine(url.host()) ||
         (url.host().ends_with(".adobelogin.com") && url.origin == cat("https://", url.host()));
}

bool is_foreign(std::string_view name, const std::string& value) {
  if (value.empty()) return false;
  if (name == "ADIT_IMS") return !is_here_or_adobes_ims(value);
  if (name == "ADIT_ENDPOINTS") return !are_here(http::Endpoints::parse(value));
  if (name == "ADIT_TOKEN_STORE") return !is_store_here(value);
  if (name == "ADIT_API_HOSTS") {
    const auto hosts = split_list(value);
    return !std::all_of(hosts.begin(), hosts.end(), [](const auto& host) { return host.starts_with("http://"); });
  }
  return equals_ignoring_case(name, "AIO_runtime_apihost") && !is_here_or_adobes_runtime(value);
}

}  // namespace

std::vector<SettingOrigin> foreign_destinations(const EnvFile& file) {
  std::vector<SettingOrigin> found;
  for (const auto& entry : file.entries) {
    bool foreign = true;
    try {
      foreign = is_foreign(entry.key, std::string(trim(entry.value)));
    } catch (const Error&) {
      // It is unknown where an invalid setting leads: report it.
    }
    if (foreign) found.push_back({entry.key, SettingSource::project, {file.path, entry.line, 0}});
  }
  return found;
}

}  // namespace adit::cli
