#include "system/process/per_process.h"

#include <pthread.h>

namespace adit {
namespace {

std::atomic<std::uint64_t> forks{0};

/// Registered before main(), to count every fork.
const int registered = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });

}  // namespace

std::uint64_t fork_count() noexcept {
  static_cast<void>(registered);
  return forks.load(std::memory_order_relaxed);
}

}  // namespace adit
