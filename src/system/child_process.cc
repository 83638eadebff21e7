#include "system/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/shell_word.h"
#include "base/system_reason.h"
#include "base/text.h"
#include "system/process_tree.h"

namespace adit {
namespace {

/// Descriptors from this number on do not collide with those that a child gets (0 to 4).
constexpr int kFirstDescriptor = 20;

Descriptor move_up(int fd) {
  Descriptor low(fd);
  return Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstDescriptor));
}

/// Runs in the child between fork and exec. Calls only async-signal-safe functions (signal-safety(7)), because another
/// thread may have held any lock at the fork.
[[noreturn]] void exec_program(const ChildOptions& options, char* const* arguments, char* const* environment,
                               pid_t parent, int report, int null) {
  const auto fail = [report] {
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(report, &error, sizeof error);
    ::_exit(127);
  };
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent ended before prctl()

  for (int fd = 0; fd <= 2; ++fd) {
    const bool given = std::any_of(options.descriptors.begin(), options.descriptors.end(),
                                   [fd](const auto& pair) { return pair.first == fd; });
    if (!given && ::dup2(null, fd) < 0) fail();
  }
  for (const auto& [theirs, ours] : options.descriptors) {
    if (::dup2(ours, theirs) < 0) fail();
  }
  // Libraries may have opened descriptors without O_CLOEXEC. They are marked, not closed, because `report` must stay
  // open until exec.
  int highest = 2;
  for (const auto& [theirs, ours] : options.descriptors) highest = std::max(highest, theirs);
  ::close_range(static_cast<unsigned>(highest) + 1, ~0U, CLOSE_RANGE_CLOEXEC);

  for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) {
    struct sigaction fresh {};
    fresh.sa_handler = SIG_DFL;
    ::sigaction(number, &fresh, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);

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

ExitStatus to_status(int status) {
  return WIFSIGNALED(status) ? ExitStatus{.code = 0, .signal = WTERMSIG(status)}
                             : ExitStatus{.code = WEXITSTATUS(status), .signal = 0};
}

Error start_failed(const std::string& program, int reason) {
  auto error = Error::configuration("start_failed", cat(program, " cannot be started: ", system_reason(reason), "."));
  if (reason == ENOEXEC)
    return std::move(error).hint("It is not a program for this machine. Build it here: adit build.");
  if (reason == EACCES) return std::move(error).hint(cat("Make it executable: chmod +x ", shell_file(program)));
  if (reason == ENOENT)
    return std::move(error).hint("Build it: adit build. (If the file exists, its interpreter or loader does not.)");
  return error;
}

}  // namespace

std::vector<char*> argument_pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts)
    result.push_back(const_cast<char*>(text.c_str()));  // exec takes char*, but does not write
  result.push_back(nullptr);
  return result;
}

Pipe Pipe::make() {
  std::array<int, 2> ends{};
  Pipe pipe;
  if (::pipe2(ends.data(), O_CLOEXEC) == 0) {
    pipe.read = move_up(ends[0]);
    pipe.write = move_up(ends[1]);
  }
  if (!pipe.read || !pipe.write) {
    throw Error::failure("pipe_failed", cat("A pipe could not be made: ", system_reason(), "."));
  }
  return pipe;
}

void set_nonblocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

std::string ExitStatus::to_string() const {
  if (signal == 0) return cat("exit code ", code);
  const char* name = ::sigabbrev_np(signal);
  const char* meaning = ::sigdescr_np(signal);
  if (name == nullptr || meaning == nullptr) return cat("signal ", signal);
  return cat("signal ", signal, " (SIG", name, ", ", meaning, ")");
}

ChildProcess::ChildProcess(const ChildOptions& options) {
  // Makes orphans of the group children of this process, which reaps them. In many containers, process 1 does not.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);

  std::vector<std::string> words{options.program};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  const auto arguments = argument_pointers(words);
  const auto environment = argument_pointers(options.environment);
  auto report = Pipe::make();
  const auto null = move_up(::open("/dev/null", O_RDWR | O_CLOEXEC));

  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw start_failed(options.program, errno);
  if (pid_ == 0) exec_program(options, arguments.data(), environment.data(), parent, report.write.get(), null.get());
  ::setpgid(pid_, pid_);  // The child does so, too. The group must exist before it can be killed.
  report.write.close();
  if (const int reason = read_report(report.read.get()); reason != 0) {
    kill_group();
    throw start_failed(options.program, reason);
  }
}

ChildProcess::~ChildProcess() { kill_group(); }

std::optional<ExitStatus> ChildProcess::exit_status() {
  if (!status_ && pid_ > 0) {
    int status = 0;
    const auto done = ::waitpid(pid_, &status, WNOHANG);
    if (done == pid_) status_ = to_status(status);
    if (done < 0 && errno == ECHILD) status_ = ExitStatus{};  // other code has reaped it
  }
  return status_;
}

std::optional<ExitStatus> ChildProcess::wait(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  auto pause = std::chrono::microseconds(200);
  while (!exit_status() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(10'000));
  }
  return status_;
}

void ChildProcess::kill_group() noexcept {
  if (pid_ <= 0) return;
  auto others = status_ ? std::vector<pid_t>() : freeze_tree(pid_);
  for (const auto pid : others) ::kill(pid, SIGKILL);
  // In a loop, because a process may fork before the signal arrives. The group has ended when no process is left to
  // reap or to signal.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  auto pause = std::chrono::microseconds(100);
  while (true) {
    const bool is_empty = ::kill(-pid_, SIGKILL) != 0 && errno == ESRCH;
    int status = 0;
    pid_t done = 0;
    while ((done = ::waitpid(-pid_, &status, WNOHANG)) > 0) {
      if (done == pid_) status_ = to_status(status);
    }
    // They become children of this process when their parents end. Those of the group are reaped above.
    std::erase_if(others, [&status](pid_t pid) {
      return ::waitpid(pid, &status, WNOHANG) == pid || (::kill(pid, SIGKILL) != 0 && errno == ESRCH);
    });
    if ((is_empty && done < 0 && others.empty()) || std::chrono::steady_clock::now() > end) break;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(5'000));
  }
  if (!status_) status_ = ExitStatus{.code = 0, .signal = SIGKILL};
  pid_ = -1;
}

}  // namespace adit
