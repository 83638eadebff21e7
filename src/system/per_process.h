#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace adit {

/// How many times this process has been forked since the program began: 0 in the process that was started, one more in
/// each child (pthread_atfork(3)).
[[nodiscard]] std::uint64_t fork_count() noexcept;

/// An object that a forked child must not share with its parent: one with locks, threads or connections.
///
/// In a child the thread that called fork() is the only one, so a lock that another thread held stays locked, and a
/// change that another thread was making stays half made. The child therefore gets a new object at its first get(). The
/// inherited one is never touched or freed. Thread-safe; takes no lock.
template <typename T>
class PerProcess {
 public:
  PerProcess() = default;
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  ~PerProcess() {
    if (auto* made = made_.load(std::memory_order_acquire); made != nullptr && made->fork == fork_count()) delete made;
  }

  /// This process's object. Makes it with `make(inherited)`, which returns a T by value or what T is made from;
  /// `inherited` is the parent's object, or nullptr: read only what cannot have been in the middle of a change.
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

  /// Nullptr if get() has not been called in this process.
  [[nodiscard]] T* find() const {
    auto* made = made_.load(std::memory_order_acquire);
    return made != nullptr && made->fork == fork_count() ? &made->object : nullptr;
  }

 private:
  struct Made {
    /// The factory's result is the object itself, without a move: objects with locks cannot be moved.
    template <typename Factory>
    Made(std::uint64_t its_fork, Factory&& factory) : fork(its_fork), object(factory()) {}
    const std::uint64_t fork;
    T object;
  };

  std::atomic<Made*> made_ = nullptr;
};

}  // namespace adit
