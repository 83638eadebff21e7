#include "system/per_process.h"

#include <mutex>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace adit {
namespace {

struct Locked {
  std::mutex mutex;
  int value = 1;
};

/// The child's exit status.
template <typename Work>
int in_a_child(Work&& work) {
  const auto child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(PerProcess, IsMadeOnceInAProcess) {
  PerProcess<Locked> object;
  EXPECT_EQ(object.find(), nullptr);
  object.get().value = 2;
  EXPECT_EQ(object.get().value, 2);
  EXPECT_EQ(object.find(), &object.get());
}

TEST(PerProcess, AChildGetsItsOwnAlthoughTheParentsIsLocked) {
  PerProcess<Locked> object;
  object.get().value = 2;
  const std::scoped_lock held(object.get().mutex);
  EXPECT_EQ(in_a_child([&] {
              const std::scoped_lock lock(object.get().mutex);
              return object.get().value;
            }),
            1);
  EXPECT_EQ(object.get().value, 2) << "the parent keeps its own";
}

TEST(PerProcess, TheChildsObjectCanBeMadeFromTheInheritedOne) {
  PerProcess<int> object;
  const auto next = [](const int* inherited) { return inherited == nullptr ? 1 : *inherited + 1; };
  EXPECT_EQ(object.get(next), 1);
  EXPECT_EQ(in_a_child([&] { return object.get(next); }), 2);
  EXPECT_EQ(in_a_child([&] { return in_a_child([&] { return object.get(next); }); }), 2);
  EXPECT_EQ(object.get(next), 1);
}

TEST(PerProcess, ForksAreCounted) {
  const auto before = fork_count();
  EXPECT_EQ(in_a_child([&] { return static_cast<int>(fork_count() - before); }), 1);
  EXPECT_EQ(in_a_child([&] { return in_a_child([&] { return static_cast<int>(fork_count() - before); }); }), 2);
  EXPECT_EQ(fork_count(), before);
}

}  // namespace
}  // namespace adit
