#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "deploy/openwhisk_client.h"

namespace adit::deploy {

/// The longest list that OpenWhisk returns.
inline constexpr int kMostActivations = 200;

struct ActivationQuery {
  /// `PACKAGE/ACTION`, `ACTION`, or empty for all.
  std::string action;
  std::optional<WallTime> since;
  int limit = 30;
};

/// One activation of a list; `record` contains the other members.
struct ListedActivation {
  std::string id;
  /// `PACKAGE/ACTION`, or only the name if there is no annotation `path`.
  std::string name;
  /// When it began, in milliseconds since 1970, and how long it ran, in milliseconds.
  std::int64_t start_ms = 0;
  std::int64_t duration_ms = 0;
  /// `success`, `application error`, `developer error` or `internal error`; empty if it is unknown.
  std::string status;
  json::object record;
};

/// Returns the activations, newest first.
[[nodiscard]] std::vector<ListedActivation> list_activations(const OpenWhiskClient& client,
                                                             const ActivationQuery& query);

/// Returns an activation's record, or a part of it: `result` or `logs`. Throws Error `not_found`.
[[nodiscard]] json::value get_activation(const OpenWhiskClient& client, const std::string& id, std::string_view part);

struct ActivationLogs {
  ListedActivation activation;
  std::vector<std::string> lines;
};

/// Returns the logs of these activations, oldest first. Leaves out activations in `known`, those without logs, and
/// those of sequences and triggers, whose logs are only the ids of the activations that they started.
[[nodiscard]] std::vector<ActivationLogs> list_logs(const OpenWhiskClient& client, const ActivationQuery& query,
                                                    const std::set<std::string>& known);

}  // namespace adit::deploy
