#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "adit/clock.h"
#include "adit/token_store.h"

#include "base/descriptor.h"
#include "system/process/per_process.h"

namespace adit::token {

/// A store in a folder of files, for the processes of one user on one host. The folder must be on a local file system,
/// because the store does not rely on flock over NFS.
///
/// - `NAME.token` is a record; its first line contains the fence. A file is only replaced as a whole (written beside,
///   synced, renamed): if a process is killed, readers see the old or the new record. A file of another user, one that
///   is not regular, and one that is not a record are treated as absent.
/// - `NAME.lease` is the lock: its fence and when it expires, in this boot's time. The holder keeps the file flocked.
///   The lock of a process that was killed is therefore free at once; that of a process that hangs is free when it
///   expires.
/// - The folder itself is flocked during each change, for 2 s at most.
///
/// If the folder is missing when something is written, it is made with mode 0700. Files have mode 0600. An existing
/// folder keeps its mode. It may be readable by others, because records are encrypted; it is rejected if others can
/// write to it, if it belongs to another user, or if it is a symbolic link.
class FileStore final : public TokenStore {
 public:
  /// The clock limits the wait for the folder's lock.
  explicit FileStore(std::string folder, const Clock& clock = Clock::system())
      : folder_(std::move(folder)), clock_(clock) {}

  std::optional<StoreRecord> get(const std::string& name) override;
  RecordOrLock get_or_lock(const std::string& name, std::uint64_t seen, std::chrono::milliseconds ttl) override;
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override;
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds ttl) override;
  void release(const std::string& name, std::uint64_t fence) override;
  void remove(const std::string& name, std::uint64_t only_fence) override;
  std::string describe() const override;

 private:
  struct Held {
    Descriptor file;
    std::uint64_t fence = 0;
  };
  struct InProcess {
    std::mutex mutex;
    /// The locks that this process holds, by record.
    std::map<std::string, Held> held;
    bool cleaned = false;
    /// Until then, calls fail at once: another process has kept the folder locked, and waiting again would take 2 s.
    MonotonicTime locked_until{};
  };

  [[nodiscard]] Descriptor open_folder(bool make);
  void lock_folder(InProcess& here, const Descriptor& folder) const;
  [[nodiscard]] std::string write_beside(const Descriptor& folder, const std::string& name, std::string_view head,
                                         std::string_view text, Descriptor* keep_locked) const;
  static void drop_old_files(const Descriptor& folder);
  static void let_go(InProcess& here, const std::string& name, std::uint64_t fence);
  [[noreturn]] void fail(std::string_view what, int error) const;

  const std::string folder_;
  const Clock& clock_;
  PerProcess<InProcess> in_process_;
};

}  // namespace adit::token
