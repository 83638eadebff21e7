#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "app/project/project.h"

namespace adit::dev {

/// How OpenWhisk classifies an activation (its ActivationResponse): the action answered; it answered `{"error": …}`; it
/// failed to give a valid answer.
enum class ActivationStatus { success = 0, application_error = 1, developer_error = 2 };

/// One run of an action, as the platform stores it (`wsk activation get`).
struct ActivationRecord {
  std::string id;    // 32 hex digits
  std::string name;  // of the action, without its package
  std::string path;  // namespace/package/action, or namespace/action
  std::string name_space;
  /// The activation of the sequence or composition that this one is a part of; empty if the caller activated the action
  /// itself.
  std::string cause;
  WallTime start{};
  WallTime end{};
  ActivationStatus status = ActivationStatus::success;
  json::value result;
  /// Size of the action's answer in UTF-16 units, as OpenWhisk counts. Empty if there was no answer.
  std::optional<std::size_t> response_size;
  /// For a developer error: what the user should do about it. Not part of the record in the API.
  std::string hint;
  bool timed_out = false;
  /// `2026-03-01T12:30:05.123Z       stdout: text`
  std::vector<std::string> logs;
  /// `wait_time` is how long the activation waited for a slot in a process. `init_time` is how long its process took
  /// from its start until it was ready; empty if the process was already running.
  std::chrono::milliseconds wait_time{0};
  std::optional<std::chrono::milliseconds> init_time;
  /// The part of init_time until the process accepted connections.
  std::chrono::milliseconds spawn_time{0};
  std::string kind;
  /// The record of a trigger, which runs nothing itself.
  bool is_trigger = false;
  /// The record of a conductor's composition, which ran other actions; its kind is `sequence`.
  bool is_composition = false;
  /// Version of the activated entity.
  std::string version = "0.0.1";
  app::Limits limits;

  /// For a sequence or composition: the sum of the durations of its components.
  std::optional<std::chrono::milliseconds> sum_of_parts;

  [[nodiscard]] bool is_sequence() const { return kind == "sequence"; }
  [[nodiscard]] bool success() const { return status == ActivationStatus::success; }
  [[nodiscard]] std::chrono::milliseconds duration() const { return sum_of_parts.value_or(end - start); }
  /// Sets a developer error with the result `{"error": message}`.
  void fail(std::string_view message, std::string what_to_do = {});
  /// The same with an error from the action's runtime, which may be any JSON value.
  void fail_with(json::value error, std::string what_to_do);
  /// The activation record in OpenWhisk's form (WhiskActivation.toExtendedJson).
  [[nodiscard]] json::object to_json() const;
  /// `{result, size, status, success}`: the member `response` of the record, and the answer of `/result`.
  [[nodiscard]] json::object response_json() const;
  /// The form in lists: without response, logs and subject, but with `statusCode`.
  [[nodiscard]] json::object summary() const;
};

/// Returns 32 random hex digits.
[[nodiscard]] std::string make_activation_id();

}  // namespace adit::dev
