#include "system/process/spawn.h"

#include <cerrno>
#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text/text.h"
#include "system/process/find_program.h"
#include "system/process/pipe.h"
#include "system/process/process_tree.h"

namespace adit {
namespace {

ChildOptions shell_running(ChildKind kind, const std::string& script) {
  return {.program = "/bin/sh",
          .arguments = {"-c", script},
          .environment = {},
          .folder = {},
          .descriptors = {},
          .kind = kind};
}

int exit_code(const Spawned& spawned) {
  EXPECT_EQ(spawned.error, 0);
  int status = 0;
  EXPECT_EQ(::waitpid(spawned.pid, &status, 0), spawned.pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Spawn, a_foreground_child_is_in_the_callers_group) {
  const auto script = cat("read -r a b c d group session rest </proc/$$/stat; [ $group = ", ::getpgrp(),
                          " ] && [ $session = ", ::getsid(0), " ]");
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::foreground, script))), 0);
}

TEST(Spawn, a_detached_child_has_its_own_session) {
  const auto* script = "read -r a b c d group session rest </proc/$$/stat; [ $group = $$ ] && [ $session = $$ ]";
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::detached, script))), 0);
}

TEST(Spawn, only_a_foreground_child_inherits_descriptors) {
  const Pipe pipe = Pipe::make();
  const Descriptor inherited(::dup(pipe.read.get()));  // without close-on-exec
  const auto script = cat("[ -e /proc/self/fd/", inherited.get(), " ]");
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::foreground, script))), 0);
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::detached, script))), 1);
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::owned, script))), 1);
}

TEST(Spawn, only_a_foreground_child_keeps_ignored_signals_except_sigpipe) {
  const auto* hangs_up = "kill -HUP $$; exit 3";
  const auto* writes_to_no_reader = "kill -PIPE $$; exit 3";
  const auto before_hup = std::signal(SIGHUP, SIG_IGN);
  const auto before_pipe = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::foreground, hangs_up))), 3);
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::owned, hangs_up))), -1);
  EXPECT_EQ(exit_code(spawn(shell_running(ChildKind::foreground, writes_to_no_reader))), -1);
  std::signal(SIGHUP, before_hup);
  std::signal(SIGPIPE, before_pipe);
}

TEST(Spawn, a_foreground_child_does_not_ignore_sigpipe_and_sigxfsz_but_what_the_options_name) {
  const auto before_pipe = std::signal(SIGPIPE, SIG_IGN);
  const auto before_size = std::signal(SIGXFSZ, SIG_IGN);
  // Bits 12 and 24 of the mask, and bit 1 for SIGINT.
  auto options = shell_running(ChildKind::foreground, R"(while read -r name value; do
      [ $name != SigIgn: ] || mask=$((0x$value)); done </proc/self/status
    [ $((mask & (1 << 12 | 1 << 24))) = 0 ] && exit $((mask >> 1 & 1)); exit 9)");
  EXPECT_EQ(exit_code(spawn(options)), 0);
  options.ignored_signals = {SIGINT};
  EXPECT_EQ(exit_code(spawn(options)), 1);
  std::signal(SIGPIPE, before_pipe);
  std::signal(SIGXFSZ, before_size);
}

TEST(Spawn, a_foreground_child_keeps_the_blocked_signals_and_so_does_the_caller) {
  sigset_t blocked;
  sigset_t before;
  sigset_t after;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_SETMASK, &blocked, &before);
  ChildOptions options = shell_running(ChildKind::foreground, "");
  options.program = find_program("grep");  // some shells clear the mask
  options.arguments = {"-q", "SigBlk:.0000000000000200", "/proc/self/status"};
  EXPECT_EQ(exit_code(spawn(options)), 0);
  options.kind = ChildKind::owned;
  EXPECT_EQ(exit_code(spawn(options)), 1);
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  EXPECT_EQ(::sigismember(&after, SIGUSR1), 1);
  EXPECT_EQ(::sigismember(&after, SIGTERM), 0);
}

TEST(Spawn, the_child_sees_the_name_that_the_options_give) {
  auto options = shell_running(ChildKind::foreground, "[ $0 = short ]");
  EXPECT_EQ(exit_code(spawn(options)), 1);
  options.name = "short";
  EXPECT_EQ(exit_code(spawn(options)), 0);
}

TEST(Spawn, reports_why_a_program_cannot_be_started) {
  const auto before = descendants_of(::getpid());
  for (const auto& [program, error] : {std::pair("/nowhere/program", ENOENT), std::pair("/etc/passwd", EACCES)}) {
    auto options = shell_running(ChildKind::foreground, "");
    options.program = program;
    const auto spawned = spawn(options);
    EXPECT_EQ(spawned.pid, -1);
    EXPECT_EQ(spawned.error, error) << program;
  }
  EXPECT_EQ(descendants_of(::getpid()), before) << "the failed child is reaped";
}

TEST(FindProgram, searches_path) {
  EXPECT_TRUE(find_program("sh").ends_with("/sh"));
  EXPECT_EQ(find_program("no-such-program"), "");
}

}  // namespace
}  // namespace adit
