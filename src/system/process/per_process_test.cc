#include "system/process/per_process.h"

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

/// Runs `work` in a child and returns its exit status.
template <typename Work>
int in_a_child(Work&& work) {
  const auto child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(PerProcess, is_made_once_in_a_process) {
  PerProcess<Locked> object;
  EXPECT_EQ(object.find(), nullptr);
  object.get().value = 2;
  EXPECT_EQ(object.get().value, 2);
  EXPECT_EQ(object.find(), &object.get());
}

TEST(PerProcess, a_child_gets_its_own_object_although_the_parents_is_locked) {
  PerProcess<Locked> object;
  object.get().value = 2;
  const std::scoped_lock held(object.get().mutex);
  EXPECT_EQ(in_a_child([&] {
              const std::scoped_lock lock(object.get().mutex);
              return object.get().value;
            }),
            1);
  EXPECT_EQ(object.get().value, 2) << "the parent's object does not change";
}

TEST(PerProcess, the_childs_object_can_be_made_from_the_inherited_one) {
  PerProcess<int> object;
  const auto next = [](const int* inherited) { return inherited == nullptr ? 1 : *inherited + 1; };
  EXPECT_EQ(object.get(next), 1);
  EXPECT_EQ(in_a_child([&] { return object.get(next); }), 2);
  EXPECT_EQ(in_a_child([&] { return in_a_child([&] { return object.get(next); }); }), 2);
  EXPECT_EQ(object.get(next), 1);
}

TEST(PerProcess, forks_are_counted) {
  const auto before = fork_count();
  EXPECT_EQ(in_a_child([&] { return static_cast<int>(fork_count() - before); }), 1);
  EXPECT_EQ(in_a_child([&] { return in_a_child([&] { return static_cast<int>(fork_count() - before); }); }), 2);
  EXPECT_EQ(fork_count(), before);
}

}  // namespace
}  // namespace adit
