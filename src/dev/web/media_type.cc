#include "dev/web/media_type.h"

#include <algorithm>
#include <array>

#include "base/text/text.h"

namespace adit::dev {
namespace {

/// Types other than `text/…` that are text even without a charset.
constexpr std::array<std::string_view, 16> kText = {"application/atom+xml",        "application/base64",
                                                    "application/javascript",      "application/json",
                                                    "application/json-patch+json", "application/merge-patch+json",
                                                    "application/problem+json",    "application/rss+xml",
                                                    "application/soap+xml",        "application/vnd.api+json",
                                                    "application/xhtml+xml",       "application/xml",
                                                    "application/xml-dtd",         "application/x-www-form-urlencoded",
                                                    "application/json-seq",        "application/x-ndjson"};

bool is_known_text(std::string_view name) { return std::ranges::find(kText, name) != kText.end(); }

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

/// Whether the text is exactly one quoted string (RFC 9110 section 5.6.4).
bool is_quoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"') return false;
  std::size_t at = 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at + 1 == text.size();
}

/// Returns the end of the parameter that begins at `from`: the next semicolon outside quotes.
std::size_t parameter_end(std::string_view text, std::size_t from) {
  bool quoted = false;
  for (; from < text.size(); ++from) {
    if (text[from] == '\\' && quoted)
      ++from;
    else if (text[from] == '"')
      quoted = !quoted;
    else if (text[from] == ';' && !quoted)
      break;
  }
  return std::min(from, text.size());
}

}  // namespace

std::optional<MediaType> MediaType::parse(std::string_view text) {
  const auto name_end = std::min(text.find(';'), text.size());
  const auto name = trim(text.substr(0, name_end));
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || !is_token(name.substr(0, slash)) || !is_token(name.substr(slash + 1)))
    return std::nullopt;
  MediaType type;
  type.name = to_lower(name);
  for (auto begin = name_end; begin < text.size();) {
    const auto end = parameter_end(text, begin + 1);
    const auto parameter = trim(text.substr(begin + 1, end - begin - 1));
    begin = end;
    if (parameter.empty()) continue;
    const auto sign = parameter.find('=');
    if (sign == std::string_view::npos || !is_token(trim(parameter.substr(0, sign)))) return std::nullopt;
    const auto value = trim(parameter.substr(sign + 1));
    if (!is_quoted(value) && !is_token(value)) return std::nullopt;
    if (equals_ignoring_case(trim(parameter.substr(0, sign)), "charset")) {
      type.has_charset = true;
    } else {
      type.parameters += cat("; ", parameter);
    }
  }
  return type;
}

bool MediaType::is_json_family() const { return name == "application/json" || name.ends_with("+json"); }

bool MediaType::is_binary() const {
  if (name.starts_with("multipart/")) return true;
  return !has_charset && !name.starts_with("text/") && !is_known_text(name);
}

std::string MediaType::to_string() const {
  const bool is_fixed = is_json_family() && is_known_text(name);
  return cat(name, parameters, is_binary() || is_fixed ? "" : "; charset=UTF-8");
}

}  // namespace adit::dev
