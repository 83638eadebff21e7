#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/descriptor.h"
#include "system/private_folder.h"

namespace adit::dev {

/// The folder in which deployed entities and their code lie: a private temporary one that ends with this object, or one
/// that the user names and keeps. Only this user enters it. Files are written beside their place and renamed, so that a
/// process that is killed at any point leaves each file as it was or as it should be. They are not flushed to the disk:
/// after a power failure some may be empty, and the reader has to skip these. Thread-safe.
class StateFolder {
 public:
  /// Called between two changes of the folder, for tests that end the process there.
  using OnStep = std::function<void(std::string_view)>;

  /// A temporary one.
  StateFolder();
  /// Makes the folder where it is missing. Throws Error (configuration) `state_unusable` if it is not a folder of this
  /// user's, or others may enter it, and `state_in_use` if another process keeps its state there.
  explicit StateFolder(const std::string& path, OnStep on_step = {});
  ~StateFolder() = default;
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  /// Whether it outlives this object.
  [[nodiscard]] bool is_kept() const { return !temporary_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Throws Error `state_unwritable` with the system's reason.
  void write(const std::string& name, std::string_view bytes) const;
  [[nodiscard]] std::optional<std::string> read(const std::string& name) const;
  /// Does nothing if there is no such file.
  void remove(const std::string& name) const;
  /// The regular files in it, without what a killed process left half written, which is deleted.
  [[nodiscard]] std::vector<std::string> files() const;

 private:
  std::optional<PrivateFolder> temporary_;
  std::string path_;
  Descriptor lock_;
  OnStep on_step_;
};

}  // namespace adit::dev
