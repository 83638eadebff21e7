#include "app/yaml/shape.h"

#include <algorithm>
#include <set>

#include "base/text/text.h"

namespace adit::app {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

bool is_allowed_inside(char c) { return is_word(c) || std::string_view("@ .&-").find(c) != std::string_view::npos; }

std::string flaw_of_name(std::string_view name) {
  constexpr std::size_t kLongest = 256;
  if (name.empty()) return "is empty";
  if (name.size() > kLongest) return cat("has more than ", kLongest, " bytes");
  if (name.find("..") != std::string_view::npos) return "contains '..'";
  const auto wrong = std::find_if_not(name.begin(), name.end(), is_allowed_inside);
  if (wrong != name.end()) return cat("contains '", *wrong, "'");
  if (name.front() == ' ' || name.back() == ' ') return "begins or ends with a space";
  if (!is_word(name.front())) return cat("begins with '", name.front(), "'");
  return {};
}

}  // namespace

Error wrong_shape(std::string_view what, Shape shape, std::string_view expected, const YamlNode& node) {
  const auto hint = shape == Shape::map
                        ? std::string("Write its members below it, indented, one `name: value` per line.")
                    : shape == Shape::list ? std::string("Write its items below it, indented, one `- item` per line.")
                                           : cat("Write ", expected, " there.");
  return Error::configuration("invalid_config", cat(what, " must be ", expected, ", but here is ", describe(node), "."))
      .hint(hint)
      .at(node.where());
}

const YamlNode* optional_map(const YamlNode& parent, std::string_view key, std::string_view owner) {
  const auto* node = parent.find(key);
  if (node == nullptr || node->is_null()) return nullptr;
  if (!node->is_map())
    throw wrong_shape(cat("`", key, "` of ", owner), Shape::map, "a map (`name: value` lines)", *node);
  return node;
}

std::string optional_text(const YamlNode& parent, std::string_view key, std::string_view owner) {
  const auto* node = parent.find(key);
  if (node == nullptr || node->is_null()) return {};
  if (!node->is_string()) {
    const bool scalar = !node->is_map() && !node->is_sequence();
    throw wrong_shape(cat("`", key, "` of ", owner), Shape::scalar, "a string", *node)
        .hint(scalar ? cat("Write it in quotes: `", key, ": '…'`.") : std::string());
  }
  return node->text;
}

void warn_of_unknown_keys(const YamlNode& map, std::span<const std::string> known, std::string_view owner,
                          Unknown which, std::vector<Warning>& warnings) {
  std::set<std::string_view> there;
  for (const auto& entry : map.entries) there.insert(entry.key);
  for (const auto& entry : map.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const auto meant = nearest(entry.key, known);
    if (!meant && which == Unknown::misspelt) continue;
    warnings.push_back({cat("The key `", entry.key, "` of ", owner, " has no effect here."),
                        meant ? cat("Did you mean `", *meant, "`?") : cat("Known keys: ", join(known, ", "), "."),
                        entry.where(), meant && !there.contains(*meant) ? *meant : std::string(),
                        Warning::Kind::unknown_key, entry.key});
  }
}

void check_entity_name(std::string_view name, std::string_view kind, const SourcePosition& where) {
  const auto flaw = flaw_of_name(name);
  if (flaw.empty()) return;
  throw Error::configuration("invalid_name", cat("The name '", name, "' of ", kind, " ", flaw, "."))
      .hint(
          "A name begins with a letter, a digit or _. After that it may also contain spaces and @ . & -, but no space at the end.")
      .at(where);
}

}  // namespace adit::app
