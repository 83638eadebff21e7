#include "http/client/local_emulator.h"

#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"
#include "http/client/settings.h"
#include "http/destination_log.h"
#include "http/server/local_access.h"

namespace adit::http {
namespace {

/// How many of `emulated_origins` are IMS: production and stage.
constexpr std::size_t kIms = 2;

bool leads_elsewhere(const Endpoints& endpoints, const std::string& url) { return endpoints.apply(url) != url; }

}  // namespace

const std::vector<std::string>& emulated_origins() {
  static const std::vector<std::string> kOrigins = {
      "https://ims-na1.adobelogin.com", "https://ims-na1-stg1.adobelogin.com", "https://analytics.adobe.io",
      "https://api.adobe.io", "https://platform.adobe.io", "https://*.adobeaemcloud.com",
      // The State service has a host for each region. A pattern would match the deploy service's host as well.
      "https://storage-state-amer.app-builder.adp.adobe.io", "https://storage-state-emea.app-builder.adp.adobe.io",
      "https://storage-state-apac.app-builder.adp.adobe.io", "https://storage-state-aus.app-builder.adp.adobe.io",
      "https://storage-state-amer.stg.app-builder.adp.adobe.io"};
  return kOrigins;
}

Endpoints with_emulator(const Endpoints& own, const std::string& origin) {
  Endpoints endpoints;
  for (const auto& from : emulated_origins()) endpoints.add(from, origin);
  for (const auto& pair : split_list(own.to_string())) {
    const auto sign = pair.find('=');
    endpoints.add(pair.substr(0, sign), pair.substr(sign + 1));
  }
  for (std::size_t i = 0; i < kIms; ++i) endpoints.add(emulated_origins()[i], origin);
  return endpoints;
}

bool is_local_emulator(const std::string& ims, const Endpoints& endpoints) {
  try {
    if (!is_this_machine(split_url(ims).host()) || leads_elsewhere(endpoints, ims)) return false;
    ClientOptions options;
    options.connect_timeout = std::chrono::milliseconds(500);
    options.total_timeout = std::chrono::milliseconds(1000);
    options.max_response_bytes = 64U << 10U;
    options.max_redirects = 0;
    options.endpoints = endpoints;
    Client client(std::move(options));
    const auto response = Request::get(ims + "/__adit/stats").send(client);
    const auto stats = response.ok() ? try_parse_json(response.body()) : std::nullopt;
    return stats && stats->is_object() && string_member(stats->get_object(), "emulator") == "adit";
  } catch (const Error&) {
    return false;  // If something is wrong with the URL, the token exchange reports it.
  }
}

Endpoints program_endpoints(const Environment& environment) {
  auto endpoints = logged_endpoints(environment);
  auto ims = std::string(trim(environment.get_or("ADIT_IMS", "")));
  while (ims.ends_with('/')) ims.pop_back();
  // If a command started this process, it has passed on the routes: then there is no need to ask again.
  if (ims.find("://") == std::string::npos || leads_elsewhere(endpoints, emulated_origins()[kIms])) return endpoints;
  if (!is_local_emulator(ims, endpoints)) return endpoints;
  const auto origin = origin_of(ims);
  log_at_first_use(origin, cat(ims, " is an adit emulator; requests for Adobe's IMS and API hosts go there"));
  return with_emulator(endpoints, origin);
}

}  // namespace adit::http
