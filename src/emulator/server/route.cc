#include "emulator/server/route.h"

#include <algorithm>
#include <optional>

#include "base/text/text.h"

namespace adit::emulator {
namespace {

using Values = std::map<std::string, std::string, std::less<>>;

std::string_view take_segment(std::string_view& path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// `+` is a plus in a path (RFC 3986) and a space in a form.
std::string decode_segment(std::string_view segment) {
  return form_decode(replace_all(std::string(segment), "+", "%2B"));
}

std::optional<Values> match(std::string_view pattern, std::string_view path) {
  Values values;
  while (!pattern.empty() || !path.empty()) {
    if (pattern.empty() || path.empty()) return std::nullopt;
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(path);
    if (wanted.starts_with('{')) {
      if (given.empty()) return std::nullopt;
      values.emplace(wanted.substr(1, wanted.size() - 2), decode_segment(given));
    } else if (wanted != given) {
      return std::nullopt;
    }
  }
  return values;
}

bool begins_with(std::string_view pattern, std::string_view prefix) {
  while (!prefix.empty()) {
    if (pattern.empty()) return prefix == "/";
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(prefix);
    if (wanted.starts_with('{') || wanted == given) continue;
    return prefix.empty() && wanted.starts_with(given);
  }
  return true;
}

}  // namespace

void RouteTable::add(const std::vector<Route>& routes) { routes_.insert(routes_.end(), routes.begin(), routes.end()); }

RouteTable::Match RouteTable::find(std::string_view method, std::string_view path) const {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  Match found;
  for (const auto& route : routes_) {
    auto values = match(route.path, path);
    if (!values) continue;
    if (route.method == wanted) return {.route = &route, .path_values = std::move(*values), .allowed = {}};
    found.allowed.emplace_back(route.method);
    if (route.method == "GET") found.allowed.emplace_back("HEAD");
  }
  return found;
}

bool RouteTable::serves_below(std::string_view prefix) const {
  return std::any_of(routes_.begin(), routes_.end(), [prefix](const Route& route) {
    return route.side != Side::own && begins_with(route.path, prefix);
  });
}

}  // namespace adit::emulator
