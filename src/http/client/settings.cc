#include "http/client/settings.h"

#include <map>
#include <utility>
#include <vector>

#include "adit/log.h"

#include "base/text/text.h"
#include "http/destination_log.h"

namespace adit::http {

Endpoints logged_endpoints(const Environment& environment) {
  auto endpoints = Endpoints::parse(environment.get_or("ADIT_ENDPOINTS", ""));
  std::map<std::string, std::vector<std::string>> origins_by_target;
  for (const auto& route : split_list(endpoints.to_string())) {
    const auto sign = route.find('=');
    origins_by_target[route.substr(sign + 1)].push_back(route.substr(0, sign));
  }
  for (const auto& [target, origins] : origins_by_target)
    log_at_first_use(target, cat("ADIT_ENDPOINTS: requests for ", join(origins, ", "), " go to ", target));
  return endpoints;
}

ClientOptions client_options(const Environment& environment) {
  return client_options(environment, logged_endpoints(environment));
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
