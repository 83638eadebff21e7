#pragma once

#include <string>

namespace adit {

/// Returns the absolute path that a write to `path` changes once all symbolic links are followed; the file and the last
/// of its folders need not exist. Every function that writes a file or makes a folder asks here first, because a
/// repository that somebody else wrote may hold links.
///
/// A link inside a project is followed as long as it leads to a place inside the same project, outside of its `.git`.
/// Throws Error (configuration) `link_leaves_project` for any other. A project is the nearest folder above the link
/// that has a `.git` or an App Builder manifest, or that is the current folder. Links that lie in no project are the
/// user's own, and are followed. Throws Error `file_unwritable` for links in a circle.
[[nodiscard]] std::string resolve_for_writing(const std::string& path);

/// Makes the folder and those above it, by the same rule; a folder that is there stays as it is. Throws Error
/// `link_leaves_project` or `file_unwritable`.
void make_folders(const std::string& folder);

}  // namespace adit
