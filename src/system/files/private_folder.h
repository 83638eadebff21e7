#pragma once

#include <string>

#include "base/descriptor.h"

namespace adit {

/// A temporary folder that only this user can enter. The destructor removes it. A process that is killed leaves its
/// folders behind, and its actions' daemons running. The next process of this user that makes a folder removes these
/// folders and ends these daemons. It recognises an abandoned folder because its lock (flock(2)) is free, and the
/// daemons by `variable` in their environment.
class PrivateFolder {
 public:
  enum class Content { files, programs };
  /// The folder is in the temporary folder. For programs, it is in /var/tmp or in adit's cache if the temporary folder
  /// is mounted with noexec. Throws Error `no_folder`.
  explicit PrivateFolder(Content content = Content::files);
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  /// For files, short enough for a socket in the folder: the path of a socket has at most 107 bytes (unix(7)).
  [[nodiscard]] const std::string& path() const { return path_; }
  /// `__ADIT_FOLDER=PATH`, for the environment of processes that must not outlive the folder.
  [[nodiscard]] std::string variable() const;

 private:
  std::string path_;
  Descriptor lock_;
};

}  // namespace adit
