#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "adit/error.h"

#include "base/trace.h"
#include "dev/host/action_host.h"
#include "dev/platform/configuration.h"
#include "dev/platform/running.h"
#include "dev/sources/build.h"
#include "dev/sources/watch.h"

namespace adit::dev {

/// One action over its life on the platform: built, run, built again, swapped. An activation that runs keeps the
/// process that it began with; new ones go to the new one. Thread-safe.
class PlatformAction {
 public:
  explicit PlatformAction(ActionEvents events) : events_(std::move(events)) {}

  /// Builds it if there is nothing to run yet, or the last build failed and its sources or the configuration are other
  /// ones now. Throws Error where it cannot be built or run.
  [[nodiscard]] Running use(const Configuration& configuration, const app::Action& action);

  /// Returns true if it was never made, or its own sources or the configuration have changed since. Costs about a
  /// microsecond a source.
  [[nodiscard]] bool is_out_of_date(const Configuration& configuration) const;

  /// Builds it if it is out of date, and where the action's process runs, starts the new one's; it serves from then on,
  /// or the old one goes on where it cannot be built or does not start. Throws nothing but Error `interrupted`.
  void refresh(const Configuration& configuration, const app::Action& action);

  /// The id of the process that takes new activations; -1 if none runs.
  [[nodiscard]] int process_id() const;

 private:
  void make(const Configuration& configuration, const app::Action& action);
  BuildResult build(const Configuration& configuration, const app::Action& action);
  std::string bundle(const Configuration& configuration, const app::Action& action);
  void note_sources(const Configuration& configuration, ActionSources sources, bool complete);
  void swap(const Configuration& configuration, const app::Action& action, const std::string& program,
            std::uint64_t version);
  Running current(const Configuration& configuration, const app::Action& action);

  ActionEvents events_;
  /// Held while it is built; guards what came of the last build.
  std::mutex building_;
  std::optional<Error> failure_;
  /// The version that was built, and did not start.
  std::uint64_t broken_version_ = 0;

  mutable std::mutex mutex_;
  /// What it was last made of, and how that was then.
  ActionSources sources_;
  std::uint64_t made_of_state_ = 0;
  std::uint64_t made_with_ = 0;
  Running running_;
  /// Everything that the running host was made of; another one is made where it differs. It need not be looked at
  /// while neither the configuration nor the program is another one.
  std::string made_of_;
  std::uint64_t made_for_ = 0;
  std::uint64_t made_version_ = 0;
  std::string program_;
  std::uint64_t version_ = 0;
};

}  // namespace adit::dev
