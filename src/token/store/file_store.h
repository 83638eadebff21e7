#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "adit/clock.h"
#include "adit/token_store.h"

#include "system/descriptor.h"
#include "system/per_process.h"

namespace adit::token {

/// A folder of files, for the processes of one user on one host (a local file system; flock over NFS is not what this
/// relies on).
///
/// - `NAME.token`: a record, its number in the first line. Only ever replaced whole (written beside, synced, renamed),
/// so a reader sees the old or the new one whenever a
///   process is killed. A file that is not ours, not regular or not a record is absent.
/// - `NAME.lease`: who has the lock: its number and until when, in this boot's time. The holder keeps the file flocked,
/// so the lock of a process that was killed is free at once,
///   and that of one that hangs when its time is over.
/// - The folder itself is flocked for the moment of each change, for 2 s at most.
///
/// The folder is made with mode 0700 where it is missing and something is to be written, files have 0600. The mode of a
/// folder that exists stays as it is: one that only its owner can write to is used, as the records are sealed; one that
/// others can write to, that belongs to another user, or that is a symbolic link is refused.
class FileStore final : public TokenStore {
 public:
  /// The clock judges how long the folder's lock is waited for.
  explicit FileStore(std::string folder, const Clock& clock = Clock::system())
      : folder_(std::move(folder)), clock_(clock) {}

  std::optional<StoreRecord> get(const std::string& name) override;
  Claim claim(const std::string& name, std::uint64_t seen, std::chrono::milliseconds lease) override;
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override;
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds lease) override;
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
    /// A process that is stopped may keep the folder locked: not every call waits to see that.
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
