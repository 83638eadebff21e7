#include "system/process/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "system/process/process_tree.h"

namespace adit {
namespace {

ExitStatus to_status(int status) {
  return WIFSIGNALED(status) ? ExitStatus{.code = 0, .signal = WTERMSIG(status)}
                             : ExitStatus{.code = WEXITSTATUS(status), .signal = 0};
}

Error start_failed(const std::string& program, int reason) {
  auto error = Error::configuration("start_failed", cat(program, " cannot be started: ", system_reason(reason), "."));
  if (reason == ENOEXEC)
    return std::move(error).hint("It is not a program for this machine. Build it here: adit build.");
  if (reason == EACCES) {
    struct stat status {};
    const bool is_executable = ::stat(program.c_str(), &status) == 0 && (status.st_mode & 0111U) != 0;
    return std::move(error).hint(
        is_executable
            ? "Its file system may be mounted with noexec. Move the project, or set TMPDIR to a folder where programs can be run."
            : cat("Make it executable: chmod +x ", shell_file(program)));
  }
  if (reason == ENOENT)
    return std::move(error).hint("Build it: adit build. (If the file exists, its interpreter or loader does not.)");
  return error;
}

}  // namespace

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

  const auto spawned = spawn(options);
  if (spawned.error != 0) throw start_failed(options.program, spawned.error);
  pid_ = spawned.pid;
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
