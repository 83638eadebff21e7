#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace adit::dev {

/// Records the files that something was made from, and their state at that time: the size, and the time of the last
/// change of any kind. No program can set that time (st_ctim), whereas `mv`, `cp -p` and archives keep the modification
/// time. The time of a folder changes when files are created or deleted in it.
class FileStamps {
 public:
  /// Records the current state of a file. A missing file is recorded too, so that its creation is a change. Files that
  /// this program itself writes (own_output.h) are left out.
  void add(const std::string& path);
  /// Records the folder and everything below it, except hidden files. Symbolic links are not followed.
  void add_tree(const std::string& folder);
  /// Returns true if there is at least one stamp and no file has changed.
  [[nodiscard]] bool unchanged() const;
  /// The same, but compares only the size and the modification time, which programs can set. A change of mode or owner
  /// counts only for `unchanged`.
  [[nodiscard]] bool contents_unchanged() const;

  [[nodiscard]] bool contains(const std::string& path) const;
  [[nodiscard]] std::vector<std::string> paths() const;
  [[nodiscard]] const std::string& note() const { return note_; }
  /// A text about how the result was made, saved with the stamps.
  void set_note(std::string note) { note_ = std::move(note); }

  /// Does not throw: if the file cannot be read or has another format, returns no stamps, for which `unchanged` is
  /// false.
  static FileStamps load(const std::string& path);
  /// Replaces the file atomically. Throws Error `file_unwritable`.
  void save(const std::string& path) const;

 private:
  struct Stamp {
    std::string path;
    long long changed_ns = 0;
    long long content_changed_ns = 0;
    long long size = 0;

    static Stamp of(const std::string& path);
    /// `status` is nullptr if the file does not exist.
    static Stamp of(const std::string& path, const struct stat* status);
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  std::vector<Stamp> stamps_;
  std::string note_;
};

/// Whether a result is used although its files are not all `unchanged`: because the folder in which it would be made
/// again is not writable, and the contents are the same. So a project that was made read-only after its build still
/// runs.
[[nodiscard]] bool is_kept_read_only(const FileStamps& stamps, const std::string& folder);

}  // namespace adit::dev
