#include "app/yaml/yaml_tree.h"

#include <algorithm>
#include <cmath>

#include "base/json/exact_integer.h"

namespace adit::app {

const YamlEntry* YamlNode::find_entry(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [key](const YamlEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto* entry = find_entry(key);
  return entry == nullptr ? nullptr : &entry->value;
}

SourcePosition YamlNode::where() const { return {file ? file->shown : "", line, column}; }

SourcePosition YamlEntry::where() const { return {file ? file->shown : "", line, column}; }

std::size_t YamlNode::size() const {
  std::size_t total = 1;
  for (const auto& item : items) total += item.size();
  for (const auto& entry : entries) total += entry.value.size();
  return total;
}

std::size_t YamlNode::text_bytes() const {
  std::size_t total = text.size();
  for (const auto& item : items) total += item.text_bytes();
  for (const auto& entry : entries) total += entry.key.size() + entry.value.text_bytes();
  return total;
}

namespace {

json::value number_to_json(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (std::trunc(value) == value && std::abs(value) <= static_cast<double>(kMaxExactInteger))
    return static_cast<std::int64_t>(value);
  return value;
}

}  // namespace

json::value to_json_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::boolean:
      return node.boolean;
    case YamlNode::Kind::integer:
      return node.integer;
    case YamlNode::Kind::floating:
      return number_to_json(node.floating);
    case YamlNode::Kind::string:
      return json::value(node.text);
    case YamlNode::Kind::sequence: {
      json::array array;
      array.reserve(node.items.size());
      for (const auto& item : node.items) array.push_back(to_json_value(item));
      return array;
    }
    case YamlNode::Kind::map: {
      json::object object;
      object.reserve(node.entries.size());
      for (const auto& entry : node.entries) object.insert_or_assign(entry.key, to_json_value(entry.value));
      return object;
    }
  }
  return nullptr;
}

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::boolean:
      return "a boolean";
    case YamlNode::Kind::integer:
    case YamlNode::Kind::floating:
      return "a number";
    case YamlNode::Kind::string:
      return "a string";
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "nothing";
}

}  // namespace adit::app
