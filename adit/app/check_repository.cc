#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/app/check.h"
#include "adit/app/is_file.h"
#include "adit/base/clock.h"
#include "adit/base/text.h"

// Who can read the secrets: git's files, other users of this machine.

namespace adit::app {
namespace {

namespace fs = std::filesystem;

struct Ran {
  /// -1 where the program could not be run, or not in time.
  int exit_code = -1;
  std::string output;
};

/// Everything that comes until the pipe closes; false where that takes longer than 20 s or gives more than 32 MB.
bool read_all(int pipe, std::string& output) {
  constexpr std::size_t kMost = 32U << 20U;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::array<char, 16384> chunk{};
  while (output.size() < kMost) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd waiting{pipe, POLLIN, 0};
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) == 0) return false;
    const auto count = read(pipe, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    output.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return false;
}

Ran run_git(const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"git", "-C", folder});
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Ran ran;
  const bool whole = failed == 0 && read_all(ends[0], ran.output);
  close(ends[0]);
  if (failed != 0) return {};
  if (!whole) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (whole && WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  return ran;
}

std::string in_root(const CheckSubject& subject, std::string_view name) {
  return (fs::path(subject.project.root) / name).string();
}

/// Without git: whether the text of .gitignore has a line for .env.
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

void check_ignored(const CheckSubject& subject, bool is_repository, CheckReport& report) {
  const auto ignore_file = in_root(subject, ".gitignore");
  bool ignored = false;
  if (is_repository) {
    ignored = run_git(subject.project.root, {"check-ignore", "-q", "--no-index", "--", ".env"}).exit_code == 0;
  } else {
    try {
      ignored = ignored_by_text(ignore_file);
    } catch (const Error&) {
      return;
    }
  }
  if (ignored) {
    report.right.push_back("git ignores .env.");
    return;
  }
  report.findings.push_back({"env_not_ignored",
                             Severity::warning,
                             {shown_path(ignore_file), 0, 0},
                             is_repository ? "git does not ignore .env: the next `git add` may publish its secrets."
                                           : "No .gitignore names .env: in a git repository its secrets would be "
                                             "published.",
                             "Add the line `.env` to .gitignore.",
                             {SafeEdit::Kind::append_line, ignore_file, 0, 0, {}, ".env"}});
}

/// What lies beside .env with the same secrets in it: .env.backup, which adit itself makes, .env.production, …
void check_copies_ignored(const CheckSubject& subject, CheckReport& report) {
  static const std::set<std::string, std::less<>> kForEveryone = {".env.example", ".env.sample", ".env.template",
                                                                  ".env.dist"};
  std::vector<std::string> copies;
  std::error_code unknown;
  for (const auto& entry : fs::directory_iterator(subject.project.root, unknown)) {
    auto name = entry.path().filename().string();
    if (name.starts_with(".env.") && !kForEveryone.contains(name) && entry.is_regular_file(unknown))
      copies.push_back(std::move(name));
  }
  std::sort(copies.begin(), copies.end());
  for (const auto& name : copies) {
    const auto ignored = run_git(subject.project.root, {"check-ignore", "-q", "--no-index", "--", name});
    if (ignored.exit_code != 1) continue;
    report.findings.push_back(
        {"env_not_ignored",
         Severity::warning,
         {shown_path(in_root(subject, name)), 0, 0},
         cat("git does not ignore ", name, ": the next `git add` may publish what secrets are in it."),
         cat("Add the line `", name, "` to .gitignore, or delete the file."),
         {SafeEdit::Kind::append_line, in_root(subject, ".gitignore"), 0, 0, {}, name}});
  }
}

void check_mode(const CheckSubject& subject, CheckReport& report) {
  const auto& path = subject.env_file.path;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const auto others = status.st_mode & (S_IRWXO | S_IWGRP);
  if (others == 0) {
    report.right.push_back(cat(path, " is closed to other users."));
    return;
  }
  std::array<char, 8> octal{};
  std::snprintf(octal.data(), octal.size(), "%04o", static_cast<unsigned>(status.st_mode & 07777U));
  report.findings.push_back(
      {"env_readable",
       Severity::warning,
       {path, 0, 0},
       cat("Other users of this machine can ", (status.st_mode & (S_IWOTH | S_IWGRP)) != 0 ? "change" : "read", " ",
           path, " (mode ", octal.data(), ")."),
       cat("chmod 600 ", path),
       {SafeEdit::Kind::owner_only, fs::absolute(path).string(), 0, 0, {}, {}}});
}

