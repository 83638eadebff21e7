#include "http/server/local_access.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/text/text.h"

namespace adit::http {
namespace {

constexpr std::size_t kLongestName = 253;  // RFC 1035, 2.3.4, without the root's dot

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

/// Returns the shortest spelling of an IPv6 address, in brackets: `[::1]` for `0:0::1`.
std::optional<std::string> ipv6(const std::string& text) {
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> shortest{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  if (::inet_ntop(AF_INET6, &address, shortest.data(), shortest.size()) == nullptr) return std::nullopt;
  return cat('[', shortest.data(), ']');
}

bool is_label(std::string_view label) {
  return !label.empty() && std::ranges::all_of(label, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// Returns a host in normal form, or `nullopt` if the text is not a host.
std::optional<std::string> normal_host(std::string_view text) {
  if (text.empty() || text.size() > kLongestName + 1) return std::nullopt;
  if (text.front() == '[')
    return text.back() == ']' ? ipv6(std::string(text.substr(1, text.size() - 2))) : std::nullopt;
  if (text.back() == '.') text.remove_suffix(1);
  auto name = to_lower(text);
  for (std::string_view rest = name;;) {
    const auto dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return std::nullopt;
    if (dot == std::string_view::npos) return name;
    rest.remove_prefix(dot + 1);
  }
}

/// Returns the normal form of a host to listen at, which a user may write as IPv6 without brackets.
std::string listening_host(std::string_view text) {
  if (auto address = ipv6(std::string(text))) return *std::move(address);
  return normal_host(text).value_or(std::string());
}

struct Authority {
  std::string host;
  std::optional<std::uint16_t> port;
};

/// Parses `HOST[:PORT]` (RFC 9110 section 7.2). Returns `nullopt` for any other text.
std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  auto host = normal_host(text.substr(0, colon));
  if (!host) return std::nullopt;
  authority.host = *std::move(host);
  if (colon == std::string_view::npos) return authority;
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  authority.port = port;
  return authority;
}

std::uint16_t usual_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         (host.starts_with("127.") && is_ipv4(std::string(host)));
}

bool is_address(const std::string& host) { return host.starts_with('[') || is_ipv4(host); }

std::string own_host_name() {
  std::array<char, kLongestName + 2> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? listening_host(name.data()) : std::string();
}

std::vector<std::string_view> all_values(const Headers& headers, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : headers)
    if (equals_ignoring_case(field, name)) values.push_back(trim(value));
  return values;
}

/// Returns the origin of the page that the Referer header names.
std::optional<WebOrigin> origin_of_referer(std::string_view referer) {
  const auto scheme = referer.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  return WebOrigin::parse(referer.substr(0, referer.find_first_of("/?#", scheme + 3)));
}

LocalAccess::Denial refused_page(const std::optional<WebOrigin>& origin, std::string_view text) {
  if (origin) {
    return {cat("This server answers pages of this machine, and the request comes from a page of ", origin->to_string(),
                "."),
            cat("If you trust that page, allow it: --allow-origin ", origin->to_string())};
  }
  if (text == "null") {
    return {
        "This server answers pages of this machine, and the request comes from a page without an origin.",
        "A file or a sandboxed frame has none: serve the page from this machine, for example at http://localhost:3000."};
  }
  return {"This server answers pages of this machine, and the request comes from a page of another site.",
          "If you trust that page, allow its origin: --allow-origin https://HOST"};
}

}  // namespace

std::optional<WebOrigin> WebOrigin::parse(std::string_view text) {
  WebOrigin origin;
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  origin.scheme = to_lower(text.substr(0, mark));
  if (origin.scheme != "http" && origin.scheme != "https") return std::nullopt;
  auto authority = parse_authority(text.substr(mark + 3));
  if (!authority) return std::nullopt;
  origin.host = std::move(authority->host);
  origin.port = authority->port.value_or(usual_port(origin.scheme));
  return origin;
}

std::string WebOrigin::to_string() const {
  auto text = cat(scheme, "://", host);
  return port == usual_port(scheme) ? text : cat(text, ':', port);
}

LocalAccess::LocalAccess(std::string_view listens_at, const std::vector<std::string>& allowed_origins,
                         std::vector<std::string> own_names)
    : names_(std::move(own_names)) {
  for (std::string_view text : allowed_origins) {
    if (text.ends_with('/')) text.remove_suffix(1);  // browsers show an origin with a slash
    auto origin = WebOrigin::parse(text);
    if (!origin) {
      throw Error::configuration("invalid_origin",
                                 "An allowed origin is not of the form https://HOST or https://HOST:PORT.")
          .hint("Write only scheme, host and port of the page's address: https://experience.adobe.com");
    }
    names_.push_back(origin->host);
    origins_.push_back(*std::move(origin));
  }
  auto own = listening_host(listens_at);
  open_ = !is_loopback(own);
  if (open_) names_.push_back(own_host_name());
  if (!own.empty()) names_.push_back(std::move(own));
}

std::optional<LocalAccess::Denial> LocalAccess::denial(const ServerRequest& request) const {
  if (auto refused = host_denial(request)) return refused;
  return page_denial(request);
}

std::optional<LocalAccess::Denial> LocalAccess::host_denial(const ServerRequest& request) const {
  // An HTTP/1.0 request may have no Host header; no browser sends HTTP/1.0.
  for (const auto text : all_values(request.headers, "host")) {
    const auto authority = parse_authority(text);
    if (!authority) return Denial{"The Host header does not name a host.", "Write it as HOST or HOST:PORT."};
    if (is_own_name(authority->host)) continue;
    return Denial{
        cat("The request is for the host ", authority->host, ", which is not a name of this server."),
        cat("Use localhost, or, if this machine has that name, allow it: --allow-origin http://", authority->host)};
  }
  return std::nullopt;
}

bool LocalAccess::is_own_name(const std::string& host) const {
  const auto is_of = [&host](std::string_view name) {
    return name == host || (name.starts_with("*.") && host.size() > name.size() - 1 && host.ends_with(name.substr(1)));
  };
  if (is_loopback(host) || std::ranges::any_of(names_, is_of)) return true;
  // A page cannot use DNS rebinding with an address or with a name without a dot: no site of the web has such a name.
  return open_ && (is_address(host) || host.find('.') == std::string::npos);
}

std::optional<LocalAccess::Denial> LocalAccess::page_denial(const ServerRequest& request) const {
  const auto origins = all_values(request.headers, "origin");
  for (const auto text : origins) {
    const auto origin = WebOrigin::parse(text);
    if (!origin || !is_allowed(*origin, request)) return refused_page(origin, text);
  }
  if (!origins.empty()) return std::nullopt;
  for (const auto site : all_values(request.headers, "sec-fetch-site")) {
    if (site == "same-origin" || site == "none") continue;  // "none": the user typed the address
    const auto host = parse_authority(request.headers.get_or_empty("host"));
    if (site == "same-site" && host && is_loopback(host->host)) continue;
    const auto page = origin_of_referer(request.headers.get_or_empty("referer"));
    if (!page || !is_allowed(*page, request)) return refused_page(page, {});
  }
  return std::nullopt;
}

bool LocalAccess::is_allowed(const WebOrigin& origin, const ServerRequest& request) const {
  if (is_loopback(origin.host) || std::ranges::find(origins_, origin) != origins_.end()) return true;
  const auto own = parse_authority(request.headers.get_or_empty("host"));
  return own && own->host == origin.host && own->port.value_or(usual_port(origin.scheme)) == origin.port;
}

bool is_this_machine(std::string_view host) { return !host.ends_with('.') && is_loopback(listening_host(host)); }

}  // namespace adit::http
