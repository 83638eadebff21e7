#include "app/project/variable_reference.h"

namespace adit::app {
namespace {

bool belongs_to_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_space_in_braces(char c) { return c == ' '; }

std::size_t end_of(std::string_view text, std::size_t at, bool (*belongs)(char)) {
  while (at < text.size() && belongs(text[at])) ++at;
  return at;
}

std::optional<VariableReference> variable_at(std::string_view text, std::size_t dollar) {
  auto begin = dollar + 1;
  const bool braced = begin < text.size() && text[begin] == '{';
  if (braced) begin = end_of(text, begin + 1, is_space_in_braces);
  const auto end = end_of(text, begin, belongs_to_a_name);
  if (end == begin) return std::nullopt;
  const auto name = text.substr(begin, end - begin);
  if (!braced) return VariableReference{dollar, end, name};
  const auto brace = end_of(text, end, is_space_in_braces);
  if (brace >= text.size() || text[brace] != '}') return std::nullopt;
  return VariableReference{dollar, brace + 1, name};
}

}  // namespace

std::optional<VariableReference> next_variable(std::string_view text, std::size_t from) {
  for (auto dollar = text.find('$', from); dollar != std::string_view::npos; dollar = text.find('$', dollar + 1))
    if (auto reference = variable_at(text, dollar)) return reference;
  return std::nullopt;
}

}  // namespace adit::app