struct SecretValue {
  std::string name;
  std::string value;
};

/// The secrets that .env sets, long enough not to stand anywhere by chance; a key's text by its middle, for tools wrap
/// it in different ways.
std::vector<SecretValue> secrets_of(const EnvFile& file) {
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kPiece = 64;
  std::vector<SecretValue> secrets;
  for (const auto& entry : file.entries) {
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

/// Where a PEM private key with a body begins; a mere mention of the armour's line is none.
std::size_t find_private_key(const std::string& text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEnd = "PRIVATE KEY-----";
  for (auto at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at + 1)) {
    const auto label = text.find(kEnd, at);
    if (label == std::string::npos) return label;
    constexpr std::size_t kLongestLabel = 20;
    if (label - at > kBegin.size() + kLongestLabel) continue;
    std::size_t body = 0;
    for (auto next = label + kEnd.size(); next < text.size() && text[next] != '-' && body < 64; ++next)
      if (std::isalnum(static_cast<unsigned char>(text[next])) != 0) ++body;
    if (body >= 64) return at;
  }
  // The same in base64: "-----BEGIN PRIVATE KEY", "-----BEGIN RSA PRIVATE".
  for (const std::string_view begin :
       {"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0t", "LS0tLS1CRUdJTiBSU0EgUFJJVkFU", "LS0tLS1CRUdJTiBFTkNSWVBURUQgUFJJ"}) {
    const auto at = text.find(begin);
    constexpr std::size_t kLeast = 200;
    if (at != std::string::npos && text.size() - at > kLeast && text.find_first_of(". ", at) - at > kLeast) return at;
  }
  return std::string::npos;
}

/// Where a client secret as the Developer Console makes them begins, whoever's it is.
std::size_t find_client_secret(const std::string& text) {
  constexpr std::string_view kBegin = "p8e-";
  constexpr std::size_t kLength = 32;
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
  for (auto at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at + 1)) {
    if (at > 0 && is_part(text[at - 1])) continue;
    const auto* const begin = text.data() + at + kBegin.size();
    const auto* const end = std::find_if_not(begin, text.data() + text.size(), is_part);
    const bool has_digit =
        std::any_of(begin, end, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
    if (static_cast<std::size_t>(end - begin) == kLength && has_digit) return at;
  }
  return std::string::npos;
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
  const auto tell = [&](std::size_t at, const std::string& what) {
    report.findings.push_back(
        {"secret_tracked",
         Severity::error,
         {shown_path(path), line_of(text, at), 0},
         cat("git tracks this file, and it holds ", what, "."),
         "Take it out of the file, then get a new one: what was committed stays in the history."});
  };
  std::set<std::size_t> told;
  for (const auto& secret : secrets) {
    if (const auto at = text.find(secret.value); at != std::string::npos) {
      told.insert(at);
      tell(at, cat("the value of ", secret.name));
    }
  }
  if (const auto at = find_private_key(text); at != std::string::npos) tell(at, "a private key");
  if (const auto at = find_client_secret(text); at != std::string::npos && !told.contains(at))
    tell(at, "a client secret of the Developer Console's");
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
    scan_file(path, secrets, report);
  }
  if (report.findings.size() == before)
    report.right.push_back(cat("No secret in the ", tracked.size(), " files that git tracks."));
}

}  // namespace

void check_repository(const CheckSubject& subject, CheckReport& report) {
  const auto listed = run_git(subject.project.root, {"ls-files", "-z"});
  const bool is_repository = listed.exit_code == 0;
  check_ignored(subject, is_repository, report);
  if (is_repository) check_copies_ignored(subject, report);
  if (subject.env_found) check_mode(subject, report);
  if (is_repository) check_tracked(subject, split_list(listed.output, '\0'), report);
}

}  // namespace adit::app
