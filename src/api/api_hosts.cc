#include <algorithm>
#include <optional>

#include "adit/api_client.h"
#include "adit/error.h"
#include "adit/http.h"

#include "base/aem_environment.h"
#include "base/text/text.h"
#include "http/server/local_access.h"

namespace adit::api {
namespace {

Error invalid_pattern(std::string_view pattern, std::string_view why) {
  return Error::configuration("invalid_api_hosts", cat(described(pattern), " does not name API hosts: ", why, '.'))
      .hint("Write api.example.com, *.example.com, or http://127.0.0.1:PORT for a server on this machine.");
}

bool may_receive_tokens(const http::UrlParts& url) {
  return url.origin.starts_with("https://") || http::is_this_machine(url.host());
}

std::optional<http::UrlParts> split(std::string_view url) {
  try {
    return http::split_url(url);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

ApiHosts ApiHosts::adobe() {
  ApiHosts hosts;
  hosts.add("*.adobe.io").add("*.adobe.com").add("*.adobelogin.com");
  return hosts;
}

ApiHosts ApiHosts::from_environment(const Environment& environment, const http::Endpoints& routes) {
  auto hosts = adobe();
  for (const auto& pattern : split_list(environment.get_or("ADIT_API_HOSTS", ""))) hosts.add(pattern);
  return hosts.add_targets(routes);
}

ApiHosts& ApiHosts::add(std::string_view pattern) {
  const bool domain = pattern.starts_with("*.");
  const auto rest = domain ? pattern.substr(2) : pattern;
  const bool whole = rest.find("://") != std::string_view::npos;
  const auto url = split(whole ? std::string(rest) : cat("https://", rest));
  if (!url || !url->userinfo.empty() || (!url->rest.empty() && url->rest != "/"))
    throw invalid_pattern(pattern, "it is neither a host nor an origin");
  if (domain) {
    const auto host = url->host();
    if (whole || url->origin != cat("https://", host))
      throw invalid_pattern(pattern, "a * is allowed only before a domain");
    if (host.find('.') == std::string::npos) throw invalid_pattern(pattern, "it is far too wide");
    if (host.starts_with('[') || http::is_this_machine(host))
      throw invalid_pattern(pattern, "a * cannot stand before an IP address or a name of this machine");
    domains_.push_back(cat('.', host));
  } else {
    if (!may_receive_tokens(*url)) throw invalid_pattern(pattern, "tokens go over plain http only to this machine");
    origins_.push_back(url->origin);
  }
  patterns_.emplace_back(pattern);
  return *this;
}

ApiHosts& ApiHosts::add_aem_environment(std::string_view client_id) {
  if (const auto aem = aem_environment_of_client(client_id)) add(aem->author()).add(aem->publish());
  return *this;
}

ApiHosts& ApiHosts::add_targets(const http::Endpoints& routes) {
  const auto before = *this;
  for (const auto& pair : split_list(routes.to_string())) {
    const auto sign = pair.find('=');
    const auto target = split(std::string_view(pair).substr(sign + 1));
    if (!target || !before.contains(std::string_view(pair).substr(0, sign)) || !may_receive_tokens(*target)) continue;
    if (std::find(origins_.begin(), origins_.end(), target->origin) == origins_.end())
      origins_.push_back(target->origin);
  }
  return *this;
}

bool ApiHosts::contains(std::string_view text) const {
  const auto url = split(text);
  if (!url || !url->userinfo.empty()) return false;
  if (std::find(origins_.begin(), origins_.end(), url->origin) != origins_.end()) return true;
  const auto host = url->host();
  if (url->origin != cat("https://", host)) return false;
  return std::any_of(domains_.begin(), domains_.end(), [&host](const std::string& domain) {
    return host.size() > domain.size() && host.ends_with(domain);
  });
}

}  // namespace adit::api
