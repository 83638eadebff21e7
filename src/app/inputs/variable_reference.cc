#include "app/inputs/variable_reference.h"

#include <algorithm>

namespace adit::app {
namespace {

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::size_t after_spaces(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(' ', at), text.size());
}

std::size_t after_name(std::string_view text, std::size_t at) {
  while (at < text.size() && is_name(text[at])) ++at;
  return at;
}

std::string_view without_spaces(std::string_view text) {
  const auto begin = after_spaces(text, 0);
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::optional<VariableReference> reference_at(std::string_view text, std::size_t dollar) {
  const bool braced = dollar + 1 < text.size() && text[dollar + 1] == '{';
  const auto name = braced ? after_spaces(text, dollar + 2) : dollar + 1;
  const auto name_end = after_name(text, name);
  if (name_end == name) return std::nullopt;
  const auto brace = after_spaces(text, name_end);
  const bool closed = brace < text.size() && text[brace] == '}';
  VariableReference found{dollar, closed ? brace + 1 : name_end, {}, braced == closed};
  const auto inside = text.substr(dollar + 1, found.end - dollar - 1);
  // If the text begins with a brace, Adobe's tools remove its first and its last character as the two braces.
  found.name = braced ? without_spaces(inside.substr(1, inside.size() - 2)) : inside;
  return found;
}

}  // namespace

std::optional<VariableReference> next_variable(std::string_view text, std::size_t from) {
  for (auto dollar = text.find('$', from); dollar != std::string_view::npos; dollar = text.find('$', dollar + 1))
    if (auto reference = reference_at(text, dollar)) return reference;
  return std::nullopt;
}

std::string replace_reference(std::string_view text, std::string_view reference, std::string_view value) {
  const auto at = text.find(reference);
  if (at == std::string_view::npos) return std::string(text);
  const auto before = text.substr(0, at);
  const auto behind = text.substr(at + reference.size());
  std::string result(before);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char sign = value[i] == '$' && i + 1 < value.size() ? value[i + 1] : '\0';
    switch (sign) {
      case '$':
        result += '$';
        break;
      case '&':
        result += reference;
        break;
      case '`':
        result += before;
        break;
      case '\'':
        result += behind;
        break;
      default:
        result += value[i];
        continue;
    }
    ++i;
  }
  return result += behind;
}

bool has_replacement_signs(std::string_view value) {
  for (auto dollar = value.find('$'); dollar != std::string_view::npos; dollar = value.find('$', dollar + 1)) {
    if (dollar + 1 == value.size()) return false;
    if (std::string_view("$&`'").find(value[dollar + 1]) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace adit::app
