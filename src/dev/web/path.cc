#include "dev/web/path.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text/text.h"

namespace adit::dev {
namespace {

constexpr std::array<std::pair<std::string_view, WebExtension>, 5> kExtensions = {{{".http", WebExtension::http},
                                                                                   {".json", WebExtension::json},
                                                                                   {".html", WebExtension::html},
                                                                                   {".svg", WebExtension::svg},
                                                                                   {".text", WebExtension::text}}};

/// A `pchar` of RFC 3986 section 3.3, or the slash between segments.
bool is_plain(char c) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@/";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

}  // namespace

std::string path_to(std::string_view full_name, bool web) {
  std::string path = web ? "/api/v1/web/" : "/api/v1/";
  for (const char c : full_name) {
    if (is_plain(c)) {
      path += c;
    } else {
      path += '%';
      append_hex(path, static_cast<unsigned char>(c));
    }
  }
  const auto has_extension = [full_name](const auto& known) { return full_name.ends_with(known.first); };
  if (web && std::ranges::any_of(kExtensions, has_extension)) path += ".http";
  return path;
}

std::optional<std::string> decode_segment(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded || decoded->find('/') != std::string::npos || decoded->find('\0') != std::string::npos)
    return std::nullopt;
  return decoded;
}

std::optional<WebPath> parse_web_path(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto rest = std::min(text.find('/', slash + 1), text.size());
  auto package = decode_segment(text.substr(0, slash));
  auto action = decode_segment(text.substr(slash + 1, rest - slash - 1));
  if (!package || package->empty() || !action) return std::nullopt;

  WebPath path{.package = *std::move(package), .action = *std::move(action), .rest = std::string(text.substr(rest))};
  for (const auto& [ending, extension] : kExtensions) {
    if (!path.action.ends_with(ending)) continue;
    path.action.resize(path.action.size() - ending.size());
    path.extension = extension;
    break;
  }
  if (path.action.empty()) return std::nullopt;
  return path;
}

}  // namespace adit::dev
