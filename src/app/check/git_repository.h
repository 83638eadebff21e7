#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace adit::app {

/// Asks git about a folder whose content an attacker may have written.
///
/// A repository's own configuration can name programs (core.fsmonitor, filters, hooks, remote helpers, and whatever a
/// later version of git adds), a bare repository may be hidden among the sources, and `.git` may be a file that points
/// elsewhere. Therefore git never reads that configuration. It gets a temporary folder as its repository, the user's
/// environment without git's variables, and the index, the objects and `info/exclude` of the real repository, which are
/// only data. The user's own git configuration still applies (core.excludesFile).
class GitRepository {
 public:
  /// Returns the repository that `folder` belongs to, or nothing if there is none or git is not installed.
  [[nodiscard]] static std::optional<GitRepository> find(const std::string& folder);

  /// Returns the names of the tracked files below the folder, or nothing if git fails.
  [[nodiscard]] std::optional<std::vector<std::string>> tracked() const;
  /// Returns the names of the files below the folder that git neither tracks nor ignores, or nothing if git fails.
  [[nodiscard]] std::optional<std::vector<std::string>> untracked() const;
  /// Returns those of the names (files in the folder) that git ignores, or nothing if git fails.
  [[nodiscard]] std::optional<std::set<std::string, std::less<>>> ignored(const std::vector<std::string>& names) const;

 private:
  GitRepository() = default;

  [[nodiscard]] std::optional<std::vector<std::string>> listed(const std::vector<std::string>& arguments) const;

  /// Runs git in the folder. Returns its output if it exits with 0 or `also_fine` and stays within the limits of time
  /// and size.
  [[nodiscard]] std::optional<std::string> run(const std::vector<std::string>& arguments, const std::string& input,
                                               int also_fine) const;

  std::string program_;
  std::string folder_;
  /// The folder that holds `.git`.
  std::string top_;
  /// The folder of the index, and the folder that several work trees share.
  std::string git_folder_;
  std::string common_folder_;
};

/// Returns the line for .gitignore that matches only the file of that name, or nothing if gitignore(5) cannot express
/// it.
[[nodiscard]] std::optional<std::string> gitignore_line(const std::string& name);

}  // namespace adit::app
