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
#include "dev/platform/platform_observer.h"
#include "dev/platform/running.h"
#include "dev/sources/build.h"
#include "dev/sources/watch.h"

namespace adit::dev {

/// An action on the platform: builds it, runs it, builds it again when its sources change, and replaces its process. A
/// running activation keeps its process; new activations use the new one. Thread-safe.
class PlatformAction {
 public:
  /// `observer` must outlive the action. Builds and activations end when `interrupted` returns true.
  PlatformAction(PlatformObserver& observer, std::function<bool()> interrupted)
      : observer_(observer), interrupted_(std::move(interrupted)) {}

  /// Returns the running action. Builds it first if that has not been done yet, or if the last build failed and its
  /// sources or the configuration have changed since. Throws Error if it cannot be built or run.
  [[nodiscard]] Running use(const Configuration& configuration, const app::Action& action);

  /// Returns true if the action was never built, or its sources or the configuration have changed since. Costs about a
  /// microsecond per source.
  [[nodiscard]] bool is_out_of_date(const Configuration& configuration) const;

  /// Builds the action if it is out of date. If its process is running, starts the new process, which then replaces the
  /// old one. If the build or the start fails, the old process continues to serve. Throws only Error `interrupted`.
  void refresh(const Configuration& configuration, const app::Action& action);

  /// The id of the process that gets new activations; -1 if none is running.
  [[nodiscard]] int process_id() const;

 private:
  void make(const Configuration& configuration, const app::Action& action);
  BuildResult build(const Configuration& configuration, const app::Action& action);
  std::string bundle(const Configuration& configuration, const app::Action& action);
  void note_sources(const Configuration& configuration, ActionSources sources, bool complete);
  void swap(const Configuration& configuration, const app::Action& action, const std::string& program,
            std::uint64_t version);
  Running current(const Configuration& configuration, const app::Action& action);

  PlatformObserver& observer_;
  std::function<bool()> interrupted_;
  /// Held during a build. Guards failure_ and broken_version_.
  std::mutex building_;
  std::optional<Error> failure_;
  /// A version that was built but did not start.
  std::uint64_t broken_version_ = 0;

  mutable std::mutex mutex_;
  /// The sources of the last build, their state at that time, and the serial number of the configuration.
  ActionSources sources_;
  std::uint64_t sources_state_ = 0;
  std::uint64_t sources_serial_ = 0;
  Running running_;
  /// Describes the running host (running_description()); a host with another description replaces it. It is compared
  /// only if the configuration or the program is not the one that the two numbers below it name.
  std::string running_description_;
  std::uint64_t running_serial_ = 0;
  std::uint64_t running_version_ = 0;
  /// As running_options() takes it; `nullopt` until the action was built.
  std::optional<std::string> program_;
  std::uint64_t version_ = 0;
};

}  // namespace adit::dev
