#include <algorithm>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "http/client/settings.h"

namespace adit::http {
namespace {

Error bad_url(std::string message, std::string hint) {
  return Error::configuration("invalid_url", std::move(message)).hint(std::move(hint));
}

/// Returns the host in normal form. Rejects a decoded name with characters that DNS does not allow. libcurl decodes the
/// name as well, and if two parsers understand a URL differently, credentials may go to the wrong host.
std::string normal_host(const boost::urls::url_view& url) {
  if (url.host_type() == boost::urls::host_type::ipv6) {
    return cat('[', url.host_ipv6_address().to_string(), ']');
  }
  std::string host = to_lower(url.host());
  if (host.empty()) throw bad_url("The URL has no host.", "Write it as https://HOST/PATH.");
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  if (!std::all_of(host.begin(), host.end(), fits))
    throw bad_url("The URL's host contains a character that no host name may hold.",
                  "Write international names in their ASCII form (xn--…).");
  return host;
}

/// Returns the port without leading zeros, or an empty string for the scheme's default port.
std::string normal_port(const boost::urls::url_view& url, std::string_view scheme) {
  if (!url.has_port() || url.port().empty()) return {};
  const auto digits = std::string(url.port());
  const auto start = std::min(digits.find_first_not_of('0'), digits.size());
  auto significant = digits.substr(start);
  if (significant.empty() || significant.size() > 5 || std::stoi(significant) > 65535)
    throw bad_url("The URL's port is not between 1 and 65535.", "Write it as https://HOST:PORT/PATH.");
  if (significant == (scheme == "https" ? "443" : "80")) return {};
  return significant;
}

/// Returns an origin in normal form. Also takes `https://*.example.com`, which means every host below example.com.
std::string normal_origin(std::string_view text) {
  const auto host = text.find("://*.");
  if (host == std::string_view::npos) return origin_of(text);
  constexpr std::string_view kStar = "*.";
  const auto begin = host + 3;
  auto origin = origin_of(cat(text.substr(0, begin), text.substr(begin + kStar.size())));
  const auto name = origin.find("://") + 3;
  if (origin.find('.', name) == std::string::npos || origin[name] == '[')
    throw bad_url("The text after *. is not a domain.", "Write https://*.example.com.");
  return origin.insert(name, kStar);
}

/// Whether `from` is a pattern such as `https://*.example.com`, and `origin` matches it.
bool matches_pattern(std::string_view origin, std::string_view from) {
  const auto star = from.find("://*.");
  if (star == std::string_view::npos) return false;
  const auto scheme = from.substr(0, star + 3);
  const auto domain = from.substr(star + 4);  // .example.com
  return origin.starts_with(scheme) && origin.ends_with(domain) && origin.size() > scheme.size() + domain.size();
}

/// Returns the origin to which requests for `origin` are routed, or nullptr if there is no route.
const std::string* route_of(std::string_view origin, const std::vector<std::pair<std::string, std::string>>& routes) {
  for (const auto& [from, to] : routes)
    if (from == origin) return &to;
  for (const auto& [from, to] : routes)
    if (matches_pattern(origin, from)) return &to;
  return nullptr;
}

enum class Half { from, to };

/// Returns the origin in one half of a pair `from=to`. Messages name a pair by its number, because its URL may contain
/// a password.
std::string route_origin(std::string_view text, std::size_t number, Half half) {
  try {
    if (half == Half::from && text.find("://*.") != std::string_view::npos &&
        text.find('@') == std::string_view::npos && text.find('/', text.find("://*.") + 3) == std::string_view::npos)
      return normal_origin(text);
    const auto url = split_url(text);
    if (!url.userinfo.empty() || (url.rest != "/" && !url.rest.empty()))
      throw bad_url("An origin is only a scheme, a host and a port.", "");
    return url.origin;
  } catch (const Error&) {
    throw Error::configuration(
        "invalid_endpoints",
        cat("ADIT_ENDPOINTS: in pair ", number, ", the part ", half == Half::from ? "before" : "after",
            " = is not an origin. An origin has only a scheme, a host and a port."))
        .hint("Write pairs as https://ims-na1.adobelogin.com=http://127.0.0.1:9001, separated by commas.");
  }
}

}  // namespace

UrlParts split_url(std::string_view url) {
  const auto odd = std::find_if(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c >= 0x7f; });
  if (odd != url.end()) {
    const bool ascii = static_cast<unsigned char>(*odd) < 0x80;
    throw bad_url(cat("The URL contains ", ascii ? "a space or control character" : "a character outside ASCII",
                      " at position ", odd - url.begin() + 1, "."),
                  "Percent-encode it; write international host names in their ASCII form (xn--…).");
  }
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    throw bad_url("The URL is not absolute.", "Begin it with https:// or http://.");
  const auto scheme = to_lower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https")
    throw bad_url("The URL's scheme is neither https nor http.", "Begin it with https:// or http://.");

