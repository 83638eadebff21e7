#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "system/files/private_folder.h"

namespace adit::dev {

/// The folder with the deployed entities and their code: a private temporary folder that the destructor deletes, or one
/// that the user names and keeps. Only this user can enter it. Each file is written under another name and then
/// renamed, so that a process that is killed at any point leaves either the old or the new content. Files are not
/// flushed to the disk: after a power failure some may be empty, and the caller has to skip these. Thread-safe.
class StateFolder {
 public:
  /// Called after each change of the folder, for tests that end the process there.
  using OnStep = std::function<void(std::string_view)>;

  /// A temporary folder.
  StateFolder();
  /// Creates the folder if it does not exist. Throws Error (configuration) `state_unusable` if it is not a folder of
  /// this user, or others can access it, and `state_in_use` if another process uses it.
  explicit StateFolder(const std::string& path, OnStep on_step = {});
  ~StateFolder() = default;
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  /// Whether the folder remains after this object is destroyed.
  [[nodiscard]] bool is_kept() const { return !temporary_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Throws Error `state_unwritable` with the system's reason.
  void write(const std::string& name, std::string_view bytes) const;
  [[nodiscard]] std::optional<std::string> read(const std::string& name) const;
  /// Does nothing if there is no such file.
  void remove(const std::string& name) const;
  /// Returns the names of the regular files. Deletes files that a killed process left half written.
  [[nodiscard]] std::vector<std::string> files() const;

 private:
  std::optional<PrivateFolder> temporary_;
  std::string path_;
  Descriptor lock_;
  OnStep on_step_;
};

}  // namespace adit::dev
