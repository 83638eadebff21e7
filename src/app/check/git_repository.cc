#include "app/check/git_repository.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "adit/environment.h"
#include "adit/error.h"

#include "app/project/is_file.h"
#include "base/descriptor.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "system/files/inside.h"
#include "system/files/temporary_folder.h"
#include "system/process/find_program.h"
#include "system/process/run_program.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostOutput = 32U << 20U;
constexpr std::chrono::seconds kTimeLimit{10};

/// Makes a temporary folder for the files that one run of git reads.
TemporaryFolder folder_for_git() {
  std::error_code unknown;
  const auto place = fs::temp_directory_path(unknown);
  return TemporaryFolder((unknown ? fs::path("/tmp") : place) / "adit-git");
}

/// Writes a file in the folder; returns false if that fails.
[[nodiscard]] bool put_file(const TemporaryFolder& folder, const char* name, std::string_view text) {
  Descriptor file(::open((folder.path() / name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return file && write_all(file.get(), text) && ::close(file.release()) == 0;
}

/// Returns the text of the file, or an empty string if it is not a readable regular file.
std::string text_of(const fs::path& file) {
  try {
    return is_file(file) ? read_file(file.string()) : std::string();
  } catch (const Error&) {
    return {};
  }
}

/// Returns the path that `gitdir: PATH` in a `.git` file or the line in `commondir` names (gitrepository-layout(5)).
fs::path path_in(std::string_view text, const fs::path& folder) {
  const auto name = trim(text.substr(0, text.find('\n')));
  return name.empty() ? fs::path() : (folder / name).lexically_normal();
}

fs::path git_folder_in(const fs::path& folder) {
  constexpr std::string_view kPrefix = "gitdir:";
  const auto mark = folder / ".git";
  const auto text = text_of(mark);
  const auto named = text.starts_with(kPrefix) ? path_in(std::string_view(text).substr(kPrefix.size()), folder) : mark;
  return is_file(named / "HEAD") ? named : fs::path();
}

/// Returns git from PATH. Skips relative folders in PATH, and programs inside the repository.
std::string find_git(const fs::path& top) {
  return find_program("git", Environment::process().get_or("PATH", ""), [&top](const fs::path& program) {
    return program.is_absolute() && is_file(program) && !is_inside(program, top);
  });
}

struct ProgramResult {
  std::string output;
  int exit_code = 0;
};

/// Runs git with the file as its stdin. Returns nothing if it cannot be started, writes too much, or does not end in
/// time.
std::optional<ProgramResult> run_git(const std::string& program, std::vector<std::string> arguments,
                                     std::vector<std::string> environment, const std::string& input_file) {
  const Descriptor input(::open(input_file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!input) return std::nullopt;
  std::string output;
  try {
    const auto status = run_program({.program = program,
                                     .arguments = std::move(arguments),
                                     .environment = std::move(environment),
                                     .input = input.get(),
                                     .reads_stderr = false,
                                     .limit = kTimeLimit,
                                     .on_output = [&output](std::string_view bytes) { output += bytes; },
                                     .interrupted = [&output] { return output.size() > kMostOutput; }});
    if (status.signal != 0) return std::nullopt;
    return ProgramResult{std::move(output), status.code};
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto name = text.substr(0, text.find('\0'));
    names.emplace_back(name);
    text.remove_prefix(std::min(name.size() + 1, text.size()));
  }
  return names;
}

/// Returns the user's environment without git's variables, which may name another repository or programs.
std::vector<std::string> environment_without_git() {
  std::vector<std::string> variables;
  for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable)
    if (!std::string_view(*variable).starts_with("GIT_")) variables.emplace_back(*variable);
  return variables;
}

/// Returns the configuration lines for a repository that names its objects by SHA-256; empty for SHA-1.
/// `git config --file` only parses the copied configuration here, it does not act on it.
std::string object_format(const std::string& program, const fs::path& common, const TemporaryFolder& own) {
  const auto text = text_of(common / "config");
  if (to_lower(text).find("objectformat") == std::string::npos || !put_file(own, "foreign-config", text)) return {};
  const auto copy = (own.path() / "foreign-config").string();
  const auto found = run_git(program, {"config", "--file", copy, "--no-includes", "--get", "extensions.objectformat"},
                             environment_without_git(), "/dev/null");
  if (!found || found->exit_code != 0 || trim(found->output) != "sha256") return {};
  return "[extensions]\n\tobjectFormat = sha256\n";
}

}  // namespace

std::optional<GitRepository> GitRepository::find(const std::string& folder) {
  std::error_code unknown;
  GitRepository repository;
  repository.folder_ = fs::weakly_canonical(folder, unknown).string();
  for (fs::path above = repository.folder_;; above = above.parent_path()) {
    if (const auto git_folder = git_folder_in(above); !git_folder.empty()) {
      repository.top_ = above.string();
      repository.git_folder_ = git_folder.string();
      const auto common = path_in(text_of(git_folder / "commondir"), git_folder);
      repository.common_folder_ = common.empty() ? repository.git_folder_ : common.string();
      repository.program_ = find_git(above);
      return repository.program_.empty() ? std::nullopt : std::optional(repository);
    }
    if (!above.has_relative_path()) return std::nullopt;
  }
}

std::optional<std::string> GitRepository::run(const std::vector<std::string>& arguments, const std::string& input,
                                              int also_fine) const {
  const TemporaryFolder own = folder_for_git();
  const auto index = fs::path(git_folder_) / "index";
  std::error_code unknown;
  if (own.path().empty() || (fs::exists(fs::symlink_status(index, unknown)) && !is_file(index))) return std::nullopt;
  for (const auto* name : {"objects", "refs", "info"}) fs::create_directory(own.path() / name, unknown);
  const auto format = object_format(program_, common_folder_, own);
  const auto config = cat("[core]\n\trepositoryFormatVersion = ", format.empty() ? 0 : 1, "\n", format);
  if (!put_file(own, "HEAD", "ref: refs/heads/main\n") || !put_file(own, "config", config) ||
      !put_file(own, "input", input) ||
      !put_file(own, "info/exclude", text_of(fs::path(common_folder_) / "info" / "exclude")))
    return std::nullopt;

  std::vector<std::string> words = {"-C", folder_, "-c", "core.fsmonitor=false",
                                    // A submodule has its own configuration.
                                    "-c", "submodule.recurse=false"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto environment = environment_without_git();
  for (auto variable :
       {cat("GIT_DIR=", own.path().string()), cat("GIT_WORK_TREE=", top_), cat("GIT_INDEX_FILE=", index.string()),
        // The index of a sparse work tree lists folders; the objects list the files in them.
        cat("GIT_OBJECT_DIRECTORY=", (fs::path(common_folder_) / "objects").string()),
        // Never fetch missing objects.
        std::string("GIT_NO_LAZY_FETCH=1"), std::string("GIT_ALLOW_PROTOCOL=none"),
        std::string("GIT_OPTIONAL_LOCKS=0")})
    environment.push_back(std::move(variable));
  auto ran = run_git(program_, std::move(words), std::move(environment), (own.path() / "input").string());
  if (!ran || (ran->exit_code != 0 && ran->exit_code != also_fine)) return std::nullopt;
  return std::move(ran->output);
}

std::optional<std::vector<std::string>> GitRepository::tracked() const { return listed({"ls-files", "-z"}); }

std::optional<std::vector<std::string>> GitRepository::untracked() const {
  return listed({"ls-files", "-z", "--others", "--exclude-standard"});
}

std::optional<std::vector<std::string>> GitRepository::listed(const std::vector<std::string>& arguments) const {
  const auto output = run(arguments, {}, 0);
  if (!output) return std::nullopt;
  auto names = split_names(*output);
  // A forged index may contain any path.
  std::erase_if(names, [](const std::string& name) {
    const fs::path path(name);
    return path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
  });
  return names;
}

std::optional<std::set<std::string, std::less<>>> GitRepository::ignored(const std::vector<std::string>& names) const {
  std::string input;
  for (const auto& name : names) input.append(name).push_back('\0');
  constexpr int kNoneIsIgnored = 1;
  const auto output = run({"check-ignore", "--no-index", "-z", "--stdin"}, input, kNoneIsIgnored);
  if (!output) return std::nullopt;
  auto found = split_names(*output);
  return std::set<std::string, std::less<>>(found.begin(), found.end());
}

std::optional<std::string> gitignore_line(const std::string& name) {
  constexpr std::string_view kSpecial = "\\*?[";
  if (name.empty() ||
      std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return std::nullopt;
  std::string line;
  for (const char c : name) {
    if (kSpecial.find(c) != std::string_view::npos) line += '\\';
    line += c;
  }
  if (line.front() == '#' || line.front() == '!') line.insert(0, 1, '\\');
  // Git ignores trailing blanks unless each has a backslash before it.
  auto end = line.size();
  while (end > 0 && line[end - 1] == ' ') --end;
  return cat(line.substr(0, end), replace_all(line.substr(end), " ", "\\ "));
}

}  // namespace adit::app
