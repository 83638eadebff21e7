#include "dev/sources/program.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include <poll.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "system/process/pipe.h"

namespace adit::dev {
namespace {

using std::chrono::steady_clock;

/// A compiler that takes longer than this is stuck.
constexpr std::chrono::minutes kProgramLimit{30};

}  // namespace

ExitStatus run_program(const ProgramRun& run) {
  auto pipe = Pipe::make();
  ChildProcess child({.program = run.program,
                      .arguments = run.arguments,
                      .environment = run.environment.empty() ? own_environment() : run.environment,
                      .folder = run.folder,
                      .descriptors = {{1, pipe.write.get()}, {2, pipe.write.get()}}});
  pipe.write.close();
  set_nonblocking(pipe.read.get());
  const auto end = steady_clock::now() + kProgramLimit;
  std::array<char, 16'384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
  while (pipe.read) {
    if (run.interrupted && run.interrupted()) throw Interrupted();
    if (steady_clock::now() > end)
      throw Error::failure("build_failed", cat(run.program, " did not end in 30 minutes."));
    pollfd watched{.fd = pipe.read.get(), .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 25) == 0) {
      // A compiler's server that keeps running (sccache) keeps the pipe open.
      if (child.exit_status()) break;
      continue;
    }
    const auto count = ::read(pipe.read.get(), buffer.data(), buffer.size());
    if (count > 0) {
      run.sink({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      pipe.read.close();
    }
  }
  return child.wait(std::chrono::seconds(10)).value_or(ExitStatus{.code = 0, .signal = SIGKILL});
}

}  // namespace adit::dev
