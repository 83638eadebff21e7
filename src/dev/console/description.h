#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adit/error.h"
#include "adit/json.h"

#include "dev/console/hiding.h"
#include "dev/platform/catalog.h"
#include "dev/platform/configuration.h"

namespace adit::dev {

/// The state of each action: whether it is built. Thread-safe.
class ActionStates {
 public:
  void building(const std::string& action);
  /// The compiler or bundler wrote this. Only the beginning is kept.
  void output(const std::string& action, std::string_view text);
  void made(const std::string& action);
  void failed(const std::string& action, const std::string& error);

  /// `{"state": "building"|"ready"|"failed"|"waiting", "output": …}`. `output` is the compiler's output and the error,
  /// with secrets hidden.
  [[nodiscard]] json::object of(const std::string& action, const Hiding& hiding) const;

 private:
  enum class Step { waiting, building, ready, failed };
  struct State {
    Step step = Step::waiting;
    /// What the build that runs now has written.
    std::string output{};
    /// Why the action failed: what the build that failed wrote, and its error.
    std::string failed_output{};
    std::string error{};
  };
  [[nodiscard]] static std::string_view name_of(Step step);

  mutable std::mutex mutex_;
  std::map<std::string, State> states_;
};

/// An action or sequence as the console shows it: URL, annotations, limits and inputs. Each input has its place in the
/// manifest and the variables that its value uses. The value of a secret is left out.
[[nodiscard]] json::object description_of(const Configuration& configuration, const ServedAction& served,
                                          const Hiding& hiding);

/// A trigger with its rules and, if it has an alarm, the alarm and the time when it fires next.
[[nodiscard]] json::object description_of(const Catalog& catalog, const DeployedTrigger& trigger,
                                          std::optional<WallTime> next, const Hiding& hiding);

/// The inputs of an action, as `description_of` shows them.
[[nodiscard]] json::array inputs_of(const Configuration& configuration, const ServedAction& served,
                                    const Hiding& hiding);

/// The findings of `adit check`, errors first. Runs git, which may take a second.
[[nodiscard]] json::array findings_of(const std::string& root, const std::optional<std::string>& env_file);

}  // namespace adit::dev
