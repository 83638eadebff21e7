#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace adit::app {

/// What git says about a folder whose content someone else may have chosen.
///
/// A repository's own configuration can name programs (core.fsmonitor, filters, hooks, remote helpers, and whatever a
/// later version of git adds), a bare repository may lie between the sources, and `.git` may be a file that points
/// elsewhere. Therefore git never sees that configuration: it gets a folder of ours as its repository, an empty
/// environment except the user's own, and the index, the objects and `info/exclude` of the real one, which are data.
/// The user's own configuration counts (core.excludesFile).
class GitRepository {
 public:
  /// Returns the repository whose files `folder` holds, or nothing if there is none, or no git.
  [[nodiscard]] static std::optional<GitRepository> find(const std::string& folder);

  /// Returns the names of the tracked files below the folder, or nothing if git cannot say.
  [[nodiscard]] std::optional<std::vector<std::string>> tracked() const;
  /// Returns the names of the files below the folder that git neither tracks nor ignores, or nothing if git cannot say.
  [[nodiscard]] std::optional<std::vector<std::string>> untracked() const;
  /// Returns those of the names, of files in the folder, that git ignores, or nothing if git cannot say.
  [[nodiscard]] std::optional<std::set<std::string, std::less<>>> ignored(const std::vector<std::string>& names) const;

 private:
  GitRepository() = default;

  [[nodiscard]] std::optional<std::vector<std::string>> listed(const std::vector<std::string>& arguments) const;

  /// Runs git on the folder and returns its output if it exits with 0 or `also_fine`, within time and size.
  [[nodiscard]] std::optional<std::string> run(const std::vector<std::string>& arguments, const std::string& input,
                                               int also_fine) const;

  std::string program_;
  std::string folder_;
  /// The folder that holds `.git`.
  std::string top_;
  /// Where the index lies, and what several work trees share.
  std::string git_folder_;
  std::string common_folder_;
};

/// Returns the line of a .gitignore that means just the file of that name, or nothing if gitignore(5) has no such line.
[[nodiscard]] std::optional<std::string> gitignore_line(const std::string& name);

}  // namespace adit::app
