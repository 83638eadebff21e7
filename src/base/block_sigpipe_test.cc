#include "base/block_sigpipe.h"

#include <array>
#include <cerrno>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/descriptor.h"

namespace adit {
namespace {

/// Writes to a pipe that nobody reads, and returns errno.
int write_without_reader() {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  ::close(ends[0]);
  const Descriptor writer(ends[1]);
  errno = 0;
  EXPECT_EQ(::write(writer.get(), "x", 1), -1);
  return errno;
}

bool sigpipe_is_blocked() {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, SIGPIPE) == 1;
}

bool sigpipe_is_pending() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

void block_sigpipe() {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &mask, nullptr);
}

/// The mask and the signals that are pending belong to the thread, and end with it.
void in_new_thread(void (*test)()) { std::jthread{test}.join(); }

TEST(BlockSigpipe, lets_a_write_without_a_reader_fail_and_leaves_no_signal) {
  in_new_thread([] {
    {
      const BlockSigpipe blocked;
      EXPECT_EQ(write_without_reader(), EPIPE);
    }
    EXPECT_FALSE(sigpipe_is_blocked());
    EXPECT_FALSE(sigpipe_is_pending());
  });
}

TEST(BlockSigpipe, discards_its_signal_even_if_the_thread_blocked_sigpipe_before) {
  in_new_thread([] {
    block_sigpipe();
    {
      const BlockSigpipe blocked;
      EXPECT_EQ(write_without_reader(), EPIPE);
    }
    EXPECT_TRUE(sigpipe_is_blocked());
    EXPECT_FALSE(sigpipe_is_pending());
  });
}

TEST(BlockSigpipe, keeps_a_signal_that_was_pending_before) {
  in_new_thread([] {
    block_sigpipe();
    raise(SIGPIPE);
    {
      const BlockSigpipe blocked;
      EXPECT_EQ(write_without_reader(), EPIPE);
    }
    EXPECT_TRUE(sigpipe_is_pending());
  });
}

TEST(BlockSigpipe, can_be_nested) {
  in_new_thread([] {
    const BlockSigpipe outer;
    EXPECT_EQ(write_without_reader(), EPIPE);
    {
      const BlockSigpipe inner;
      EXPECT_EQ(write_without_reader(), EPIPE);
    }
    EXPECT_TRUE(sigpipe_is_blocked());
  });
}

TEST(BlockSigpipe, keeps_errno) {
  in_new_thread([] {
    {
      const BlockSigpipe blocked;
      errno = EPIPE;
    }
    EXPECT_EQ(errno, EPIPE);
  });
}

}  // namespace
}  // namespace adit
