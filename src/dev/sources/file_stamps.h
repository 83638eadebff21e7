#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace adit::dev {

/// Which files something was made of, and how they were then: size, and the time of the last change of any kind, which
/// no program can set (st_ctim: `mv`, `cp -p` and archives bring a file's own time with them). A folder's own time
/// tells of files that came and went.
class FileStamps {
 public:
  /// As it is now; an absent file is stamped too, so that its appearing is a change. Not what this program itself
  /// writes (own_output.h).
  void add(const std::string& path);
  /// The folder with everything below it, symbolic links not followed; without what is hidden.
  void add_tree(const std::string& folder);
  /// True if there are stamps and every file still has its own.
  [[nodiscard]] bool unchanged() const;
  /// The same by what programs can set: the size and the time of the last change of the content. Other modes or another
  /// owner count as a change for `unchanged` alone.
  [[nodiscard]] bool contents_unchanged() const;

  [[nodiscard]] bool contains(const std::string& path) const;
  [[nodiscard]] std::vector<std::string> paths() const;
  [[nodiscard]] const std::string& note() const { return note_; }
  /// A word about how it was made; kept with the stamps.
  void set_note(std::string note) { note_ = std::move(note); }

  /// Nothing is thrown: a file that cannot be read, or is none of ours, gives no stamps, which are never `unchanged`.
  static FileStamps load(const std::string& path);
  /// Replaces the file at once. Throws Error `file_unwritable`.
  void save(const std::string& path) const;

 private:
  struct Stamp {
    std::string path;
    long long changed_ns = 0;
    long long content_changed_ns = 0;
    long long size = 0;

    static Stamp of(const std::string& path);
    /// `status` is nullptr for a file that is not there.
    static Stamp of(const std::string& path, const struct stat* status);
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  std::vector<Stamp> stamps_;
  std::string note_;
};

/// Whether what was made of the stamped files is used as it is, though not all of them are `unchanged`: the folder in
/// which it would be made again cannot be written, and the contents are the same. So a project that was made read-only
/// after its build still runs.
[[nodiscard]] bool is_kept_read_only(const FileStamps& stamps, const std::string& folder);

}  // namespace adit::dev
