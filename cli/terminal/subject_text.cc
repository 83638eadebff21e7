#include "cli/terminal/subject_text.h"

#include <charconv>
#include <string_view>
#include <vector>

#include "adit/error.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

/// Splits the text at commas that are not escaped; keeps the escapes.
std::vector<std::string_view> subject_parts(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
      continue;
    }
    if (text[at] != ',') continue;
    parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// Returns the value without its escapes and without unescaped spaces around it.
std::string unescaped(std::string_view escaped) {
  std::string value;
  std::size_t meant = 0;
  for (std::size_t at = 0; at < escaped.size(); ++at) {
    const char c = escaped[at];
    if (c != '\\') {
      const bool blank = c == ' ' || c == '\t';
      if (blank && value.empty()) continue;
      value += c;
      if (!blank) meant = value.size();
      continue;
    }
    const auto rest = escaped.substr(at + 1);
    unsigned byte = 0;
    if (!rest.empty() && std::string_view("\"+,;<> #=\\").find(rest.front()) != std::string_view::npos) {
      value += rest.front();
      at += 1;
    } else if (rest.size() >= 2 && std::from_chars(rest.data(), rest.data() + 2, byte, 16).ptr == rest.data() + 2) {
      value += static_cast<char>(byte);
      at += 2;
    } else {
      throw Error::configuration("invalid_subject", "--subject has a backslash that is not an escape.")
          .hint("Write a backslash before , + \" < > ; # = and \\, or before two hexadecimal digits.");
    }
    meant = value.size();
  }
  value.resize(meant);
  return value;
}

}  // namespace

jwt::DistinguishedName parse_subject(const std::string& text) {
  jwt::DistinguishedName name;
  if (text.find('=') == std::string::npos) {
    name.common_name = text;
    return name;
  }
  for (const auto part : subject_parts(text)) {
    if (trim(part).empty()) continue;
    const auto equals = part.find('=');
    const auto key = trim(part.substr(0, equals));
    auto value = equals == std::string_view::npos ? std::string() : unescaped(part.substr(equals + 1));
    if (key == "CN") {
      name.common_name = std::move(value);
    } else if (key == "O") {
      name.organization = std::move(value);
    } else if (key == "OU") {
      name.organizational_unit = std::move(value);
    } else if (key == "C") {
      name.country = std::move(value);
    } else if (key == "ST") {
      name.state = std::move(value);
    } else if (key == "L") {
      name.locality = std::move(value);
    } else if (key == "emailAddress") {
      name.email = std::move(value);
    } else {
      throw Error::configuration("invalid_subject", cat("--subject has an unknown part (", described(trim(part)), ")."))
          .hint(
              "Write CN=…, O=…, OU=…, C=…, ST=…, L=…, emailAddress=…, separated by commas. Write a backslash before a comma inside a value.");
    }
  }
  return name;
}

}  // namespace adit::cli
