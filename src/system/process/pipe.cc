#include "system/process/pipe.h"

#include <array>

#include <fcntl.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"

namespace adit {

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

Descriptor move_up(int fd) {
  constexpr int kFirstDescriptor = 20;
  const Descriptor low(fd);
  return Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstDescriptor));
}

}  // namespace adit
