#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "adit/json.h"

namespace adit::trace {

/// The kinds of steps that programs distinguish. A step's name and detail are only for people.
enum class StepKind { other, token_received, api_called, request_began, request_ended };

/// An HTTP request that an action sent.
struct OutgoingRequest {
  std::string method;
  /// Without user information, query and fragment.
  std::string url;
  /// The status of the response; 0 if there is none.
  int status = 0;
  /// The code of the error if the request failed, otherwise empty.
  std::string error{};
  /// The answer's X-Debug-Id (IMS) or X-Request-Id (APIs); empty if it has neither.
  std::string request_id{};
};

/// A step of the work, such as "token received", for `adit invoke --verbose`, `make demo` and the console of
/// `adit dev`. `detail` never contains a secret.
struct Step {
  std::string name{};
  std::string detail{};
  std::chrono::microseconds took{0};
  StepKind kind = StepKind::other;
  /// The activation that the step belongs to; empty if that is not known.
  std::string activation{};
  /// Only of steps that report a request; these have neither name nor detail.
  OutgoingRequest request{};
};

/// Returns the kind as it is in the JSON line, empty for `other`. Node.js actions write the same
/// (src/dev/node/steps.cjs).
[[nodiscard]] std::string_view to_string(StepKind kind);
[[nodiscard]] StepKind step_kind_from_string(std::string_view text);
/// Whether a step of this kind reports the beginning or the end of an action's HTTP request. Such steps are only for
/// the console: `--verbose` shows the steps of token exchanges and API calls instead.
[[nodiscard]] bool is_of_request(StepKind kind);

/// Reads a JSON line as report() and report_request() write it. Any process may have written the line: returns
/// `nullopt` if it is not a JSON object, and ignores members with a wrong type or an impossible value.
[[nodiscard]] std::optional<Step> step_from_json(std::string_view line);

/// Reports a step. If ADIT_TRACE_FD names an open descriptor, writes the step there as one JSON line
/// `{"step":…,"detail":…,"us":…,"kind":…,"activation":…}`; this is how an action's steps reach the command that started
/// it. Otherwise calls the listener, if there is one. Thread-safe.
void report(std::string_view name, std::string_view detail, std::chrono::nanoseconds took,
            StepKind kind = StepKind::other);
[[nodiscard]] bool enabled() noexcept;

/// Writes a step of the kind `request_began` or `request_ended` to ADIT_TRACE_FD, as one JSON line
/// `{"method":…,"url":…,"status":…,"error":…,"request_id":…,"us":…,"kind":…,"activation":…}`. Each request has a step
/// of each kind. Does not call the listener.
void report_request(StepKind kind, const OutgoingRequest& request, std::chrono::nanoseconds took);
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
