#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit::trace {

/// The kinds of steps that programs distinguish. A step's name is only for people.
enum class StepKind { other, token_received, api_called };

/// A step of the work, such as "token received", for `adit invoke --verbose` and `make demo`. `detail` never contains a
/// secret.
struct Step {
  std::string name;
  std::string detail;
  std::chrono::microseconds took{0};
  StepKind kind = StepKind::other;
  /// The activation that the step belongs to; empty if that is not known.
  std::string activation{};
};

/// Returns the kind as it is in the JSON line, empty for `other`. Node.js actions write the same
/// (src/dev/node/steps.cjs).
[[nodiscard]] std::string_view to_string(StepKind kind);
[[nodiscard]] StepKind step_kind_from_string(std::string_view text);

/// The name of the steps that report the HTTP requests of an action. Each request has two: one when it begins, with the
/// detail `GET https://host/path`, and one when it ends, with the detail `GET https://host/path -> 200`, or with the
/// error's code instead of the status.
inline constexpr std::string_view kRequest = "request";
/// Stands between the request and its outcome.
inline constexpr std::string_view kOutcome = " -> ";

/// Reports a step. If ADIT_TRACE_FD names an open descriptor, writes the step there as one JSON line
/// `{"step":…,"detail":…,"us":…,"kind":…,"activation":…}`; this is how an action's steps reach the command that started
/// it. Otherwise calls the listener, if there is one. Thread-safe.
void report(std::string_view name, std::string_view detail, std::chrono::nanoseconds took,
            StepKind kind = StepKind::other);
[[nodiscard]] bool enabled() noexcept;

/// Writes a step named kRequest to ADIT_TRACE_FD. Does not call the listener: its steps are for people, who see token
/// exchanges and API calls as other steps.
void report_request(std::string_view detail, std::chrono::nanoseconds took);
[[nodiscard]] bool reports_requests() noexcept;

/// Calls `listener` for each step of this process from now on; nullptr removes the listener.
void listen(void (*listener)(const Step&));

/// Assigns the steps of this thread to the activation with this id, until the destructor. `id` must outlive the object.
class OfActivation {
 public:
  explicit OfActivation(std::string_view id) noexcept;
  ~OfActivation();
  OfActivation(const OfActivation&) = delete;
  OfActivation& operator=(const OfActivation&) = delete;

 private:
  std::string_view before_;
};
/// Returns the activation to which the steps of this thread belong, or an empty string. For work that continues on
/// another thread.
[[nodiscard]] std::string_view activation_of_this_thread() noexcept;

/// Measures the time since its construction.
class Stopwatch {
 public:
  Stopwatch() : start_(std::chrono::steady_clock::now()) {}
  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - start_; }

 private:
  std::chrono::steady_clock::time_point start_;
};

}  // namespace adit::trace
