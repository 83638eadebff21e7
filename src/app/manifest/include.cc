#include "app/manifest/include.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "app/yaml/source_file.h"
#include "app/yaml/yaml_parse.h"
#include "base/text/text.h"
#include "system/files/inside.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInclude = "$include";
/// The most nodes of all inclusions together; a file counts each time that it is included. More than this is a mistake.
constexpr std::size_t kMaxNodes = 200'000;
/// The most bytes of included text, and of the files that are read.
constexpr std::size_t kMaxIncludedBytes = 16U << 20U;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxIncludes = 1'000;

class Includer {
 public:
  ConfigTree read(const std::string& path) {
    root_ = fs::path(path).parent_path().string();
    refuse_outside(path, root_, "The file", {shown_path(path), 0, 0});
    ConfigTree tree;
    tree.root = load(path);
    chain_.push_back(path);
    resolve(tree.root);
    tree.files = std::move(files_);
    return tree;
  }

 private:
  YamlNode load(const std::string& path) {
    const auto known = cache_.find(path);
    if (known != cache_.end()) return known->second;
    std::error_code unknown;
    const auto size = fs::file_size(path, unknown);
    if (!unknown) read_bytes_ += size;
    if (files_.size() > 1 && read_bytes_ > kMaxIncludedBytes) return {};  // splice refuses it
    files_.push_back(path);
    return cache_.emplace(path, read_yaml(path)).first->second;
  }

  void resolve(YamlNode& node) {
    if (const auto* include = node.find_entry(kInclude)) {
      splice(node, *include);
      return;
    }
    for (auto& item : node.items) resolve(item);
    for (auto& entry : node.entries) resolve(entry.value);
  }

  /// Replaces `node`, which contains `include`, with the content of the included file.
  void splice(YamlNode& node, const YamlEntry& include) {
    const auto path = target(include);
    const auto where = include.value.where();
    auto content = load(path);
    nodes_ += content.size();
    bytes_ += content.text_bytes();
    if (++includes_ > kMaxIncludes || nodes_ > kMaxNodes || bytes_ > kMaxIncludedBytes ||
        read_bytes_ > kMaxIncludedBytes || chain_.size() >= kMaxDepth)
      throw Error::configuration("invalid_config", "There are too many included files.")
          .hint(
              "A file is counted each time it is included: if A includes B twice, and B includes C twice, C counts four times.")
          .at(where);
    std::erase_if(node.entries, [](const YamlEntry& entry) { return entry.key == kInclude; });

    // The entries beside `$include` belong to this file: resolve their includes before the file joins the chain.
    for (auto& entry : node.entries) resolve(entry.value);
    chain_.push_back(path);
    resolve(content);
    chain_.pop_back();
    combine(node, std::move(content), where);
  }

  static void combine(YamlNode& node, YamlNode content, const SourcePosition& where) {
    const bool says_null = content.is_null() && !content.text.empty();
    if (says_null) {
      content.kind = YamlNode::Kind::map;
    } else if (!content.is_map()) {
      throw Error::configuration("invalid_config",
                                 cat(content.file->shown, " is included, but contains ", describe(content), "."))
          .hint("An included file must contain a map (`key: value` lines).")
          .at(where);
    }
    std::map<std::string, std::size_t> places;
    for (const auto& entry : content.entries) places.emplace(entry.key, places.size());
    for (auto& own : node.entries) {
      const auto same = places.find(own.key);
      if (same == places.end()) {
        content.entries.push_back(std::move(own));
      } else {
        content.entries[same->second] = std::move(own);
      }
    }
    node = std::move(content);
  }

  /// Returns the file that an include names, after checking it.
  [[nodiscard]] std::string target(const YamlEntry& include) const {
    if (!include.value.is_string() || include.value.text.empty())
      throw Error::configuration("invalid_config",
                                 cat("`$include` names a file, but here is ", describe(include.value), "."))
          .hint("Write `$include: src/dx-excshell-1/ext.config.yaml`.")
          .at(include.value.where());
    auto path = resolve_path(*include.value.file, include.value.text);
    refuse_outside(path, root_, "The file that is included", include.value.where());
    refuse_cycle(path, include.value.where());
    std::error_code unknown;
    if (!fs::is_regular_file(path, unknown)) {
      const bool exists = fs::exists(path, unknown);
      throw Error::configuration("include_missing",
                                 cat("The file ", shown_path(path),
                                     exists ? " that is included is not a file." : " that is included does not exist."))
          .hint(cat("The path is relative to ", include.value.file->shown, "; correct it or create the file."))
          .at(include.value.where());
    }
    return path;
  }

  void refuse_cycle(const std::string& path, const SourcePosition& where) const {
    const auto first = std::find_if(chain_.begin(), chain_.end(), [&path](const std::string& link) {
      std::error_code unknown;
      return link == path || fs::equivalent(link, path, unknown);
    });
    if (first == chain_.end()) return;
    std::vector<std::string> cycle;
    std::transform(first, chain_.end(), std::back_inserter(cycle), shown_path);
    cycle.push_back(shown_path(path));
    throw Error::configuration("include_cycle", cat("Files include each other in a circle: ", join(cycle, " -> "), "."))
        .hint("Remove one of these `$include` lines.")
        .at(where);
  }

  std::string root_;
  std::map<std::string, YamlNode> cache_;
  std::vector<std::string> files_;
  std::vector<std::string> chain_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  std::size_t read_bytes_ = 0;
  std::size_t includes_ = 0;
};

}  // namespace

std::string resolve_path(const SourceFile& from, const std::string& path) {
  auto slashes = path;
  std::replace(slashes.begin(), slashes.end(), '\\', '/');  // as written on Windows
  auto resolved = (fs::path(from.path).parent_path() / slashes).lexically_normal();
  // "actions/generic/" names the folder "actions/generic".
  if (!resolved.has_filename() && resolved.has_relative_path()) resolved = resolved.parent_path();
  return resolved.string();
}

void refuse_outside(const std::string& path, const std::string& root, const std::string& what,
                    const SourcePosition& where) {
  if (is_inside(path, root)) return;
  throw Error::configuration("outside_project", cat(what, " lies outside of the project: ", shown_path(path), "."))
      .hint(cat("A project may name only files below ", root, ", and links must not lead out of it."))
      .at(where);
}

ConfigTree read_config_tree(const std::string& path) {
  return Includer().read(fs::absolute(path).lexically_normal().string());
}

}  // namespace adit::app
