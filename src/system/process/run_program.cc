#include "system/process/run_program.h"

#include <array>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "system/process/pipe.h"

namespace adit {

ExitStatus run_program(const ProgramRun& run) {
  using std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kTick{25};
  auto pipe = Pipe::make();
  ChildOptions options{.program = run.program,
                       .arguments = run.arguments,
                       .environment = run.environment,
                       .folder = run.folder,
                       .descriptors = {{STDOUT_FILENO, pipe.write.get()}}};
  if (run.input >= 0) options.descriptors.emplace_back(STDIN_FILENO, run.input);
  if (run.reads_stderr) options.descriptors.emplace_back(STDERR_FILENO, pipe.write.get());
  ChildProcess child(options);
  pipe.write.close();
  set_nonblocking(pipe.read.get());
  const auto end = steady_clock::now() + run.limit;
  std::array<char, 16'384> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
  while (true) {
    if (run.interrupted && run.interrupted()) throw Interrupted();
    if (steady_clock::now() > end) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(run.limit).count();
      throw Error::failure("program_timeout", cat(run.program, " did not end within ", seconds, " seconds."))
          .hint("It was stopped. If the machine is busy, try again.");
    }
    // Looked up before the pipe: what a program wrote before its end is then read.
    const auto status = pipe.read ? child.exit_status() : child.wait(kTick);
    if (!pipe.read) {
      if (status) return *status;
      continue;
    }
    pollfd watched{.fd = pipe.read.get(), .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, status ? 0 : static_cast<int>(kTick.count())) == 0) {
      // A compiler's server that keeps running (sccache) keeps the pipe open.
      if (status) return *status;
      continue;
    }
    const auto count = ::read(pipe.read.get(), buffer.data(), buffer.size());
    if (count > 0) {
      run.on_output({buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      pipe.read.close();
    }
  }
}

}  // namespace adit
