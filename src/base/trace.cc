#include "base/trace.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

namespace adit::trace {
namespace {

std::atomic<void (*)(const Step&)> listener{nullptr};
thread_local std::string_view current_activation;

/// The descriptor that ADIT_TRACE_FD names, where it is open for writing; -1 otherwise.
int descriptor_from_environment() {
  const char* text = std::getenv("ADIT_TRACE_FD");  // NOLINT(concurrency-mt-unsafe): read once, at the first step
  if (text == nullptr) return -1;
  const std::string_view digits = text;
  int fd = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), fd);
  if (error != std::errc() || end != digits.data() + digits.size() || fd < 0) return -1;
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) return -1;
  return fd;
}

/// -1 once its reader has gone.
std::atomic<int>& descriptor() {
  static std::atomic<int> fd{descriptor_from_environment()};
  return fd;
}

/// Keeps SIGPIPE from this thread while it lives, and takes back the one that its write raised, so that a reader who
/// has gone does not end the process and the process's own handling of SIGPIPE stays as it is.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    blocked_ = !was_pending_ && pthread_sigmask(SIG_BLOCK, &pipe_, &before_) == 0;
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe() {
    if (!blocked_) return;
    const timespec at_once{};
    while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
  bool blocked_ = false;
};

/// One write(2) a line: POSIX keeps lines up to PIPE_BUF whole between the threads and processes that share the pipe. A
/// short write leaves nothing better to do than to go on with the rest.
bool write_line(int fd, std::string_view line) {
  const NoSigpipe guard;
  while (!line.empty()) {
    const ssize_t count = ::write(fd, line.data(), line.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return true;  // A full pipe loses the step, not the work.
    if (count < 0) return false;
    line.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::token_received:
      return "token_received";
    case StepKind::api_called:
      return "api_called";
    case StepKind::other:
      return "";
  }
  return "";
}

StepKind step_kind_from_string(std::string_view text) {
  for (const auto kind : {StepKind::token_received, StepKind::api_called})
    if (text == to_string(kind)) return kind;
  return StepKind::other;
}

namespace {

void write_step(int fd, std::string_view name, std::string_view detail, std::chrono::microseconds took, StepKind kind) {
  json::object step{{"step", name}, {"detail", detail}, {"us", took.count()}};
  if (kind != StepKind::other) step["kind"] = to_string(kind);
  if (!current_activation.empty()) step["activation"] = current_activation;
  if (!write_line(fd, to_json(step) + '\n')) descriptor().store(-1, std::memory_order_relaxed);
}

}  // namespace

void tell(std::string_view name, std::string_view detail, std::chrono::nanoseconds took, StepKind kind) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took);
  const int fd = descriptor().load(std::memory_order_relaxed);
  if (fd >= 0) return write_step(fd, name, detail, us, kind);
  auto* const call = listener.load(std::memory_order_acquire);
  if (call != nullptr) call(Step{std::string(name), std::string(detail), us, kind, std::string(current_activation)});
}

bool enabled() noexcept {
  return listener.load(std::memory_order_relaxed) != nullptr || descriptor().load(std::memory_order_relaxed) >= 0;
}

bool tells_requests() noexcept { return descriptor().load(std::memory_order_relaxed) >= 0; }

void tell_request(std::string_view detail, std::chrono::nanoseconds took) {
  const int fd = descriptor().load(std::memory_order_relaxed);
  if (fd >= 0)
    write_step(fd, kRequest, detail, std::chrono::duration_cast<std::chrono::microseconds>(took), StepKind::other);
}

OfActivation::OfActivation(std::string_view id) noexcept : before_(current_activation) { current_activation = id; }

OfActivation::~OfActivation() { current_activation = before_; }

std::string_view activation_of_this_thread() noexcept { return current_activation; }

void listen(void (*call)(const Step&)) { listener.store(call, std::memory_order_release); }

}  // namespace adit::trace
