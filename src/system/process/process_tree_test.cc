#include "system/process/process_tree.h"

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include "system/process/child_process.h"

namespace adit {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kActionMark = "AIO_DEV=true";

ChildOptions shell(const std::string& script, bool as_action = false) {
  ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", script};
  options.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
  if (as_action) options.environment.emplace_back(kActionMark);
  return options;
}

/// Waits until there are `count` descendants and returns them. If that never happens, the test's time-out ends it.
std::vector<pid_t> wait_for_descendants(pid_t of, std::size_t count) {
  auto found = descendants_of(of);
  for (; found.size() != count; found = descendants_of(of)) std::this_thread::yield();
  return found;
}

bool lives(pid_t pid) { return ::kill(pid, 0) == 0; }

// Starts processes in other groups and sessions, as Ninja does with compilers, and Node.js with `detached`.
constexpr const char* kOwnSessions = "setsid sh -c 'sleep 600 & exec sleep 601' & exec sleep 602";

TEST(ProcessTree, finds_every_descendant) {
  ChildProcess child(shell(kOwnSessions));
  EXPECT_THAT(wait_for_descendants(child.pid(), 2), SizeIs(2));
  EXPECT_THAT(descendants_of(wait_for_descendants(child.pid(), 2).back()), IsEmpty());
}

TEST(ProcessTree, kill_group_kills_descendants_in_any_group) {
  ChildProcess child(shell(kOwnSessions));
  const auto all = wait_for_descendants(child.pid(), 2);
  child.kill_group();
  for (const auto pid : all) EXPECT_FALSE(lives(pid));
}

TEST(ProcessTree, finds_what_an_action_left_behind_but_not_what_a_build_left) {
  pid_t actions = 0;
  pid_t builds = 0;
  for (auto* left : {&actions, &builds}) {
    ChildProcess child(shell("setsid sleep 600 & wait", left == &actions));
    *left = wait_for_descendants(child.pid(), 1).front();
    while (::getsid(*left) != *left) std::this_thread::yield();  // until it has its own session
    ::kill(child.pid(), SIGKILL);                                // only the child, not its descendants
    ASSERT_TRUE(child.wait(std::chrono::seconds(30)).has_value());
  }
  kill_descendants_with(kActionMark);
  EXPECT_FALSE(lives(actions));
  EXPECT_TRUE(lives(builds));
  ::kill(builds, SIGKILL);
}

}  // namespace
}  // namespace adit
