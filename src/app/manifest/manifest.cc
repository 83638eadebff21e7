#include "app/manifest/manifest.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/manifest/include.h"
#include "app/manifest/include_pattern.h"
#include "app/manifest/limits.h"
#include "app/manifest/manifest_keys.h"
#include "app/manifest/manifest_rules.h"
#include "app/manifest/manifest_triggers.h"
#include "app/manifest/unused_keys.h"
#include "app/yaml/shape.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

constexpr std::string_view kPlaceholder = "__APP_PACKAGE__";

bool is_annotation(const std::string& key) {
  static const auto kAnnotations = keys_of(KeyPlace::annotation);
  return std::find(kAnnotations.begin(), kAnnotations.end(), key) != kAnnotations.end();
}

/// Warns of unknown keys of an action. A key such as `require-adobe-auth` beside `annotations`, instead of below it,
/// has no effect after deployment and gets its own message.
void warn_of_action_keys(const YamlNode& node, std::span<const std::string> known, const std::string& owner,
                         std::vector<Warning>& warnings) {
  YamlNode rest;
  rest.kind = YamlNode::Kind::map;
  for (const auto& entry : node.entries) {
    if (is_annotation(entry.key)) {
      warnings.push_back({cat("The key `", entry.key, "` of ", owner, " is an annotation and does nothing here."),
                          "Move it below `annotations:`.", entry.where(), "", Warning::Kind::unknown_key});
    } else {
      rest.entries.push_back({entry.key, {}, entry.file, entry.line, entry.column});
    }
  }
  warn_of_unknown_keys(rest, known, owner, Unknown::all, warnings);
}

/// Adobe's tools accept a boolean, `yes` and `raw`; with every other text, even `'true'`, the action is not a web
/// action.
Web web_of(const YamlNode& node, std::string_view what, std::vector<Warning>& warnings) {
  if (node.is_null()) return Web::no;
  if (node.kind == YamlNode::Kind::boolean) return node.boolean ? Web::yes : Web::no;
  if (!node.is_string()) throw wrong_shape(what, Shape::scalar, "yes, no, true, false or raw", node);
  if (node.text == "yes") return Web::yes;
  if (node.text == "raw") return Web::raw;
  if (node.text != "no" && node.text != "false")
    warnings.push_back({cat("The text of ", what, " does not make a web action: for Adobe's tools ",
                            "`true` without quotes, `yes` and `raw` do."),
                        "Write `web: 'yes'`, or `web: 'no'` if nobody is to call it over the web.", node.where()});
  return Web::no;
}

/// Combines `web` with the annotations of the same meaning as adobe/aio-lib-runtime does, and stores the result in
/// `annotations`.
Web read_web(const YamlNode& node, const std::string& owner, json::object& annotations,
             std::vector<Warning>& warnings) {
  const auto read = [&](const YamlNode* parent, std::string_view key) {
    const auto* value = parent == nullptr ? nullptr : parent->find(key);
    return value == nullptr ? Web::no : web_of(*value, cat("`", key, "` of ", owner), warnings);
  };
  const auto* given = node.find("annotations");
  const Web web = read(&node, "web");
  const Web exported = read(given, "web-export");
  const bool raw = web == Web::raw || exported == Web::raw || read(given, "raw-http") != Web::no;
  const bool reachable = web != Web::no || exported != Web::no;
  annotations["web-export"] = reachable;
  annotations["raw-http"] = reachable && raw;
  if (!reachable) return Web::no;
  return raw ? Web::raw : Web::yes;
}

json::object read_annotations(const YamlNode& node, const std::string& owner, std::vector<Warning>& warnings) {
  const auto* given = optional_map(node, "annotations", owner);
  if (given == nullptr) return {};
  const auto of_annotations = cat("`annotations` of ", owner);
  warn_of_unknown_keys(*given, keys_of(KeyPlace::annotation), of_annotations, Unknown::misspelt, warnings);
  warn_of_unused_keys(*given, KeyPlace::annotation, of_annotations, warnings);
  return to_json_value(*given).as_object();
}

/// Adds the action's inputs to the package's, and overrides those of the same name.
void add_inputs(const YamlNode* inputs, Action& action, InputTotals& totals) {
  if (inputs == nullptr) return;
  auto& positions = action.input_positions;
  for (const auto& entry : inputs->entries) {
    const auto inside = entry.key + "/";
    auto known = positions.lower_bound(inside);
    while (known != positions.end() && known->first.starts_with(inside)) known = positions.erase(known);
    note_input_positions(entry, totals, positions);
    action.inputs.insert_or_assign(entry.key, to_json_value(entry.value));
  }
}

