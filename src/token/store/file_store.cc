#include "token/store/file_store.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/clock.h"
#include "adit/error.h"

#include "base/random_seed.h"
#include "base/system_reason.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "system/boot_id.h"

namespace adit::token {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kRecordForm = "adit token 1 ";
/// "Lease" is what the lock was called first. The word stays in the files, as does their ending: processes of an older
/// adit may use the same folder, and must find the lock.
constexpr std::string_view kLockForm = "adit lease 1 ";
constexpr std::string_view kLockEnding = ".lease";
constexpr milliseconds kFolderLockLimit{2'000};
constexpr milliseconds kFolderLockPause{5'000};
constexpr std::size_t kLargest = 1U << 20U;
/// How many names of the folder are read: it may contain any number of other files.
constexpr int kNamesLookedAt = 10'000;
constexpr std::chrono::seconds kLeftoverAge{60};
constexpr std::chrono::hours kRecordAge{24 * 30};

/// The word for this boot in a lock's file. Processes that cannot read the boot's id have the same word: their locks
/// apply to each other, because only a running process can hold the file flocked.
std::string boot_word() { return boot_id().empty() ? "unknown" : boot_id(); }

std::int64_t now_ms() { return duration_cast<milliseconds>(MonotonicClock::now().time_since_epoch()).count(); }

/// Returns the file's text; nullopt if it is missing, not a regular file, too large, or another user's.
std::optional<std::string> read_file(const Descriptor& folder, const std::string& name, Descriptor* keep = nullptr) {
  Descriptor file(openat(folder.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat about {};
  if (!file || fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode) || about.st_uid != geteuid() ||
      about.st_size > static_cast<off_t>(kLargest)) {
    return std::nullopt;
  }
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = read(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  if (keep != nullptr) *keep = std::move(file);
  return text;
}

/// Removes a number and the character after it from the front of the text.
std::optional<std::int64_t> take_number(std::string_view& text, char behind) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto used = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || number < 0 || used >= text.size() || text[used] != behind) return std::nullopt;
  text.remove_prefix(used + 1);
  return number;
}

std::optional<StoreRecord> read_record(const Descriptor& folder, const std::string& name) {
  const auto text = read_file(folder, name + ".token");
  if (!text || !text->starts_with(kRecordForm)) return std::nullopt;
  std::string_view rest(*text);
  rest.remove_prefix(kRecordForm.size());
  const auto fence = take_number(rest, '\n');
  // Fences count locks. A number near the end of the range was written by hand, and would leave no larger ones.
  if (!fence || *fence == 0 || *fence > (std::int64_t{1} << 50)) return std::nullopt;
  return StoreRecord{std::string(rest), static_cast<std::uint64_t>(*fence), std::nullopt};
}

struct LockFile {
  std::uint64_t fence = 0;
  bool held = false;
  milliseconds left{0};
};

std::string lock_text(std::uint64_t fence, milliseconds ttl) {
  return cat(kLockForm, fence, ' ', now_ms() + std::min(ttl, kLongestLockTtl).count(), ' ', boot_word(), '\n');
}

LockFile read_lock(const Descriptor& folder, const std::string& name) {
  Descriptor file;
  const auto text = read_file(folder, cat(name, kLockEnding), &file);
  if (!text || !text->starts_with(kLockForm)) return {};
  std::string_view rest(*text);
  rest.remove_prefix(kLockForm.size());
  const auto fence = take_number(rest, ' ');
  const auto until = fence ? take_number(rest, ' ') : std::nullopt;
  if (!until || *fence > (std::int64_t{1} << 50)) return {};
  LockFile lock;
  lock.fence = static_cast<std::uint64_t>(*fence);
  lock.left = milliseconds(*until - now_ms());
  const bool in_time = lock.left > milliseconds(0) && lock.left <= kLongestLockTtl && trim(rest) == boot_word();
  lock.held = in_time && flock(file.get(), LOCK_EX | LOCK_NB) != 0;
  return lock;
}

/// Makes the folder and its missing parents, with mode 0700.
void make_folders(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    mkdir(path.substr(0, slash).c_str(), 0700);
  }
  mkdir(path.c_str(), 0700);
}

/// Whether a FileStore made the file: the user chose the folder, and it may contain other files with such names.
bool is_ours(const Descriptor& folder, const std::string& name, bool leftover) {
  if (!leftover) {
    const auto text = read_file(folder, name);
    return text && text->starts_with(name.ends_with(".token") ? kRecordForm : kLockForm);
  }
  // NAME.PROCESS.COUNT.RANDOM.tmp, see write_beside().
  const auto parts = split_list(name, '.');
  return parts.size() >= 5 && std::all_of(parts.end() - 4, parts.end() - 1, [](const std::string& part) {
           return part.find_first_not_of("0123456789") == std::string::npos;
         });
}

}  // namespace

std::string FileStore::describe() const { return cat("file:", folder_); }

void FileStore::fail(std::string_view what, int error) const {
  throw Error::failure("store_unavailable", cat("The token store ", folder_, ' ', what, error == 0 ? "" : ": ",
                                                error == 0 ? "" : system_reason(error), "."))
      .hint("It must be your own folder on a local disk; name another with --store or ADIT_TOKEN_STORE.");
}

Descriptor FileStore::open_folder(bool make) {
  auto path = folder_;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Descriptor folder(open(path.c_str(), kFlags));
  if (!folder && errno == ENOENT) {
    if (!make) return folder;
    make_folders(path);
    folder = Descriptor(open(path.c_str(), kFlags));
  }
  if (!folder)
    fail(errno == ELOOP || errno == ENOTDIR ? "is not a folder, or is a symbolic link" : "cannot be opened", errno);
  struct stat about {};
  if (fstat(folder.get(), &about) != 0) fail("cannot be looked at", errno);
  if (about.st_uid != geteuid()) fail("belongs to another user", 0);
  // The mode is not changed here, because the folder may be used for something else, too.
  if ((about.st_mode & 022U) != 0) fail("can be written to by others; make it yours alone with chmod 700", 0);
  return folder;
}

void FileStore::lock_folder(InProcess& here, const Descriptor& folder) const {
  if (clock_.monotonic_now() < here.locked_until) fail("cannot be used: another process keeps it locked", 0);
  const auto give_up = clock_.monotonic_now() + kFolderLockLimit;
  auto pause = std::chrono::microseconds(100);
  while (flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) fail("cannot be locked", errno);
    if (clock_.monotonic_now() > give_up) {
      here.locked_until = clock_.monotonic_now() + kFolderLockPause;
      fail("cannot be used: another process keeps it locked", 0);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(5'000));
  }
}

std::string FileStore::write_beside(const Descriptor& folder, const std::string& name, std::string_view head,
                                    std::string_view text, Descriptor* keep_locked) const {
  static std::atomic<unsigned> count{0};
  auto beside = cat(name, '.', getpid(), '.', ++count, '.', random_seed(), ".tmp");
  Descriptor file(openat(folder.get(), beside.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) fail("cannot be written", errno);
  // A record must be on the disk before it replaces the old one. A lock need not be, because it ends with its holder.
  const bool done = write_all(file.get(), head) && write_all(file.get(), text) &&
                    (keep_locked != nullptr ? flock(file.get(), LOCK_EX | LOCK_NB) == 0 : fsync(file.get()) == 0);
  if (!done) {
    const auto error = errno;
    unlinkat(folder.get(), beside.c_str(), 0);
    fail("cannot be written", error);
  }
  if (keep_locked != nullptr) *keep_locked = std::move(file);
  return beside;
}

void FileStore::drop_old_files(const Descriptor& folder) {
  const int copy = openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(fdopendir(copy), closedir);
  if (!entries) {
    close(copy);
    return;
  }
  const auto now = std::chrono::system_clock::now();
  for (int seen = 0; seen < kNamesLookedAt; ++seen) {
    const auto* entry = readdir(entries.get());
    if (entry == nullptr) return;
    const std::string_view name = static_cast<const char*>(entry->d_name);
    const bool leftover = name.ends_with(".tmp");
    if (!leftover && !name.ends_with(".token") && !name.ends_with(kLockEnding)) continue;
    struct stat about {};
    if (fstatat(folder.get(), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode)) continue;
    const auto age = now - std::chrono::system_clock::from_time_t(about.st_mtime);
    if (age > (leftover ? std::chrono::seconds(kLeftoverAge) : std::chrono::seconds(kRecordAge)) &&
        is_ours(folder, std::string(name), leftover)) {
      unlinkat(folder.get(), entry->d_name, 0);
    }
  }
}

std::optional<StoreRecord> FileStore::get(const std::string& name) {
  const auto folder = open_folder(false);
  return folder ? read_record(folder, name) : std::nullopt;
}

RecordOrLock FileStore::get_or_lock(const std::string& name, std::uint64_t seen, milliseconds ttl) {
  auto& here = in_process_.get();
  const std::scoped_lock lock(here.mutex);
  const auto folder = open_folder(true);
  // The common case, a new record, needs no lock, because a file is always replaced as a whole.
  if (auto record = read_record(folder, name); record && record->fence != seen) return {std::move(record), 0};
  lock_folder(here, folder);
  auto record = read_record(folder, name);
  const auto known = record ? record->fence : 0;
  if (record && known != seen) return {std::move(record), 0};
  const auto present = read_lock(folder, name);
  if (present.held) return {std::nullopt, 0, present.left};
  if (!std::exchange(here.cleaned, true)) drop_old_files(folder);
  const auto fence = std::max({present.fence, known, seen}) + 1;
  Descriptor file;
  const auto beside = write_beside(folder, name, lock_text(fence, ttl), {}, &file);
  if (renameat(folder.get(), beside.c_str(), folder.get(), cat(name, kLockEnding).c_str()) != 0) {
    const auto error = errno;
    unlinkat(folder.get(), beside.c_str(), 0);
    fail("cannot be written", error);
  }
  here.held[name] = Held{std::move(file), fence};
  return {std::nullopt, fence};
}

bool FileStore::put(const std::string& name, std::string_view sealed, std::uint64_t fence, milliseconds /*keep*/) {
  auto& here = in_process_.get();
  const std::scoped_lock lock(here.mutex);
  const auto folder = open_folder(true);
  const auto beside = write_beside(folder, name, cat(kRecordForm, fence, '\n'), sealed, nullptr);
  try {
    lock_folder(here, folder);
  } catch (...) {
    unlinkat(folder.get(), beside.c_str(), 0);
    throw;
  }
  const auto record = read_record(folder, name);
  // If someone has deleted the files, fences start at 1 again. The higher fence is then not always the newer one.
  const auto present = read_lock(folder, name).fence;
  if ((record && record->fence > fence) || (present != 0 && present != fence)) {
    unlinkat(folder.get(), beside.c_str(), 0);
    let_go(here, name, fence);
    return false;
  }
  if (renameat(folder.get(), beside.c_str(), folder.get(), cat(name, ".token").c_str()) != 0) {
    const auto error = errno;
    unlinkat(folder.get(), beside.c_str(), 0);
    fail("cannot be written", error);
  }
  let_go(here, name, fence);
  flock(folder.get(), LOCK_UN);
  fsync(folder.get());
  return true;
}

bool FileStore::extend(const std::string& name, std::uint64_t fence, milliseconds ttl) {
  auto& here = in_process_.get();
  const std::scoped_lock lock(here.mutex);
  const auto found = here.held.find(name);
  if (found == here.held.end() || found->second.fence != fence) return false;
  const auto folder = open_folder(true);
  lock_folder(here, folder);
  if (read_lock(folder, name).fence != fence) {
    here.held.erase(found);
    return false;
  }
  // Overwrites the line with one write(). The fence stays at its place, and readers hold the folder's lock.
  const auto text = lock_text(fence, ttl);
  const auto count = pwrite(found->second.file.get(), text.data(), text.size(), 0);
  return count == static_cast<ssize_t>(text.size()) &&
         ftruncate(found->second.file.get(), static_cast<off_t>(text.size())) == 0;
}

void FileStore::release(const std::string& name, std::uint64_t fence) {
  auto& here = in_process_.get();
  const std::scoped_lock lock(here.mutex);
  let_go(here, name, fence);
}

void FileStore::let_go(InProcess& here, const std::string& name, std::uint64_t fence) {
  const auto found = here.held.find(name);
  if (found != here.held.end() && found->second.fence == fence) here.held.erase(found);
}

void FileStore::remove(const std::string& name, std::uint64_t only_fence) {
  auto& here = in_process_.get();
  const std::scoped_lock lock(here.mutex);
  const auto folder = open_folder(false);
  if (!folder) return;
  lock_folder(here, folder);
  const auto record = read_record(folder, name);
  if (only_fence != 0 && (!record || record->fence != only_fence)) return;
  if (unlinkat(folder.get(), cat(name, ".token").c_str(), 0) != 0 && errno != ENOENT) fail("cannot be written", errno);
}

}  // namespace adit::token
