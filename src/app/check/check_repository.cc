#include "app/check/check_repository.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include <sys/stat.h>

#include "app/check/check_report.h"
#include "app/check/check_subject.h"
#include "app/check/find_secret.h"
#include "app/check/git_repository.h"
#include "app/project/is_file.h"
#include "app/project/secret_names.h"
#include "app/yaml/source_file.h"
#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "config/dotenv.h"
#include "system/files/inside.h"
#include "system/files/resolve_for_writing.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

std::string in_root(const CheckSubject& subject, std::string_view name) {
  return (fs::path(subject.project.root) / name).string();
}

/// Used without git: returns true if .gitignore has a line for .env.
bool ignored_by_text(const std::string& path) {
  static const std::set<std::string, std::less<>> kLines = {".env",  "/.env",  "**/.env", "*.env",
                                                            ".env*", "/.env*", ".env.*",  ".*"};
  if (!is_file(path)) return false;
  bool ignored = false;
  for (const auto& line : split_list(normalise_line_ends(read_file(path)), '\n')) {
    if (kLines.contains(line) && line != ".env.*") ignored = true;
    if (line.starts_with('!') && kLines.contains(line.substr(1))) ignored = false;
  }
  return ignored;
}

void add_not_ignored(const CheckSubject& subject, std::string_view code, const std::string& name,
                     const SourcePosition& where, std::string message, CheckReport& report) {
  const auto ignore_file = in_root(subject, ".gitignore");
  std::error_code unknown;
  std::string change;
  SafeEdit edit;
  const auto line = gitignore_line(name);
  if (!line) {
    change = "Rename or delete the file: .gitignore cannot express a name with control characters.";
  } else if (fs::is_symlink(fs::symlink_status(ignore_file, unknown))) {
    change = cat("Replace .gitignore, a link that git does not follow, with a file that has the line `", *line, "`.");
  } else {
    change = cat("Add the line `", *line, "` to .gitignore", name == ".env" ? "." : ", or delete the file.");
    edit = {SafeEdit::Kind::append_line, ignore_file, 0, 0, {}, *line};
  }
  report.findings.push_back(
      {std::string(code), Severity::warning, where, std::move(message), std::move(change), std::move(edit)});
}

void check_ignored_by_text(const CheckSubject& subject, CheckReport& report) {
  const auto ignore_file = in_root(subject, ".gitignore");
  try {
    if (ignored_by_text(ignore_file)) {
      report.passed.push_back("git ignores .env.");
      return;
    }
  } catch (const Error&) {
    return;
  }
  add_not_ignored(subject, "env_not_ignored", ".env", {shown_path(ignore_file), 0, 0},
                  "No .gitignore names .env: in a git repository its secrets would be published.", report);
}

