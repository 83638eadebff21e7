#include "dev/host/loop_peer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "adit/json.h"

#include "base/block_sigpipe.h"
#include "base/text/text.h"

namespace adit::dev {
namespace {

using std::chrono::steady_clock;

constexpr int kLoopDescriptor = 3;
constexpr std::size_t kMaxAcknowledgement = 1024;

int left_ms(steady_clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 1000));
}

/// Whether the first thread of the program is in read() on its stdin. /proc/PID/syscall shows the number of the current
/// system call and its arguments (proc(5)).
bool reads_stdin(pid_t program) {
  const Descriptor file(::open(cat("/proc/", program, "/syscall").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 256> text{};
  if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) return false;
  long number = -1;
  unsigned long descriptor = 0;
  if (std::sscanf(text.data(), "%ld 0x%lx", &number, &descriptor) != 2 || number != SYS_read) return false;
  // "pipe:[12345]"; the program may have opened stdin again as another descriptor.
  const auto opened = [program](unsigned long which) {
    std::error_code error;
    return std::filesystem::read_symlink(cat("/proc/", program, "/fd/", which), error);
  };
  return descriptor == STDIN_FILENO || opened(descriptor) == opened(STDIN_FILENO);
}

}  // namespace

LoopPeer::LoopPeer() : in_(Pipe::make()), out_(Pipe::make()) {
  set_nonblocking(in_.write.get());
  set_nonblocking(out_.read.get());
}

void LoopPeer::offer(ChildOptions& child) const {
  child.descriptors.emplace_back(STDIN_FILENO, in_.read.get());
  child.descriptors.emplace_back(kLoopDescriptor, out_.write.get());
  child.environment.emplace_back("__OW_WAIT_FOR_ACK=true");
}

void LoopPeer::started() {
  in_.read.close();
  out_.write.close();
}

bool LoopPeer::is_taken(pid_t program) {
  if (!out_.read) return false;
  pollfd watched{.fd = out_.read.get(), .events = POLLIN, .revents = 0};
  const auto speaks = [&watched] { return ::poll(&watched, 1, 0) == 1 && (watched.revents & POLLIN) != 0; };
  // The order matters: a program that acknowledges does so before it reads.
  if (!reads_stdin(program) && !speaks()) return false;
  if (speaks()) (void)receive(kMaxAcknowledgement, steady_clock::now() + std::chrono::seconds(1));
  return true;
}

void LoopPeer::withdraw() { out_.read.close(); }

std::optional<std::string> LoopPeer::exchange(std::string_view line, std::size_t max_bytes,
                                              steady_clock::time_point until) {
  if (!send(cat(line, '\n'), until)) return std::nullopt;
  return receive(max_bytes, until);
}

bool LoopPeer::send(std::string_view text, steady_clock::time_point until) const {
  const BlockSigpipe blocked;
  while (!text.empty()) {
    const auto written = ::write(in_.write.get(), text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return false;
    if (steady_clock::now() >= until) return false;
    pollfd watched{.fd = in_.write.get(), .events = POLLOUT, .revents = 0};
    ::poll(&watched, 1, left_ms(until));
  }
  return true;
}

std::optional<std::string> LoopPeer::receive(std::size_t max_bytes, steady_clock::time_point until) {
  std::array<char, 65'536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
  for (std::size_t searched = 0;;) {
    if (const auto end = held_.find('\n', searched); end != std::string::npos) {
      auto line = held_.substr(0, end);
      held_.erase(0, end + 1);
      return line;
    }
    searched = held_.size();
    // Longer than any answer may be: returned as it is, so that the error can say its size.
    if (held_.size() > max_bytes) return std::exchange(held_, {});
    const auto count = ::read(out_.read.get(), chunk.data(), chunk.size());
    if (count > 0) {
      held_.append(chunk.data(), static_cast<std::size_t>(count));
      continue;
    }
    // Text without a line end at the end of the process is not an answer, as in the platform's proxies.
    if (count == 0 || (errno != EAGAIN && errno != EINTR) || steady_clock::now() >= until) return std::nullopt;
    pollfd watched{.fd = out_.read.get(), .events = POLLIN, .revents = 0};
    ::poll(&watched, 1, left_ms(until));
  }
}

}  // namespace adit::dev
