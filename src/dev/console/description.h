#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adit/error.h"
#include "adit/json.h"

#include "app/check/check.h"
#include "dev/console/hiding.h"
#include "dev/platform/catalog.h"
#include "dev/platform/configuration.h"

namespace adit::dev {

/// What an action is at, as its building tells. Thread-safe.
class ActionStates {
 public:
  void building(const std::string& action);
  void made(const std::string& action);
  void failed(const std::string& action, std::string words);

  /// `{"state": "building"|"ready"|"failed"|"waiting", "words": …}`
  [[nodiscard]] json::object of(const std::string& action) const;

 private:
  struct State {
    std::string word;
    std::string words;
  };
  mutable std::mutex mutex_;
  std::map<std::string, State> states_;
};

/// An action or sequence as the console shows it: its address, annotations, state, limits and inputs. Each input comes
/// with the place where it stands and the variable that it is made of; a secret's value is never among it.
[[nodiscard]] json::object description_of(const Configuration& configuration, const Served& served,
                                          const Hiding& hiding);

/// A trigger with its rules and, if an alarm fires it, the alarm and when it does next.
[[nodiscard]] json::object description_of(const Catalog& catalog, const DeployedTrigger& trigger,
                                          std::optional<WallTime> next, const Hiding& hiding);

/// The inputs alone.
[[nodiscard]] json::array inputs_of(const Configuration& configuration, const Served& served, const Hiding& hiding);

/// What `adit check` finds now, errors first; asks git, which may take a second.
[[nodiscard]] json::array findings_of(const std::string& root, const std::optional<std::string>& env_file);

/// The memory that a process holds (its resident set), in bytes; 0 if it has ended.
[[nodiscard]] std::size_t resident_bytes(int process);

}  // namespace adit::dev