/// Returns true for a file with example settings, which has no secrets and belongs in the repository.
bool is_example_file(const std::string& name) {
  static const std::set<std::string, std::less<>> kExamples = {
      ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults", "env.example", "_env.example"};
  return kExamples.contains(name);
}

/// Returns the files beside .env that contain the same secrets: .env.backup, which adit itself writes, .env.production,
/// …
std::vector<std::string> copies_of_env(const CheckSubject& subject) {
  std::vector<std::string> copies;
  std::error_code unknown;
  for (const auto& entry : fs::directory_iterator(subject.project.root, unknown)) {
    auto name = entry.path().filename().string();
    if (name.starts_with(".env.") && !is_example_file(name) && entry.is_regular_file(unknown))
      copies.push_back(std::move(name));
  }
  std::sort(copies.begin(), copies.end());
  return copies;
}

void add_unusable(std::string_view what, CheckReport& report) {
  report.findings.push_back({"git_unusable",
                             Severity::warning,
                             {},
                             cat("git cannot ", what, "."),
                             "Run `git status` to see why, and check by hand that no secret is in the repository."});
}

void check_ignored(const CheckSubject& subject, const GitRepository& repository, CheckReport& report) {
  auto names = copies_of_env(subject);
  names.insert(names.begin(), ".env");
  const auto ignored = repository.ignored(names);
  if (!ignored) return add_unusable("say which files it ignores", report);
  for (const auto& name : names) {
    const bool is_env = name == ".env";
    if (ignored->contains(name)) {
      if (is_env) report.passed.push_back("git ignores .env.");
      continue;
    }
    add_not_ignored(subject, "env_not_ignored", name,
                    {shown_path(in_root(subject, is_env ? ".gitignore" : name)), 0, 0},
                    is_env ? "git does not ignore .env: the next `git add` may publish its secrets."
                           : cat("git does not ignore ", name, ": the next `git add` may publish the secrets in it."),
                    report);
  }
}

void check_mode(const CheckSubject& subject, CheckReport& report) {
  const auto& path = subject.env_file.path;
  if (is_example_file(fs::path(path).filename().string())) return;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const auto others = status.st_mode & (S_IRWXO | S_IWGRP);
  if (others == 0) {
    report.passed.push_back(cat(path, " is closed to other users."));
    return;
  }
  std::array<char, 8> octal{};
  std::snprintf(octal.data(), octal.size(), "%04o", static_cast<unsigned>(status.st_mode & 07777U));
  Finding finding{
      "env_readable",
      Severity::warning,
      {path, 0, 0},
      cat("Other users of this machine can ", (status.st_mode & (S_IWOTH | S_IWGRP)) != 0 ? "change" : "read", " ",
          path, " (mode ", octal.data(), ")."),
      cat("chmod 600 ", shell_file(path))};
  try {
    finding.edit = {SafeEdit::Kind::owner_only, resolve_for_writing(path)};
  } catch (const Error& error) {
    finding.change = cat("Its mode must be changed by hand: ", error.message());
  }
  report.findings.push_back(std::move(finding));
}

struct SecretValue {
  std::string name;
  std::string value;
};

/// Returns the secrets in .env that are too long to occur in a file by chance. Of a long key only a part from its
/// middle is returned, because tools wrap keys in different ways. Their number is limited, because each tracked file is
/// searched for each of them.
std::vector<SecretValue> secrets_of(const EnvFile& file) {
  constexpr std::size_t kMaxSecrets = 200;
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kPiece = 64;
  std::vector<SecretValue> secrets;
  for (const auto& entry : file.entries) {
    if (secrets.size() == kMaxSecrets) break;
    if (!names_a_secret(entry.key)) continue;
    auto value = std::string(trim(entry.value));
    if (value.find('\n') != std::string::npos) {
      const auto lines = split_list(value, '\n');
      value = lines[lines.size() / 2];
    } else if (value.size() > 4 * kPiece) {
      value = value.substr(value.size() / 2, kPiece);
    }
    if (value.size() >= kShortest && !value.starts_with('$')) secrets.push_back({entry.key, std::move(value)});
  }
  return secrets;
}

int line_of(const std::string& text, std::size_t at) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

void scan_file(const std::string& path, const std::vector<SecretValue>& secrets, CheckReport& report) {
  constexpr std::uintmax_t kMostBytes = 1U << 20U;
  std::error_code unknown;
  if (!fs::is_regular_file(path, unknown) || fs::is_symlink(path, unknown)) return;
  if (fs::file_size(path, unknown) > kMostBytes || unknown) return;
  std::string text;
  try {
    text = read_file(path);
  } catch (const Error&) {
    return;
  }
  const auto add_finding = [&](std::size_t at, const std::string& what) {
    report.findings.push_back(
        {"secret_tracked",
         Severity::error,
         {shown_path(path), line_of(text, at), 0},
         cat("git tracks this file, and it contains ", what, "."),
         "Remove it from the file, then get a new one: a committed secret stays in the history."});
  };
  std::set<std::size_t> found_secrets;
  for (const auto& secret : secrets) {
    if (const auto at = text.find(secret.value); at != std::string::npos) {
      found_secrets.insert(at);
      add_finding(at, cat("the value of ", secret.name));
    }
  }
  if (const auto at = find_private_key(text); at != std::string::npos) add_finding(at, "a private key");
  if (const auto at = find_client_secret(text); at != std::string::npos && !found_secrets.contains(at))
    add_finding(at, "a client secret of the Developer Console");
}

/// Returns true for a key store of OpenSSL, adit or Java. Its content cannot be read without its password.
bool is_key_store(const fs::path& path) {
  static const std::set<std::string, std::less<>> kEndings = {".p12", ".pfx", ".jks", ".keystore"};
  return kEndings.contains(to_lower(path.extension().string()));
}

/// Describes the secret in the file; empty if no known kind of secret is found.
std::string secret_in(const fs::path& path) {
  constexpr std::uintmax_t kMostBytes = 1U << 20U;
  std::error_code unknown;
  if (!fs::is_regular_file(path, unknown) || fs::is_symlink(path, unknown)) return {};
  if (is_key_store(path)) return "is a key store";
  if (fs::file_size(path, unknown) > kMostBytes || unknown) return {};
  try {
    const auto text = read_file(path.string());
    if (find_private_key(text) != std::string::npos) return "contains a private key";
    if (find_client_secret(text) != std::string::npos) return "contains a client secret of the Developer Console";
  } catch (const Error&) {
    return {};
  }
  return {};
}

/// Files that the next `git add` would add: a key beside the sources, a credential from the Developer Console.
void check_untracked(const CheckSubject& subject, const std::vector<std::string>& untracked, CheckReport& report) {
  constexpr std::size_t kMaxFiles = 2000;
  const auto copies = copies_of_env(subject);
  std::error_code unknown;
  std::size_t looked_at = 0;
  for (const auto& name : untracked) {
    if (++looked_at > kMaxFiles) return;
    const auto path = fs::path(in_root(subject, name));
    const bool is_env = fs::equivalent(path, subject.env_file.path, unknown) || name == ".env" ||
                        std::find(copies.begin(), copies.end(), name) != copies.end();
    if (is_env || !is_inside(path, subject.project.root)) continue;
    if (const auto what = secret_in(path); !what.empty())
      add_not_ignored(subject, "secret_not_ignored", name, {shown_path(path.string()), 0, 0},
                      cat("git does not ignore ", name, ", which ", what, ": the next `git add` may publish it."),
                      report);
  }
}

/// Used without git: returns the key files directly in the root, because its folders may contain any number of files.
std::vector<std::string> files_of_root(const CheckSubject& subject) {
  std::vector<std::string> names;
  std::error_code unknown;
  for (const auto& entry : fs::directory_iterator(subject.project.root, unknown)) {
    const auto ending = to_lower(entry.path().extension().string());
    if (is_key_store(entry.path()) || ending == ".key" || ending == ".pem")
      names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Returns true if .gitignore has a line for the file's name or for its ending.
bool is_named_in(const std::string& ignore_file, const std::string& name) {
  if (!is_file(ignore_file)) return false;
  const auto lines = split_list(normalise_line_ends(read_file(ignore_file)), '\n');
  const auto ending = cat("*", fs::path(name).extension().string());
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line == name || line == cat("/", name) || line == ending || line == cat("**/", ending);
  });
}

void check_tracked(const CheckSubject& subject, const std::vector<std::string>& tracked, CheckReport& report) {
  const auto secrets = secrets_of(subject.env_file);
  const auto before = report.findings.size();
  std::error_code unknown;
  for (const auto& name : tracked) {
    const auto path = in_root(subject, name);
    if (subject.env_found && fs::equivalent(path, subject.env_file.path, unknown)) {
      report.findings.push_back(
          {"env_tracked",
           Severity::error,
           {subject.env_file.path, 0, 0},
           "git tracks .env, with all its secrets.",
           "Run `git rm --cached .env`, add `.env` to .gitignore, and get new secrets: those stay in the history."});
      continue;
    }
    if (is_inside(fs::path(path).parent_path(), subject.project.root)) scan_file(path, secrets, report);
  }
  if (report.findings.size() == before)
    report.passed.push_back(cat("No secret in the ", tracked.size(), " files that git tracks."));
}

}  // namespace

void check_repository(const CheckSubject& subject, CheckReport& report) {
  const auto repository = GitRepository::find(subject.project.root);
  if (repository) {
    check_ignored(subject, *repository, report);
  } else {
    check_ignored_by_text(subject, report);
    auto names = files_of_root(subject);
    std::erase_if(names, [&](const std::string& name) { return is_named_in(in_root(subject, ".gitignore"), name); });
    check_untracked(subject, names, report);
  }
  if (subject.env_found) check_mode(subject, report);
  if (!repository) return;
  if (const auto untracked = repository->untracked()) check_untracked(subject, *untracked, report);
  if (const auto tracked = repository->tracked()) {
    check_tracked(subject, *tracked, report);
  } else {
    add_unusable("list the files that it tracks, so that they were not searched for secrets", report);
  }
}

}  // namespace adit::app
