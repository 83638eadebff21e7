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

/// Returns the descriptor that ADIT_TRACE_FD names, or -1 if it is not open for writing.
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

/// Becomes -1 when the reader has closed the pipe.
std::atomic<int>& descriptor() {
  static std::atomic<int> fd{descriptor_from_environment()};
  return fd;
}

/// Blocks SIGPIPE in this thread, and removes the one that a write has raised. So a closed pipe does not end the
/// process, and the process's own handling of SIGPIPE does not change.
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

/// Writes a line with one write(2), because POSIX does not split writes of up to PIPE_BUF bytes when several threads
/// and processes share the pipe. Continues after a short write. Returns false if the reader has closed the pipe.
bool write_line(int fd, std::string_view line) {
  const NoSigpipe guard;
  while (!line.empty()) {
    const ssize_t count = ::write(fd, line.data(), line.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return true;  // If the pipe is full, drop the step instead of waiting.
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

void report(std::string_view name, std::string_view detail, std::chrono::nanoseconds took, StepKind kind) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took);
  const int fd = descriptor().load(std::memory_order_relaxed);
  if (fd >= 0) return write_step(fd, name, detail, us, kind);
  auto* const call = listener.load(std::memory_order_acquire);
  if (call != nullptr) call(Step{std::string(name), std::string(detail), us, kind, std::string(current_activation)});
}

bool enabled() noexcept {
  return listener.load(std::memory_order_relaxed) != nullptr || descriptor().load(std::memory_order_relaxed) >= 0;
}

bool reports_requests() noexcept { return descriptor().load(std::memory_order_relaxed) >= 0; }

void report_request(std::string_view detail, std::chrono::nanoseconds took) {
  const int fd = descriptor().load(std::memory_order_relaxed);
  if (fd >= 0)
    write_step(fd, kRequest, detail, std::chrono::duration_cast<std::chrono::microseconds>(took), StepKind::other);
}

OfActivation::OfActivation(std::string_view id) noexcept : before_(current_activation) { current_activation = id; }

OfActivation::~OfActivation() { current_activation = before_; }

std::string_view activation_of_this_thread() noexcept { return current_activation; }

void listen(void (*call)(const Step&)) { listener.store(call, std::memory_order_release); }

}  // namespace adit::trace
