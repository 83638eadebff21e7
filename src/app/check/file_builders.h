#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace adit::app {

struct CheckSubject;

/// What may make a file that does not exist yet, as text for the message, and what the user should do.
struct FileBuilder {
  std::string words;
  std::string change;
};

/// Knows what in the project may make files that do not exist yet: hooks, and builds of its own. Keeps a reference to
/// the subject.
class FileBuilders {
 public:
  explicit FileBuilders(const CheckSubject& subject);

  /// Returns empty words if nothing is known that makes the file. `path` is absolute.
  [[nodiscard]] FileBuilder of(const std::string& path);

 private:
  [[nodiscard]] bool is_ignored(const std::string& path);
  [[nodiscard]] std::string name_of(const std::string& path) const;

  const CheckSubject& subject_;
  bool has_compiler_ = false;
  /// The names that git ignores, of all files that may not exist yet; read when it is first needed.
  std::optional<std::set<std::string, std::less<>>> ignored_;
};

/// Returns the file that begins an action whose function is this folder: `main` of its package.json, or index.js.
[[nodiscard]] std::filesystem::path entry_of_folder(const std::filesystem::path& folder);

}  // namespace adit::app