/// Refuses a pattern that leads out of the project, also by links. Subtracts the number of patterns after expanding
/// braces from `most`. The files that it matches must be checked again when they are packed.
void check_include(const Include& include, const std::string& root, const std::string& what, std::size_t& most) {
  const auto patterns = without_braces(include.source, most);
  if (!patterns) {
    const auto limit = include.source.size() > kLongestPattern
                           ? cat("A pattern of ", what, " has more than ", kLongestPattern, " characters")
                           : cat(what, " expands to more than ", kMostPatterns, " patterns");
    throw Error::configuration("invalid_config", limit + ".")
        .hint("Use `*` instead of a list in braces, as in `data/*.json`, or name the folder.")
        .at(include.where);
  }
  most -= patterns->size();
  std::string checked;
  for (const auto& pattern : *patterns) {
    auto start = walk_of(include.base, pattern).start;
    if (start == checked) continue;
    refuse_outside(start, root, what, include.where);
    checked = std::move(start);
  }
}

/// Reads `include`: a list of [pattern] or [pattern, folder].
std::vector<Include> read_includes(const YamlNode& node, const std::string& owner, const std::string& root) {
  const auto* given = node.find("include");
  std::vector<Include> includes;
  if (given == nullptr || given->is_null()) return includes;
  const auto what = cat("`include` of ", owner);
  if (!given->is_sequence()) throw wrong_shape(what, Shape::list, "a list of `[pattern, folder]`", *given);
  std::size_t most = kMostPatterns;
  for (const auto& item : given->items) {
    const bool right =
        item.is_sequence() && !item.items.empty() && item.items.size() <= 2 &&
        std::all_of(item.items.begin(), item.items.end(), [](const YamlNode& part) { return part.is_string(); });
    if (!right)
      throw wrong_shape(cat("Each entry of ", what), Shape::list, "a list of a pattern and, optionally, a folder",
                        item);
    Include include;
    include.where = item.items[0].where();
    include.base = std::filesystem::path(item.items[0].file->path).parent_path().string();
    include.source = item.items[0].text;
    std::ranges::replace(include.source, '\\', '/');  // as written on Windows
    check_include(include, root, what, most);
    if (item.items.size() == 2) include.destination = item.items[1].text;
    includes.push_back(std::move(include));
  }
  return includes;
}

void read_function(const YamlNode& node, const std::string& owner, const std::string& root, Action& action) {
  action.function = optional_text(node, "function", owner);
  if (!action.function.empty()) {
    const auto& given = *node.find("function");
    const auto path = resolve_path(*given.file, action.function);
    refuse_outside(path, root, cat("The function of the ", owner), given.where());
    action.function_path = path;
  } else if (action.docker.empty()) {
    const auto* empty = node.find_entry("function");
    throw Error::configuration("invalid_config", cat("The ", owner, " has no `function`."))
        .hint("Add `function:` with the path of its code, relative to this file.")
        .at(empty == nullptr ? action.where : empty->where());
  }
}

class PackageReader {
 public:
  PackageReader(const YamlEntry& entry, Package& package, Project& project, InputTotals& totals, OnError on_error)
      : node_(entry.value),
        package_(package),
        warnings_(project.warnings),
        project_(project),
        totals_(totals),
        on_error_(on_error) {}

  void read() {
    const auto owner = cat("package '", package_.name, "'");
    warn_of_unknown_keys(node_, keys_of(KeyPlace::package), owner, Unknown::all, warnings_);
    warn_of_unused_keys(node_, KeyPlace::package, owner, warnings_);
    or_go_on([&] { package_.license = optional_text(node_, "license", owner); });
    or_go_on([&] { inputs_ = optional_map(node_, "inputs", owner); });
    if (inputs_ != nullptr) {
      package_.inputs = to_json_value(*inputs_).as_object();
      for (const auto& input : inputs_->entries) note_input_positions(input, totals_, package_.input_positions);
    }
    const auto* is_public = node_.find("public");
    package_.is_public = is_public != nullptr && is_public->kind == YamlNode::Kind::boolean && is_public->boolean;
    for_each("actions", owner, [this](const YamlEntry& entry) { package_.actions.push_back(action(entry)); });
    for_each("sequences", owner, [this](const YamlEntry& entry) { package_.sequences.push_back(sequence(entry)); });
    read_triggers_and_rules(node_, package_, project_, totals_, on_error_);
  }

 private:
  template <typename Read>
  void for_each(std::string_view key, const std::string& owner, Read read) {
    const YamlNode* map = nullptr;
    or_go_on([&] { map = optional_map(node_, key, owner); });
    if (map == nullptr) return;
    for (const auto& entry : map->entries) or_go_on([&] { read(entry); });
  }

  template <typename Read>
  void or_go_on(Read read) {
    guarded(on_error_, project_.errors, read);
  }

