#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "deploy/client.h"

namespace adit::deploy {

/// OpenWhisk's own limit of a list.
inline constexpr int kMostActivations = 200;

struct ActivationQuery {
  /// `PACKAGE/ACTION`, `ACTION`, or empty for all.
  std::string action;
  std::optional<WallTime> since;
  int limit = 30;
};

/// One line of the list; `record` has the rest.
struct ListedActivation {
  std::string id;
  /// `PACKAGE/ACTION` if the annotation `path` says so.
  std::string name;
  /// Milliseconds since 1970, and how long it ran.
  std::int64_t start_ms = 0;
  std::int64_t duration_ms = 0;
  /// `success`, `application error`, `developer error`, `internal error`; empty if it is not known.
  std::string status;
  json::object record;
};

/// Newest first.
[[nodiscard]] std::vector<ListedActivation> list_activations(const Client& client, const ActivationQuery& query);

/// `part`: empty for the record, `result` or `logs`. Throws Error `not_found`.
[[nodiscard]] json::value get_activation(const Client& client, const std::string& id, std::string_view part);

struct ActivationLogs {
  ListedActivation activation;
  std::vector<std::string> lines;
};

/// The logs of these activations, oldest first, without those that are known and without those that logged nothing:
/// the logs of a sequence or trigger are the ids of what they started.
[[nodiscard]] std::vector<ActivationLogs> list_logs(const Client& client, const ActivationQuery& query,
                                                    const std::set<std::string>& known);

}  // namespace adit::deploy
