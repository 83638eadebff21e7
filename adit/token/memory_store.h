#pragma once

#include <map>
#include <mutex>

#include "adit/base/clock.h"
#include "adit/token/token_store.h"

#pragma GCC visibility push(default)

namespace adit::token {

/// `memory:`: for several engines of one process, and for simulations.
class MemoryStore final : public TokenStore {
 public:
  explicit MemoryStore(const Clock& clock = Clock::system()) : clock_(clock) {}

  std::optional<StoreRecord> get(const std::string& name) override;
  Claim claim(const std::string& name, std::uint64_t seen, std::chrono::milliseconds lease) override;
  bool put(const std::string& name, std::string_view sealed, std::uint64_t fence,
           std::chrono::milliseconds keep) override;
  bool extend(const std::string& name, std::uint64_t fence, std::chrono::milliseconds lease) override;
  void release(const std::string& name, std::uint64_t fence) override;
  void remove(const std::string& name, std::uint64_t only_fence) override;
  std::string describe() const override { return "memory:"; }

 private:
  struct Entry {
    std::string sealed;
    std::uint64_t fence = 0;
    MonotonicTime keep_until{};
    std::uint64_t last_fence = 0;
    std::uint64_t lock = 0;
    MonotonicTime locked_until{};
  };
  std::optional<StoreRecord> record(const Entry& entry) const;
  void drop_dead(MonotonicTime now);

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::size_t look_at_ = 1024;
};

}  // namespace adit::token

#pragma GCC visibility pop
