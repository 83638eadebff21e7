#include "dev/web/platform_json.h"

namespace adit::dev {
namespace {

constexpr std::size_t kIndent = 2;

// The recursion is limited by the depth that the parser allows for an action's result.
void append_json(const json::value& value, std::size_t indent, std::string& text) {
  if (const auto* object = value.if_object()) {
    text += "{\n";
    bool first = true;
    for (const auto& [name, member] : *object) {
      if (!first) text += ",\n";
      first = false;
      text.append(indent + kIndent, ' ').append(to_json(json::string(name))).append(": ");
      append_json(member, indent + kIndent, text);
    }
    text.append("\n").append(indent, ' ').append("}");
  } else if (const auto* array = value.if_array()) {
    text += '[';
    bool first = true;
    for (const auto& element : *array) {
      if (!first) text += ", ";
      first = false;
      append_json(element, indent, text);
    }
    text += ']';
  } else {
    text += to_json(value);
  }
}

}  // namespace

std::string to_platform_json(const json::value& value) {
  std::string text;
  append_json(value, 0, text);
  return text;
}

}  // namespace adit::dev
