#pragma once

#include <string>

namespace adit {

/// Follows all symbolic links of `path` and returns the absolute path that a write would change. The file and its last
/// folders need not exist. Every function that writes a file or makes a folder calls this first, because a cloned
/// repository may contain malicious links.
///
/// Follows a link inside a project only if it leads to a place inside the same project and outside of its `.git`.
/// Throws Error `link_leaves_project` (configuration) for any other link of a project. A project is the nearest folder
/// above the link that has a `.git` or an App Builder manifest, or that is the current folder. Links outside of any
/// project belong to the user and are followed. Throws Error `file_unwritable` for circular links.
[[nodiscard]] std::string resolve_for_writing(const std::string& path);

/// Makes the folder and those above it, by the same rule. Does not change existing folders. Throws Error
/// `link_leaves_project` or `file_unwritable`.
void make_folders(const std::string& folder);

}  // namespace adit
