#include "base/trace.h"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/block_sigpipe.h"

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

/// Writes a line with one write(2), because POSIX does not split writes of up to PIPE_BUF bytes when several threads
/// and processes share the pipe. Continues after a short write. Returns false if the reader has closed the pipe.
bool write_line(int fd, std::string_view line) {
  const BlockSigpipe blocked;
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
    case StepKind::request_began:
      return "request_began";
    case StepKind::request_ended:
      return "request_ended";
    case StepKind::other:
      return "";
  }
  return "";
}

StepKind step_kind_from_string(std::string_view text) {
  for (const auto kind :
       {StepKind::token_received, StepKind::api_called, StepKind::request_began, StepKind::request_ended})
    if (text == to_string(kind)) return kind;
  return StepKind::other;
}

bool is_of_request(StepKind kind) { return kind == StepKind::request_began || kind == StepKind::request_ended; }

namespace {

std::chrono::microseconds in_microseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time);
}

/// Writes the step with the members that all steps have.
void write_step(int fd, json::object step, std::chrono::nanoseconds took, StepKind kind) {
  step["us"] = in_microseconds(took).count();
  if (kind != StepKind::other) step["kind"] = to_string(kind);
  if (!current_activation.empty()) step["activation"] = current_activation;
  if (!write_line(fd, to_json(step) + '\n')) descriptor().store(-1, std::memory_order_relaxed);
}

/// Returns the member if it is a whole number in this range, otherwise 0.
std::int64_t number_member(const json::object& object, std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return 0;
  const auto number = value->get_int64();
  return number >= least && number <= most ? number : 0;
}

}  // namespace

std::optional<Step> step_from_json(std::string_view line) {
  constexpr std::chrono::microseconds kLongest = std::chrono::hours(24);
  constexpr std::size_t kLongestId = 200;
  const auto value = try_parse_json(line);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  const auto text = [&](std::string_view name) { return std::string(string_member(*object, name)); };
  Step step{.name = text("step"),
            .detail = text("detail"),
            .took = std::chrono::microseconds(number_member(*object, "us", 0, kLongest.count())),
            .kind = step_kind_from_string(string_member(*object, "kind")),
            .activation = text("activation")};
  if (is_of_request(step.kind)) step.request = {.method = text("method"), .url = text("url")};
  if (step.kind == StepKind::request_ended) {
    step.request.status = static_cast<int>(number_member(*object, "status", 100, 999));
    step.request.error = text("error");
    if (const auto id = string_member(*object, "request_id"); id.size() <= kLongestId) step.request.request_id = id;
  }
  return step;
}

void report(std::string_view name, std::string_view detail, std::chrono::nanoseconds took, StepKind kind) {
  const int fd = descriptor().load(std::memory_order_relaxed);
  if (fd >= 0) return write_step(fd, {{"step", name}, {"detail", detail}}, took, kind);
  auto* const call = listener.load(std::memory_order_acquire);
  if (call == nullptr) return;
  call({.name = std::string(name),
        .detail = std::string(detail),
        .took = in_microseconds(took),
        .kind = kind,
        .activation = std::string(current_activation)});
}

bool enabled() noexcept {
  return listener.load(std::memory_order_relaxed) != nullptr || descriptor().load(std::memory_order_relaxed) >= 0;
}

bool reports_requests() noexcept { return descriptor().load(std::memory_order_relaxed) >= 0; }

void report_request(StepKind kind, const OutgoingRequest& request, std::chrono::nanoseconds took) {
  const int fd = descriptor().load(std::memory_order_relaxed);
  if (fd < 0) return;
  json::object step{{"method", request.method}, {"url", request.url}};
  if (request.status != 0) step["status"] = request.status;
  if (!request.error.empty()) step["error"] = request.error;
  if (!request.request_id.empty()) step["request_id"] = request.request_id;
  write_step(fd, std::move(step), took, kind);
}

OfActivation::OfActivation(std::string_view id) noexcept : before_(current_activation) { current_activation = id; }

OfActivation::~OfActivation() { current_activation = before_; }

std::string_view activation_of_this_thread() noexcept { return current_activation; }

void listen(void (*call)(const Step&)) { listener.store(call, std::memory_order_release); }

}  // namespace adit::trace
