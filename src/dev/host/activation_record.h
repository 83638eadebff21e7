#pragma once

#include <chrono>
#include <optional>
#include <string>
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
  std::string path;  // namespace/package/action
  std::string name_space;
  WallTime start{};
  WallTime end{};
  ActivationStatus status = ActivationStatus::success;
  json::value result;
  /// For people, with a developer error: what to do about it. Not part of the record.
  std::string hint;
  bool timed_out = false;
  /// `2026-03-01T12:30:05.123Z       stdout: text`
  std::vector<std::string> logs;
  /// From the wish to run it to the process's being there, and from there to its being ready. Nothing where the process
  /// was there already.
  std::chrono::milliseconds wait_time{0};
  std::optional<std::chrono::milliseconds> init_time;
  std::string kind;
  app::Limits limits;

  [[nodiscard]] bool success() const { return status == ActivationStatus::success; }
  [[nodiscard]] std::chrono::milliseconds duration() const { return end - start; }
  /// Ends it with a developer error.
  void fail(std::string message, std::string what_to_do = {});
  /// The activation record in OpenWhisk's form.
  [[nodiscard]] json::object to_json() const;
};

/// 32 random hex digits.
[[nodiscard]] std::string make_activation_id();

}  // namespace adit::dev
