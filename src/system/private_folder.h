#pragma once

#include <string>

#include "system/child_process.h"

namespace adit {

/// A folder in the temporary folder that only this user enters, gone with this object. A process that is killed leaves
/// its folders there, and its actions' daemons running: the next process of this user that makes a folder ends both. It
/// knows them by the lock on the folder (flock(2)), which ends with its holder, and by `variable`.
class PrivateFolder {
 public:
  /// Throws Error `no_folder`.
  PrivateFolder();
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  /// Short enough for a socket in it: a socket's path holds 107 bytes (unix(7)).
  [[nodiscard]] const std::string& path() const { return path_; }
  /// For the environment of whatever is not to outlive the folder: `__ADIT_FOLDER=PATH`.
  [[nodiscard]] std::string variable() const;

 private:
  std::string path_;
  Descriptor lock_;
};

}  // namespace adit
