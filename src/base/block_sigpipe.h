#pragma once

#include <csignal>

namespace adit {

/// Blocks SIGPIPE in this thread for as long as it exists, so that a write to a pipe or socket without a reader fails
/// with EPIPE instead of ending the process, whatever the process does with the signal. For writes that cannot pass
/// MSG_NOSIGNAL. Its destructor discards the signal that such a write raised, but not one that was pending before, and
/// keeps errno.
class BlockSigpipe {
 public:
  BlockSigpipe() noexcept;
  BlockSigpipe(const BlockSigpipe&) = delete;
  BlockSigpipe& operator=(const BlockSigpipe&) = delete;
  ~BlockSigpipe();

 private:
  sigset_t former_{};
  bool was_pending_ = false;
};

}  // namespace adit
