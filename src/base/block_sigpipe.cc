#include "base/block_sigpipe.h"

#include <cerrno>
#include <ctime>

#include <pthread.h>

namespace adit {
namespace {

sigset_t sigpipe() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

}  // namespace

BlockSigpipe::BlockSigpipe() noexcept {
  sigset_t pending;
  sigpending(&pending);
  was_pending_ = sigismember(&pending, SIGPIPE) == 1;
  const auto blocked = sigpipe();
  pthread_sigmask(SIG_BLOCK, &blocked, &former_);
}

BlockSigpipe::~BlockSigpipe() {
  const int error = errno;
  if (!was_pending_) {
    const auto raised = sigpipe();
    const timespec at_once{};
    while (sigtimedwait(&raised, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &former_, nullptr);
  errno = error;
}

}  // namespace adit
