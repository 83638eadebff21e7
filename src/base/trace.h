#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit::trace {

/// What programs count; all that people read is in a step's name.
enum class StepKind { other, token_received, api_called };

/// A step of the work, as a person would tell it: "token received", for `adit invoke --verbose` and `make demo`.
/// `detail` holds what is worth knowing, never a secret.
struct Step {
  std::string name;
  std::string detail;
  std::chrono::microseconds took{0};
  StepKind kind = StepKind::other;
  /// The activation that the step belongs to; empty if that is not known.
  std::string activation{};
};

/// As the JSON line has it: empty for `other`. The Node.js side writes the same words (src/dev/node/steps.cjs).
[[nodiscard]] std::string_view to_string(StepKind kind);
[[nodiscard]] StepKind step_kind_from_string(std::string_view text);

/// The name of the step that represents one HTTP request of an action, answered or not: its detail is
/// `GET https://host/path -> 200`, or the error's code instead of the status.
inline constexpr std::string_view kRequest = "request";

/// Reports a step. If ADIT_TRACE_FD names an open descriptor, the step is written there as one JSON line
/// `{"step":…,"detail":…,"us":…,"kind":…,"activation":…}` (this is how an action's steps reach the command that started
/// it); if the process has a listener, it is called instead; otherwise nothing happens, at the cost of one branch.
/// Thread-safe.
void tell(std::string_view name, std::string_view detail, std::chrono::nanoseconds took,
          StepKind kind = StepKind::other);
[[nodiscard]] bool enabled() noexcept;

/// Tells a step of the name kRequest on ADIT_TRACE_FD alone: what a listener hears is for people, who are told of token
/// exchanges and API calls in other words.
void tell_request(std::string_view detail, std::chrono::nanoseconds took);
[[nodiscard]] bool tells_requests() noexcept;

/// Calls `listener` for each step of this process from now on; nullptr for none.
void listen(void (*listener)(const Step&));

/// While it lives, the steps of this thread belong to the activation with this id. `id` outlives it.
class OfActivation {
 public:
  explicit OfActivation(std::string_view id) noexcept;
  ~OfActivation();
  OfActivation(const OfActivation&) = delete;
  OfActivation& operator=(const OfActivation&) = delete;

 private:
  std::string_view before_;
};
/// The activation that the steps of this thread belong to, for work that goes on on another thread; empty if there is
/// none.
[[nodiscard]] std::string_view activation_of_this_thread() noexcept;

/// Measures from its making to `tell`.
class Stopwatch {
 public:
  Stopwatch() : start_(std::chrono::steady_clock::now()) {}
  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::time_point start_;
};

}  // namespace adit::trace
