#include "dev/deployed/state_folder.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "system/files/read_if_possible.h"

namespace adit::dev {
namespace {

constexpr std::string_view kHalfWritten = ".new";
constexpr std::string_view kLock = "lock";

Error state_unusable(const std::string& path, std::string_view why) {
  return Error::configuration("state_unusable", cat("The state folder ", path, " cannot be used: ", why, "."))
      .hint("Name a folder of your own with --state, or a new one in an existing folder.");
}

}  // namespace

StateFolder::StateFolder() : temporary_(std::in_place), path_(temporary_->path()) {}

StateFolder::StateFolder(const std::string& path, OnStep on_step)
    : path_(std::filesystem::absolute(path).lexically_normal().string()), on_step_(std::move(on_step)) {
  if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) throw state_unusable(path, system_reason(errno));
  struct stat status {};
  if (::lstat(path_.c_str(), &status) != 0) throw state_unusable(path, system_reason(errno));
  if (!S_ISDIR(status.st_mode)) throw state_unusable(path, "it is not a folder");
  if (status.st_uid != ::geteuid()) throw state_unusable(path, "it belongs to another user");
  if ((status.st_mode & 077U) != 0)
    throw state_unusable(path, "other users can access it")
        .hint(cat("It contains deployed code. Restrict it: chmod 700 ", path));
  lock_ =
      Descriptor(::open((path_ + "/" + std::string(kLock)).c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock_) throw state_unusable(path, system_reason(errno));
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw Error::configuration("state_in_use", cat("Another adit dev keeps its state in ", path, "."))
        .hint("Name another folder with --state, or end the other one.");
}

void StateFolder::write(const std::string& name, std::string_view bytes) const {
  const auto place = cat(path_, '/', name);
  const auto beside = cat(place, kHalfWritten);
  const auto refuse = [&] {
    throw Error::failure("state_unwritable", cat(place, " cannot be written: ", system_reason(errno), "."));
  };
  {
    const Descriptor file(::open(beside.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) refuse();
    if (on_step_) on_step_("file made");
    if (!write_all(file.get(), bytes)) refuse();
  }
  if (on_step_) on_step_("file written");
  if (::rename(beside.c_str(), place.c_str()) != 0) refuse();
  if (on_step_) on_step_("file in its place");
}

std::optional<std::string> StateFolder::read(const std::string& name) const {
  return read_if_possible(cat(path_, '/', name));
}

void StateFolder::remove(const std::string& name) const {
  ::unlink(cat(path_, '/', name).c_str());
  if (on_step_) on_step_("file deleted");
}

std::vector<std::string> StateFolder::files() const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    auto name = entry.path().filename().string();
    if (name == kLock || !entry.is_regular_file(error) || entry.is_symlink(error)) continue;
    if (name.ends_with(kHalfWritten)) {
      remove(name);
    } else {
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace adit::dev
