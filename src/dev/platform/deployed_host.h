#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "dev/deployed/deployed_code.h"
#include "dev/platform/running.h"

namespace adit::dev {

/// The process of one deployed action, in the same host as the project's own. Other code or other settings take another
/// process; what runs keeps the one that it began with, and its files. Thread-safe.
class DeployedHost {
 public:
  /// `new_folder` names a folder that does not exist yet.
  DeployedHost(const EntityStore& store, ActionEvents events, std::function<std::string()> new_folder)
      : store_(store), events_(std::move(events)), new_folder_(std::move(new_folder)) {}

  /// Throws Error where the code cannot be unpacked or run.
  [[nodiscard]] Running use(const Configuration& configuration, const Served& served);

 private:
  const EntityStore& store_;
  ActionEvents events_;
  std::function<std::string()> new_folder_;
  std::mutex mutex_;
  /// The store's file and the entry's name of what is unpacked.
  std::string unpacked_of_;
  std::shared_ptr<UnpackedCode> code_;
  /// It is started for each activation.
  bool runs_once_ = false;
  Running running_;
  std::string made_of_;
};

}  // namespace adit::dev
