#include "dev/sources/included_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <span>

#include "adit/error.h"

#include "base/text.h"
#include "system/inside.h"
#include "system/resolve_for_writing.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

/// `{a,b}` written out. Bounded: a pattern of a cloned project must not take all memory.
constexpr std::size_t kMaxAlternatives = 1000;

std::vector<std::string> without_braces(const std::string& pattern) {
  std::vector<std::string> done;
  std::vector<std::string> waiting = {pattern};
  while (!waiting.empty() && done.size() + waiting.size() < kMaxAlternatives) {
    const auto text = std::move(waiting.back());
    waiting.pop_back();
    // The innermost ones first.
    const auto close = text.find('}');
    const auto open = close == std::string::npos ? close : text.rfind('{', close);
    if (open == std::string::npos) {
      done.push_back(text);
      continue;
    }
    for (auto begin = open + 1; begin <= close;) {
      const auto end = std::min(text.find(',', begin), close);
      waiting.push_back(cat(text.substr(0, open), text.substr(begin, end - begin), text.substr(close + 1)));
      begin = end + 1;
    }
  }
  return done;
}

/// One segment, without slashes.
bool matches_segment(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  std::size_t at = 0;
  std::size_t in_name = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  const auto one_matches = [&](std::size_t& next) {
    if (at >= pattern.size()) return false;
    next = at + 1;
    if (pattern[at] == '?') return true;
    const auto end = pattern[at] == '[' ? pattern.find(']', at + 2) : std::string_view::npos;
    if (end == std::string_view::npos) return pattern[at] == name[in_name];
    next = end + 1;
    auto set = pattern.substr(at + 1, end - at - 1);
    const bool inverted = set.starts_with('!') || set.starts_with('^');
    if (inverted) set.remove_prefix(1);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
      const bool range = i + 2 < set.size() && set[i + 1] == '-';
      found = found || (range ? set[i] <= name[in_name] && name[in_name] <= set[i + 2] : set[i] == name[in_name]);
      if (range) i += 2;
    }
    return found != inverted;
  };
  while (in_name < name.size()) {
    std::size_t next = 0;
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_name = in_name;
    } else if (one_matches(next)) {
      at = next;
      ++in_name;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_name = ++star_name;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the pattern has `**`
bool matches_segments(std::span<const std::string> pattern, std::span<const std::string> path) {
  while (!pattern.empty()) {
    if (pattern.front() == "**") {
      for (std::size_t skipped = 0; skipped <= path.size(); ++skipped) {
        if (matches_segments(pattern.subspan(1), path.subspan(skipped))) return true;
        if (skipped < path.size() && path[skipped].starts_with('.')) return false;
      }
      return false;
    }
    if (path.empty() || !matches_segment(pattern.front(), path.front())) return false;
    pattern = pattern.subspan(1);
    path = path.subspan(1);
  }
  return path.empty();
}

Error outside(std::string message, const app::Action& action) {
  return Error::configuration("outside_project", std::move(message))
      .hint("`include` copies files of the project into folders of the action's package.")
      .at(action.where);
}

/// The files that match, in order.
std::vector<std::string> files_matching(const std::string& pattern) {
  std::error_code error;
  const auto special = pattern.find_first_of("*?[");
  if (special == std::string::npos && fs::is_regular_file(pattern, error)) return {pattern};
  const auto start = special == std::string::npos ? pattern : pattern.substr(0, pattern.rfind('/', special));
  const auto whole = special == std::string::npos ? cat(pattern, "/**") : pattern;
  std::set<std::string> found;
  auto entry = fs::recursive_directory_iterator(start, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const auto path = entry->path().string();
    std::error_code unknown;
    const bool folder = fs::is_directory(entry->path(), unknown);
    // A folder that matches stands for all that is in it.
    if (!folder && fs::is_regular_file(entry->path(), unknown) &&
        (matches_glob(whole, path) || matches_glob(cat(whole, "/**"), path)))
      found.insert(path);
  }
  return {found.begin(), found.end()};
}

std::string folder_in_package(const app::Include& include, const app::Action& action) {
  const auto folder = (fs::path("/") / include.destination).lexically_normal().string();
  if (fs::path(include.destination).lexically_normal().string().starts_with(".."))
    throw outside(cat("`include` of ", action.full_name(), " leads out of the package: ", include.destination, "."),
                  action);
  return folder.ends_with('/') ? folder.substr(1) : folder.substr(1) + "/";
}

/// With the source's own time, by which is_same() knows the copy again.
void copy_with_time(const fs::path& from, const fs::path& to) {
  make_folders(to.parent_path().string());
  const auto temporary = resolve_for_writing(to.string() + ".new");
  std::error_code error;
  fs::copy_file(from, temporary, fs::copy_options::overwrite_existing, error);
  if (!error) fs::last_write_time(temporary, fs::last_write_time(from, error), error);
  if (!error) fs::rename(temporary, to, error);
  if (error)
    throw Error::configuration("file_unwritable", cat(to.string(), " cannot be written: ", error.message(), "."))
        .hint("Check the folder's permissions, and the space left on its disk.");
}

bool is_same(const fs::path& from, const fs::path& to) {
  std::error_code error;
  return fs::is_regular_file(to, error) && fs::file_size(from, error) == fs::file_size(to, error) &&
         fs::last_write_time(from, error) == fs::last_write_time(to, error);
}

/// A folder of scripts is the package's own root, the included files beside its.
void add_function_folder(const app::Action& action, std::map<std::string, std::string>& wanted) {
  const fs::path folder = action.function_path;
  std::error_code error;
  if (action.is_cpp() || !fs::is_directory(folder, error)) return;
  for (auto entry = fs::recursive_directory_iterator(folder, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (fs::is_regular_file(entry->path(), unknown))
      wanted[entry->path().lexically_relative(folder).string()] = entry->path().string();
  }
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view path) {
  const auto segments = [](std::string_view text) { return split_list(text, '/'); };
  return matches_segments(segments(pattern), segments(path));
}

std::vector<IncludedFile> included_files(const app::Project& project, const app::Action& action) {
  std::map<std::string, std::string> found;
  for (const auto& include : action.include) {
    const auto folder = folder_in_package(include, action);
    for (const auto& pattern : without_braces(include.source)) {
      for (const auto& file : files_matching(pattern)) {
        if (!is_inside(file, project.root))
          throw outside(cat("`include` of ", action.full_name(), " names a file outside of the project: ", file, "."),
                        action);
        found[folder + fs::path(file).filename().string()] = file;
      }
    }
  }
  std::vector<IncludedFile> files;
  files.reserve(found.size());
  for (const auto& [path, source] : found) files.push_back({.source = source, .path = path});
  return files;
}

std::string stage_included(const app::Project& project, const app::Action& action, const std::string& bundle) {
  if (action.include.empty()) return {};
  std::map<std::string, std::string> wanted;
  for (const auto& file : included_files(project, action)) wanted[file.path] = file.source;
  if (bundle.empty()) {
    add_function_folder(action, wanted);
  } else {
    for (const std::string ending : {"", ".map"}) wanted["index.cjs" + ending] = bundle + ending;
  }
  const auto stage = fs::path(project.root) / "dist" / ".include" / action.package / action.name;
  make_folders(stage.string());
  std::vector<fs::path> stale;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(stage, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_directory() && !wanted.contains(entry->path().lexically_relative(stage).string()))
      stale.push_back(entry->path());
  }
  for (const auto& file : stale) fs::remove(file, error);
  for (const auto& [path, source] : wanted) {
    if (!is_same(source, stage / path)) copy_with_time(source, stage / path);
  }
  return stage.string();
}

}  // namespace adit::dev
