#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace adit {

/// Returns the number of forks between the program's first process and this one: 0 in the process that was started, and
/// one more in each child (pthread_atfork(3)). Async-signal-safe.
[[nodiscard]] std::uint64_t fork_count() noexcept;

/// An object that a forked child must not share with its parent: one with locks, threads or connections.
///
/// Only the thread that called fork() exists in the child. So a lock that another thread held stays locked there, and a
/// change that another thread was making stays incomplete. Therefore the child gets a new object at its first get(),
/// and never uses or frees the inherited one. Thread-safe; takes no lock.
template <typename T>
class PerProcess {
 public:
  PerProcess() = default;
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  ~PerProcess() {
    if (auto* made = made_.load(std::memory_order_acquire); made != nullptr && made->fork == fork_count()) delete made;
  }

  /// Returns the object of this process. At the first call, makes it with `make(inherited)`, which returns a T, or a
  /// value from which T is constructed. `inherited` is the parent's object or nullptr. Read only members of it that no
  /// other thread can have been changing.
  template <typename Make>
  T& get(Make&& make) {
    auto* made = made_.load(std::memory_order_acquire);
    if (made != nullptr && made->fork == fork_count()) [[likely]]
      return made->object;
    auto mine = std::make_unique<Made>(fork_count(), [&] { return make(made == nullptr ? nullptr : &made->object); });
    if (!made_.compare_exchange_strong(made, mine.get(), std::memory_order_acq_rel, std::memory_order_acquire)) {
      return made->object;  // another thread was faster
    }
    return mine.release()->object;
  }
  T& get() {
    return get([](const T*) { return T{}; });
  }

  /// Returns nullptr if get() has not been called in this process.
  [[nodiscard]] T* find() const {
    auto* made = made_.load(std::memory_order_acquire);
    return made != nullptr && made->fork == fork_count() ? &made->object : nullptr;
  }

 private:
  struct Made {
    /// Constructs the object in place from the factory's result, because objects with locks cannot be moved.
    template <typename Factory>
    Made(std::uint64_t its_fork, Factory&& factory) : fork(its_fork), object(factory()) {}
    const std::uint64_t fork;
    T object;
  };

  std::atomic<Made*> made_ = nullptr;
};

}  // namespace adit
