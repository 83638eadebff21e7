#include "token/engine/thread_leases.h"

#include <atomic>
#include <bit>
#include <vector>

#include <pthread.h>

namespace adit::token {

LeaseSlot no_slots[1];
constinit thread_local ThreadLeases thread_leases{no_slots, 0, 0};

namespace {

/// Credentials are numbered in turn, so a table of a power of two has no two in one slot until there are more of them;
/// beyond this size they take turns (a slot costs 16 bytes a thread).
constexpr std::size_t kMostSlots = 4096;

/// Owns what `thread_leases` shows, from the thread's first token to its end.
class Owner {
 public:
  Owner() {
    static std::atomic<std::uint64_t> numbers{0};
    static const int forks = pthread_atfork(nullptr, nullptr, forget_generations);
    static_cast<void>(forks);
    thread_leases.number = ++numbers;
  }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() {
    for (const auto& slot : slots_) {
      if (slot.lease != nullptr) slot.lease->retire();
    }
    ended_ = true;
    thread_leases = {no_slots, 0, thread_leases.number};
  }

  LeaseSlot& slot(std::uint64_t credential) {
    while (slots_.empty() || (slots_[credential & (slots_.size() - 1)].lease != nullptr && slots_.size() < kMostSlots &&
                              occupied_by_another(credential))) {
      grow();
    }
    return slots_[credential & (slots_.size() - 1)];
  }
  void note(std::uint64_t credential) { credentials_[credential & (slots_.size() - 1)] = credential; }

  static bool ended() { return ended_; }

 private:
  /// In a forked child no timer of the parent's watches the time: what this thread, the only one, has at hand is to be
  /// looked at again.
  static void forget_generations() {
    if (thread_leases.slots == no_slots) return;
    for (std::uint64_t i = 0; i <= thread_leases.mask; ++i) thread_leases.slots[i].generation = 0;
  }

  [[nodiscard]] bool occupied_by_another(std::uint64_t credential) const {
    return credentials_[credential & (slots_.size() - 1)] != credential;
  }

  void grow() {
    std::vector<LeaseSlot> slots(slots_.empty() ? 4 : slots_.size() * 2);
    std::vector<std::uint64_t> credentials(slots.size());
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].lease == nullptr) continue;
      const auto place = credentials_[i] & (slots.size() - 1);
      slots[place] = slots_[i];
      credentials[place] = credentials_[i];
    }
    slots_.swap(slots);
    credentials_.swap(credentials);
    thread_leases.slots = slots_.data();
    thread_leases.mask = slots_.size() - 1;
  }

  std::vector<LeaseSlot> slots_;
  std::vector<std::uint64_t> credentials_;
  static thread_local bool ended_;
};
thread_local bool Owner::ended_ = false;

}  // namespace

std::uint64_t next_generation() noexcept {
  static std::atomic<std::uint64_t> generations{0};
  return ++generations;
}

Lease& keep_lease(std::uint64_t credential, std::uint64_t generation, std::shared_ptr<const Issued> token) {
  // Destructors of thread-local objects may ask for tokens after Owner's has run.
  if (Owner::ended()) return *new Lease(std::move(token));
  thread_local Owner owner;
  auto& slot = owner.slot(credential);
  auto* lease = new Lease(std::move(token), thread_leases.number);
  lease->hold();
  if (auto* former = std::exchange(slot.lease, lease)) former->retire();
  slot.generation = generation;
  owner.note(credential);
  return *lease;
}

}  // namespace adit::token
