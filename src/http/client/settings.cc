#include "http/client/settings.h"

#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "adit/log.h"

#include "base/text.h"

namespace adit::http {

Endpoints announced_endpoints(const Environment& environment) {
  auto endpoints = Endpoints::parse(environment.get_or("ADIT_ENDPOINTS", ""));
  static std::mutex mutex;
  static std::set<std::string> announced;
  const std::lock_guard lock(mutex);
  std::map<std::string, std::vector<std::string>> fresh;
  for (const auto& route : split_list(endpoints.to_string())) {
    if (!announced.insert(route).second) continue;
    const auto sign = route.find('=');
    fresh[route.substr(sign + 1)].push_back(route.substr(0, sign));
  }
  for (const auto& [target, origins] : fresh)
    log(LogLevel::info, cat("ADIT_ENDPOINTS: requests for ", join(origins, ", "), " go to ", target));
  return endpoints;
}

ClientOptions client_options(const Environment& environment) {
  return client_options(environment, announced_endpoints(environment));
}

ClientOptions client_options(const Environment& environment, Endpoints endpoints) {
  ClientOptions options;
  options.endpoints = std::move(endpoints);
  for (const auto& [name, time] :
       {std::pair("ADIT_CONNECT_TIMEOUT", &options.connect_timeout), std::pair("ADIT_TIMEOUT", &options.total_timeout),
        std::pair("ADIT_IDLE_TIMEOUT", &options.idle_timeout)}) {
    *time = environment.seconds(name).value_or(*time);
  }
  return options;
}

}  // namespace adit::http
