#pragma once

#include <memory>
#include <string>

#include "system/process/per_process.h"
#include "token/engine/credential_state.h"
#include "token/engine/engine_processes.h"

namespace adit::token {

/// One credential of an engine, in every process that uses it.
class CredentialSource {
 public:
  CredentialSource(std::shared_ptr<EngineProcesses> engine, std::string key, std::shared_ptr<CredentialState> state);

  /// Returns the state in this process. In a forked child, it begins with the token that the forking thread had.
  [[nodiscard]] CredentialState& state();

 private:
  const std::shared_ptr<EngineProcesses> engine_;
  const std::string key_;
  const std::shared_ptr<const Account> account_;
  PerProcess<std::shared_ptr<CredentialState>> state_;
};

}  // namespace adit::token
