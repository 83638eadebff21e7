#include "dev/sources/included_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

#include "adit/error.h"
#include "adit/log.h"

#include "app/manifest/include.h"
#include "app/manifest/include_pattern.h"
#include "app/yaml/source_file.h"
#include "base/text/text.h"
#include "dev/sources/glob.h"
#include "system/files/inside.h"
#include "system/files/resolve_for_writing.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

Error outside(std::string message, const app::Action& action) {
  return Error::configuration("outside_project", std::move(message))
      .hint("`include` copies files of the project into folders of the action's package.")
      .at(action.where);
}

/// Returns the matching files, sorted. A folder that the pattern names literally means all files in it, unless the name
/// comes from braces. A folder that matches a wildcard is skipped.
std::vector<std::string> files_matching(const app::PatternWalk& walk, bool is_alternative) {
  std::error_code error;
  const bool is_name = walk.names.empty();
  if (is_name && fs::is_regular_file(walk.start, error)) return {walk.start};
  if (is_name && is_alternative) return {};
  const auto names = is_name ? std::vector<std::string>{"**"} : walk.names;
  std::set<std::string> found;
  auto entry = fs::recursive_directory_iterator(walk.start, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (fs::is_regular_file(entry->path(), unknown) &&
        matches_glob(names, entry->path().lexically_relative(walk.start).string()))
      found.insert(entry->path().string());
  }
  return {found.begin(), found.end()};
}

/// Whether the file contains settings, and the pattern matches it without naming it. In Adobe's build, too, `!(*.js)`
/// matches `.env`.
bool is_unnamed_settings(const std::string& file, const app::PatternWalk& walk) {
  const auto name = fs::path(file).filename().string();
  if (walk.names.empty() || (name != ".env" && !name.starts_with(".env."))) return false;
  const std::string_view last = walk.names.back();
  return !last.starts_with('.') && (last.find(".env") == last.npos || last.find("!(") != last.npos);
}

void warn_about_settings(const std::string& file, const app::Include& include, const app::Action& action) {
  static std::mutex mutex;
  static std::set<std::string> warned;
  const std::lock_guard lock(mutex);
  if (!warned.insert(cat(action.full_name(), ' ', file)).second) return;
  log(LogLevel::warn,
      cat(include.where.to_string(), ": `include` of ", action.full_name(), " puts ", app::shown_path(file),
          " into its package, with the secrets in it. Name the files that are wanted, as in `data/*.json`."));
}

std::string folder_in_package(const app::Include& include, const app::Action& action) {
  const auto folder = (fs::path("/") / include.destination).lexically_normal().string();
  if (fs::path(include.destination).lexically_normal().string().starts_with(".."))
    throw outside(cat("`include` of ", action.full_name(), " leads out of the package: ", include.destination, "."),
                  action);
  return folder.ends_with('/') ? folder.substr(1) : folder.substr(1) + "/";
}

/// Copies a file with its modification time, by which is_same() recognises the copy.
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

/// If the function is a folder of scripts, adds its files; they are in the root of the package.
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

std::vector<IncludedFile> included_files(const app::Project& project, const app::Action& action) {
  std::map<std::string, std::string> found;
  for (const auto& include : action.include) {
    const auto folder = folder_in_package(include, action);
    // Patterns with too many alternatives were rejected when the manifest was read.
    for (const auto& pattern : app::without_braces(include.source).value_or(std::vector<std::string>())) {
      const auto walk = app::walk_of(include.base, pattern);
      app::refuse_outside(walk.start, project.root, cat("`include` of action '", action.full_name(), "'"),
                          include.where);
      if (!walk.names.empty() && pattern.ends_with('/')) continue;
      const auto files = [&] {
        try {
          return files_matching(walk, pattern != include.source);
        } catch (const PatternTooComplex&) {
          throw Error::configuration("invalid_config",
                                     cat("A pattern in `include` of ", action.full_name(), " has too many groups."))
              .hint("Use one group in a name, as in `@(a|b)*.json`, or name the files.")
              .at(include.where);
        }
      }();
      for (const auto& file : files) {
        if (!is_inside(file, project.root))
          throw outside(cat("`include` of ", action.full_name(), " names a file outside of the project: ", file, "."),
                        action);
        if (is_unnamed_settings(file, walk)) warn_about_settings(file, include, action);
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
