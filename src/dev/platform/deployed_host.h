#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "dev/deployed/deployed_code.h"
#include "dev/platform/running.h"

namespace adit::dev {

/// Runs one deployed action in the same kind of host as the project's own. Other code or other settings start another
/// process; a running activation keeps its process and its files. Thread-safe.
class DeployedHost {
 public:
  /// `store` and `observer` must outlive the host. `new_folder` returns the path of a folder that does not exist yet.
  DeployedHost(const EntityStore& store, PlatformObserver& observer, std::function<bool()> interrupted,
               std::function<std::string()> new_folder)
      : store_(store), observer_(observer), interrupted_(std::move(interrupted)), new_folder_(std::move(new_folder)) {}

  /// Returns the running action. Throws Error if the code cannot be unpacked or run.
  [[nodiscard]] Running use(const Configuration& configuration, const ServedAction& served);

 private:
  const EntityStore& store_;
  PlatformObserver& observer_;
  std::function<bool()> interrupted_;
  std::function<std::string()> new_folder_;
  std::mutex mutex_;
  /// Identifies the unpacked code: its file in the store, its kind, and the function's name.
  std::string unpacked_of_;
  std::shared_ptr<UnpackedCode> code_;
  /// Whether the program is started for each activation.
  bool runs_once_ = false;
  Running running_;
  std::string running_description_;
};

}  // namespace adit::dev
