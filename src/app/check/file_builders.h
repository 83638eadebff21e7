#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace adit::app {

struct CheckSubject;

/// What may create a file that does not exist yet, as text for the message, and what the user should do.
struct FileBuilder {
  std::string words;
  std::string change;
};

/// Finds out which hook or build of the project may create a file that does not exist yet. Uses the subject, which must
/// outlive it.
class FileBuilders {
 public:
  explicit FileBuilders(const CheckSubject& subject);

  /// Returns empty words if nothing is known that creates the file. `path` is absolute.
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
