#include "system/process/spawn.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/process/pipe.h"

namespace adit {
namespace {

/// Returns pointers into `texts`, followed by a null pointer, as exec(3) takes them.
std::vector<char*> argument_pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts)
    result.push_back(const_cast<char*>(text.c_str()));  // exec takes char*, but does not write
  result.push_back(nullptr);
  return result;
}

void reset_signals(const ChildOptions& options, const sigset_t& blocked_before) {
  const bool is_foreground = options.kind == ChildKind::foreground;
  for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) {
    struct sigaction before {};
    ::sigaction(number, nullptr, &before);
    const auto& ignored = options.ignored_signals;
    // As for nohup(1), and for a script's background jobs. adit itself ignores SIGPIPE and SIGXFSZ.
    const bool stays_ignored = before.sa_handler == SIG_IGN && number != SIGPIPE && number != SIGXFSZ;
    const bool is_ignored = stays_ignored || std::find(ignored.begin(), ignored.end(), number) != ignored.end();
    struct sigaction fresh {};
    fresh.sa_handler = is_foreground && is_ignored ? SIG_IGN : SIG_DFL;
    ::sigaction(number, &fresh, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, is_foreground ? &blocked_before : &none, nullptr);
}

bool set_descriptors(const ChildOptions& options, int null) {
  for (int fd = 0; fd <= 2; ++fd) {
    const bool given = std::any_of(options.descriptors.begin(), options.descriptors.end(),
                                   [fd](const auto& pair) { return pair.first == fd; });
    if (!given && ::dup2(null, fd) < 0) return false;
  }
  for (const auto& [theirs, ours] : options.descriptors) {
    if (::dup2(ours, theirs) < 0) return false;
  }
  // Libraries may have opened descriptors without O_CLOEXEC. They are marked, not closed, because the pipe for the
  // report must stay open until exec.
  int highest = 2;
  for (const auto& [theirs, ours] : options.descriptors) highest = std::max(highest, theirs);
  ::close_range(static_cast<unsigned>(highest) + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  return true;
}

/// Runs in the child between fork and exec. It and what it calls use only async-signal-safe functions
/// (signal-safety(7)), because another thread may have held any lock at the fork.
[[noreturn]] void exec_program(const ChildOptions& options, char* const* arguments, char* const* environment,
                               const sigset_t& blocked_before, pid_t parent, int report, int null) {
  const auto fail = [report] {
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(report, &error, sizeof error);
    ::_exit(127);
  };
  if (options.kind == ChildKind::owned) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent ended before prctl()
  } else if (options.kind == ChildKind::detached) {
    ::setsid();
  }
  reset_signals(options, blocked_before);
  if (options.kind != ChildKind::foreground && !set_descriptors(options, null)) fail();

  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) fail();
  ::execve(options.program.c_str(), arguments, environment);
  fail();
  ::_exit(127);
}

/// Returns the errno of a child that could not run its program, or 0 if it runs.
int read_report(int fd) {
  int error = 0;
  ssize_t count = 0;
  do {
    count = ::read(fd, &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  return count == sizeof error ? error : 0;
}

}  // namespace

Spawned spawn(const ChildOptions& options) {
  std::vector<std::string> words{options.name.empty() ? options.program : options.name};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  const auto arguments = argument_pointers(words);
  const auto environment = argument_pointers(options.environment);
  auto report = Pipe::make();
  const auto null = move_up(::open("/dev/null", O_RDWR | O_CLOEXEC));

  const auto parent = ::getpid();
  // A signal that reaches the child before it has reset its handlers must wait, or this process's handlers swallow it.
  sigset_t all;
  sigset_t blocked_before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &blocked_before);
  const auto pid = ::fork();
  const int fork_error = errno;
  if (pid == 0)
    exec_program(options, arguments.data(), environment.data(), blocked_before, parent, report.write.get(), null.get());
  ::pthread_sigmask(SIG_SETMASK, &blocked_before, nullptr);
  if (pid < 0) return {.pid = -1, .error = fork_error};
  // The child does so, too. The group must exist before it can be killed.
  if (options.kind == ChildKind::owned) ::setpgid(pid, pid);
  report.write.close();
  const int error = read_report(report.read.get());
  if (error == 0) return {.pid = pid, .error = 0};
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {.pid = -1, .error = error};
}

std::vector<std::string> own_environment() {
  std::vector<std::string> variables;
  for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  return variables;
}

}  // namespace adit
