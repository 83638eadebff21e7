#pragma once

#include <atomic>
#include <new>

#include <unistd.h>

namespace adit {

/// Notices that it is in a forked child: there, the thread that forked is the only one, and what others were doing at
/// that moment stays half done for ever.
class AfterFork {
 public:
  /// Runs `renew` in a child, before anybody else gets past here.
  template <typename Renew>
  void once(Renew&& renew) {
    const int self = getpid();
    for (int seen = process_.load(std::memory_order_acquire); seen != self; seen = process_.load()) {
      if (seen == -self || !process_.compare_exchange_strong(seen, -self)) continue;
      renew();
      process_.store(self, std::memory_order_release);
    }
  }

 private:
  std::atomic<int> process_ = getpid();
};

/// Makes an object anew over one that was inherited in a state that nobody knows: a lock whose holder is not here, a
/// condition on which ghosts wait, a queue in the middle of a change. What it held is not freed.
template <typename T>
void make_anew(T& inherited) {
  new (&inherited) T;
}

}  // namespace adit