  const auto authority_end = std::min(url.find_first_of("/?#", scheme_end + 3), url.size());
  const auto parsed = boost::urls::parse_uri(url.substr(0, authority_end));
  // Boost.URL 1.81 accepts `http://h:x` and takes `x` for the path. So check that it understood the whole authority.
  if (!parsed || parsed->encoded_authority() != url.substr(scheme_end + 3, authority_end - scheme_end - 3))
    throw bad_url("The URL's part between :// and the path is malformed.", "Write it as https://HOST:PORT/PATH.");

  UrlParts parts;
  parts.userinfo = parsed->has_userinfo() ? std::string(parsed->encoded_userinfo()) : std::string();
  parts.origin = cat(scheme, "://", normal_host(*parsed));
  if (const auto port = normal_port(*parsed, scheme); !port.empty()) parts.origin.append(":").append(port);
  parts.rest = url.substr(authority_end);
  return parts;
}

std::string UrlParts::whole() const {
  if (userinfo.empty()) return origin + rest;
  const auto host = origin.find("://") + 3;
  return cat(std::string_view(origin).substr(0, host), userinfo, '@', std::string_view(origin).substr(host), rest);
}

std::string UrlParts::host() const {
  const auto text = origin.substr(origin.find("://") + 3);
  return text.substr(0, text.find(':', text.starts_with('[') ? text.find(']') : 0));
}

std::string UrlParts::shown() const { return origin + rest.substr(0, rest.find_first_of("?#")); }

std::string origin_of(std::string_view url) { return split_url(url).origin; }

Endpoints Endpoints::parse(std::string_view text) {
  Endpoints endpoints;
  const auto pairs = split_list(text);
  // Each request is compared with every pair.
  constexpr std::size_t kMostPairs = 100;
  if (pairs.size() > kMostPairs)
    throw Error::configuration(
        "invalid_endpoints", cat("ADIT_ENDPOINTS has ", pairs.size(), " pairs; at most ", kMostPairs, " are allowed."))
        .hint("Name only origins that adit sends requests to.");
  std::size_t number = 0;
  for (const auto& pair : pairs) {
    ++number;
    const auto sign = pair.find('=');
    if (sign == std::string::npos)
      throw Error::configuration("invalid_endpoints",
                                 cat("ADIT_ENDPOINTS: pair ", number, " is not of the form origin=origin."))
          .hint("Write pairs as https://ims-na1.adobelogin.com=http://127.0.0.1:9001, separated by commas.");
    auto from = route_origin(trim(std::string_view(pair).substr(0, sign)), number, Half::from);
    auto to = route_origin(trim(std::string_view(pair).substr(sign + 1)), number, Half::to);
    const auto same = [&](const auto& route) { return route.first == from && route.second != to; };
    if (std::any_of(endpoints.routes_.begin(), endpoints.routes_.end(), same))
      throw Error::configuration("invalid_endpoints", cat("ADIT_ENDPOINTS: ", from, " has two targets."))
          .hint("Name each origin once.");
    endpoints.add(from, to);
  }
  return endpoints;
}

Endpoints Endpoints::from_process() { return logged_endpoints(Environment::process()); }

void Endpoints::add(std::string_view from_origin, std::string_view to_origin) {
  auto from = normal_origin(from_origin);
  auto to = origin_of(to_origin);
  for (auto& route : routes_) {
    if (route.first != from) continue;
    route.second = std::move(to);
    return;
  }
  routes_.emplace_back(std::move(from), std::move(to));
}

std::string Endpoints::apply(std::string_view url) const {
  if (routes_.empty()) return std::string(url);
  auto parts = split_url(url);
  const auto* route = route_of(parts.origin, routes_);
  if (route == nullptr) return std::string(url);
  parts.origin = *route;
  return parts.whole();
}

std::string Endpoints::to_string() const {
  std::string text;
  for (const auto& [from, to] : routes_) text.append(text.empty() ? "" : ",").append(from).append("=").append(to);
  return text;
}

}  // namespace adit::http
