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

/// OpenWhisk's judgement of an activation (its ActivationResponse): the action answered; it answered `{"error": …}`; it
/// did not answer as an action must.
enum class ActivationStatus { success = 0, application_error = 1, developer_error = 2 };

/// One run of an action, as the platform remembers it (`wsk activation get`).
struct ActivationRecord {
  std::string id;    // 32 hex digits
  std::string name;  // of the action, without its package
  std::string path;  // namespace/package/action, or namespace/action
  std::string name_space;
  /// The sequence's or composition's activation that this one is a part of; empty if the caller activated it.
  std::string cause;
  WallTime start{};
  WallTime end{};
  ActivationStatus status = ActivationStatus::success;
  json::value result;
  /// Of the action's answer, in UTF-16 units, as OpenWhisk counts. Nothing if it gave none.
  std::optional<std::size_t> response_size;
  /// For people, with a developer error: what to do about it. Not part of the record.
  std::string hint;
  bool timed_out = false;
  /// `2026-03-01T12:30:05.123Z       stdout: text`
  std::vector<std::string> logs;
  /// From the start of its process until that runs, and from then until it is ready. Nothing if the process
  /// was there already.
  std::chrono::milliseconds wait_time{0};
  std::optional<std::chrono::milliseconds> init_time;
  /// The part of init_time until the process could be spoken to.
  std::chrono::milliseconds spawn_time{0};
  std::string kind;
  /// It is a trigger's, which runs nothing itself.
  bool is_trigger = false;
  /// It is a conductor's, which ran other actions; its kind is `sequence`.
  bool is_composition = false;
  /// Of the entity that was activated.
  std::string version = "0.0.1";
  app::Limits limits;

  /// Of a sequence or composition: the sum of its parts' durations.
  std::optional<std::chrono::milliseconds> sum_of_parts;

  [[nodiscard]] bool is_sequence() const { return kind == "sequence"; }
  [[nodiscard]] bool success() const { return status == ActivationStatus::success; }
  [[nodiscard]] std::chrono::milliseconds duration() const { return sum_of_parts.value_or(end - start); }
  /// Ends it with a developer error: `{"error": message}`.
  void fail(std::string_view message, std::string what_to_do = {});
  /// The same with an error that the action's runtime gave, which may be any value.
  void fail_with(json::value error, std::string what_to_do);
  /// The activation record in OpenWhisk's form (WhiskActivation.toExtendedJson).
  [[nodiscard]] json::object to_json() const;
  /// `{result, size, status, success}`, as its `response` is, and what `/result` answers.
  [[nodiscard]] json::object response_json() const;
  /// As lists show it: without response, logs and subject, with `statusCode`.
  [[nodiscard]] json::object summary() const;
};

/// 32 random hex digits.
[[nodiscard]] std::string make_activation_id();

}  // namespace adit::dev
