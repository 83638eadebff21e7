#include "system/files/private_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "system/files/user_folders.h"
#include "system/process/process_tree.h"

namespace adit {
namespace {

constexpr std::string_view kFolderPrefix = "adit-live-";
/// A socket's path in a folder with a longer path would exceed the system's limit.
constexpr std::size_t kLongestParent = 70;

std::string parent_folder() {
  const char* wanted = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return wanted != nullptr && *wanted == '/' && std::strlen(wanted) < kLongestParent ? wanted : "/tmp";
}

/// The folders that a private folder may be in; the preferred one is the first.
std::vector<std::string> parent_folders() {
  std::vector<std::string> folders{parent_folder(), "/var/tmp"};
  if (const auto cache = cache_folder(); !cache.empty()) folders.push_back(cache + "/tmp");
  return folders;
}

bool can_run_programs(const std::string& folder) {
  struct statvfs system {};
  return ::access(folder.c_str(), W_OK | X_OK) == 0 && ::statvfs(folder.c_str(), &system) == 0 &&
         (system.f_flag & ST_NOEXEC) == 0;
}

std::string parent_for_programs() {
  const auto folders = parent_folders();
  for (const auto& folder : folders) {
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    if (can_run_programs(folder)) return folder;
  }
  return folders.front();  // the start of a program will say why it fails
}

std::string variable_of(const std::string& path) { return cat("__ADIT_FOLDER=", path); }

Descriptor open_folder(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool belongs_to_this_user(const Descriptor& folder) {
  struct stat status {};
  return ::fstat(folder.get(), &status) == 0 && status.st_uid == ::geteuid();
}

bool is_at_path(const std::string& path, const Descriptor& folder) {
  struct stat opened {};
  struct stat there {};
  return ::fstat(folder.get(), &opened) == 0 && ::lstat(path.c_str(), &there) == 0 && opened.st_dev == there.st_dev &&
         opened.st_ino == there.st_ino;
}

/// Removes the folders in `parent` that killed processes have left behind, and ends the processes that belong to them.
void sweep(const std::string& parent) {
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(parent, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto path = entry->path().string();
    if (!entry->path().filename().string().starts_with(kFolderPrefix)) continue;
    const auto folder = open_folder(path);
    if (!folder || !belongs_to_this_user(folder) || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) continue;
    kill_all_with(variable_of(path));
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
}

}  // namespace

PrivateFolder::PrivateFolder(Content content) {
  [[maybe_unused]] static const bool swept = (std::ranges::for_each(parent_folders(), sweep), true);
  const auto parent = content == Content::programs ? parent_for_programs() : parent_folder();
  while (true) {
    path_ = cat(parent, '/', kFolderPrefix, "XXXXXX");
    const bool made = ::mkdtemp(path_.data()) != nullptr;
    if (made) lock_ = open_folder(path_);
    if (!made || (!lock_ && errno != ENOENT)) {
      throw Error::failure("no_folder", cat("A temporary folder could not be made: ", system_reason(), "."))
          .hint("Set TMPDIR to a folder that can be written to.");
    }
    // If this fails, another process is sweeping the new folder. Without locks (some network file systems), no process
    // sweeps.
    const bool is_swept = ::flock(lock_.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!is_swept && is_at_path(path_, lock_)) return;
  }
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string PrivateFolder::variable() const { return variable_of(path_); }

}  // namespace adit
