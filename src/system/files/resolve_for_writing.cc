#include "system/files/resolve_for_writing.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <utility>
#include <vector>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "system/files/inside.h"

namespace adit {
namespace {

namespace fs = std::filesystem;

Error unwritable(const std::string& path, const std::string& reason) {
  return Error::failure("file_unwritable", cat("Cannot write ", path, ": ", reason, "."))
      .hint("Check the permissions of its folder; nothing was changed.");
}

/// Returns the project to which a folder belongs, or an empty path. `folder` must contain no links.
fs::path project_of(fs::path folder) {
  std::error_code unknown;
  const auto current = fs::current_path(unknown);
  for (;; folder = folder.parent_path()) {
    if (folder == current) return folder;
    for (const auto* mark : {".git", "app.config.yaml", "ext.config.yaml", "manifest.yml"})
      if (fs::exists(fs::symlink_status(folder / mark, unknown))) return folder;
    if (!folder.has_relative_path()) return {};
  }
}

bool is_in_git_folder(const fs::path& path, const fs::path& project) {
  const auto below = path.lexically_relative(project);
  return std::find(below.begin(), below.end(), ".git") != below.end();
}

struct Link {
  fs::path path;
  fs::path project;
};

struct Followed {
  fs::path end;
  /// The followed links that are in a project.
  std::vector<Link> links;
};

/// Follows the links of a path, folder by folder, as the system does when it opens a file.
Followed follow(const std::string& path) {
  constexpr int kMostLinks = 40;
  std::error_code error;
  const auto absolute = fs::absolute(path, error);
  if (path.empty() || error) throw unwritable(path.empty() ? "a file with an empty name" : path, system_reason(ENOENT));
  std::deque<fs::path> left(absolute.begin(), absolute.end());
  Followed followed;
  for (int links = 0; !left.empty();) {
    const auto name = left.front();
    left.pop_front();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      followed.end = followed.end.parent_path();
      continue;
    }
    const auto next = followed.end / name;
    if (name.is_absolute() || !fs::is_symlink(fs::symlink_status(next, error))) {
      followed.end = next;
      continue;
    }
    if (++links > kMostLinks) throw unwritable(path, system_reason(ELOOP));
    const auto target = fs::read_symlink(next, error);
    if (error) throw unwritable(path, error.message());
    if (auto project = project_of(followed.end); !project.empty()) followed.links.push_back({next, std::move(project)});
    left.insert(left.begin(), target.begin(), target.end());
  }
  return followed;
}

}  // namespace

std::string resolve_for_writing(const std::string& path) {
  const auto followed = follow(path);
  for (const auto& link : followed.links) {
    const bool leaves = !is_inside(followed.end, link.project);
    if (!leaves && (!is_in_git_folder(followed.end, link.project) || is_in_git_folder(link.path, link.project)))
      continue;
    throw Error::configuration(
        "link_leaves_project",
        cat("Cannot write ", path, ": the link ", link.path.string(), " leads to ", followed.end.string(), ", ",
            leaves ? cat("outside of ", link.project.string()) : "into git's own files", "."))
        .hint("Nothing was changed. Replace the link with a file, or name that place directly.");
  }
  return followed.end.string();
}

void make_folders(const std::string& folder) {
  std::error_code error;
  fs::create_directories(resolve_for_writing(folder), error);
  if (error)
    throw Error::configuration("file_unwritable", cat("The folder ", folder, " cannot be made: ", error.message(), "."))
        .hint("Check the permissions of its parent folder, and that no file with this name exists.");
}

}  // namespace adit