  /// Reads what actions and sequences have in common: a name, a position, and a map with known keys. `place` is the
  /// kind of keys, `expected` describes the map. Returns "action 'p/a'", for messages.
  template <typename ActionOrSequence>
  std::string begin(ActionOrSequence& runnable, const YamlEntry& entry, KeyPlace place, std::string_view expected) {
    check_entity_name(entry.key, place_name(place), entry.where());
    runnable.package = package_.name;
    runnable.name = entry.key;
    runnable.where = entry.where();
    auto owner = cat(place == KeyPlace::action ? "action '" : "sequence '", runnable.full_name(), "'");
    if (!entry.value.is_map()) throw wrong_shape(cat("The ", owner), Shape::map, expected, entry.value);
    warn_of_action_keys(entry.value, keys_of(place), owner, warnings_);
    warn_of_unused_keys(entry.value, place, owner, warnings_);
    return owner;
  }

  Action action(const YamlEntry& entry) {
    Action action;
    const auto owner = begin(action, entry, KeyPlace::action, "a map with at least `function:`");
    const auto& node = entry.value;
    or_go_on([&] { action.runtime = optional_text(node, "runtime", owner); });
    or_go_on([&] { action.main = optional_text(node, "main", owner); });
    or_go_on([&] { action.docker = optional_text(node, "docker", owner); });
    or_go_on([&] { read_function(node, owner, project_.root, action); });
    or_go_on([&] { action.annotations = read_annotations(node, owner, warnings_); });
    or_go_on([&] { action.web = read_web(node, owner, action.annotations, warnings_); });
    or_go_on([&] {
      action.limits = read_limits(optional_map(node, "limits", owner), owner, warnings_, on_error_, project_.errors);
    });
    or_go_on([&] { action.include = read_includes(node, owner, project_.root); });
    add_inputs(inputs_, action, totals_);
    or_go_on([&] {
      const auto* own = optional_map(node, "inputs", owner);
      for (const auto& input : action.inputs)
        if (own == nullptr || own->find_entry(input.key()) == nullptr) action.package_inputs.emplace_back(input.key());
      add_inputs(own, action, totals_);
    });
    return action;
  }

  Sequence sequence(const YamlEntry& entry) {
    Sequence sequence;
    const auto owner = begin(sequence, entry, KeyPlace::sequence, "a map with `actions: a, b`");
    const auto& node = entry.value;
    sequence.annotations = read_annotations(node, owner, warnings_);
    sequence.web = read_web(node, owner, sequence.annotations, warnings_);
    for (const auto& part : split_list(optional_text(node, "actions", owner)))
      sequence.actions.push_back(full_name(part));
    if (sequence.actions.empty())
      throw Error::configuration("invalid_config", cat("The ", owner, " has no `actions`."))
          .hint("Write them with commas: `actions: first, second`.")
          .at(sequence.where);
    return sequence;
  }

  [[nodiscard]] std::string full_name(const std::string& part) const {
    if (part.starts_with(cat(kPlaceholder, "/")))
      return cat(project_.name, "-", project_.version, part.substr(kPlaceholder.size()));
    return part.find('/') == std::string::npos ? cat(package_.name, "/", part) : part;
  }

  const YamlNode& node_;
  Package& package_;
  std::vector<Warning>& warnings_;
  Project& project_;
  InputTotals& totals_;
  OnError on_error_;
  const YamlNode* inputs_ = nullptr;
};

std::string package_name(const std::string& written, const Project& project) {
  return written == kPlaceholder ? cat(project.name, "-", project.version) : written;
}

}  // namespace

std::string extension_text(std::string_view extension) {
  return extension == kApplication ? "the application" : cat("the extension '", extension, "'");
}

void read_manifest(const YamlNode& manifest, const std::string& extension, Project& project, InputTotals& totals,
                   OnError on_error) {
  const auto* packages = optional_map(manifest, "packages", cat("the runtime manifest of ", extension_text(extension)));
  if (packages == nullptr) return;
  const auto read_package = [&](const YamlEntry& entry) {
    Package package;
    package.name = package_name(entry.key, project);
    package.extension = extension;
    package.where = entry.where();
    check_entity_name(package.name, "a package", package.where);
    if (entry.value.is_map()) {
      PackageReader(entry, package, project, totals, on_error).read();
    } else if (!entry.value.is_null()) {
      throw wrong_shape(cat("The package '", package.name, "'"), Shape::map, "a map with `actions:`", entry.value);
    }
    project.packages.push_back(std::move(package));
  };
  for (const auto& entry : packages->entries) guarded(on_error, project.errors, [&] { read_package(entry); });
  check_rules(*packages, project.warnings);
}

}  // namespace adit::app
