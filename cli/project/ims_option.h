#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adit/emulator.h"
#include "adit/environment.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "cli/command_line/command_line.h"

namespace adit::cli {

/// The IMS that a command uses, ready for requests. Owns the embedded emulator if that is the IMS; must outlive
/// everything that sends requests to it. Movable, not copyable.
struct OpenedIms {
  ims::Ims ims;
  /// The routes to the emulator, overridden by those of ADIT_ENDPOINTS (except for IMS itself).
  http::Endpoints endpoints;
  /// For child processes: ADIT_IMS, and ADIT_ENDPOINTS if it differs from the environment.
  std::vector<std::pair<std::string, Environment::Variable>> variables;
  /// The settings that decided where requests go.
  std::vector<SettingOrigin> deciding;
  /// The embedded emulator; nullptr for every IMS except `local`.
  std::unique_ptr<emulator::Emulator> emulator;

  /// Call this before a request carries the secret. Throws Error `untrusted_destination` (configuration); see
  /// secret_destination.h.
  void refuse_untrusted(const SettingOrigin& secret) const;
  /// Returns options with the environment's time-outs and the routes above.
  [[nodiscard]] http::ClientOptions client_options(const Environment& environment) const;
  [[nodiscard]] bool is_local() const { return emulator != nullptr; }
};

/// The option `--ims local|prod|stage|URL`, the same in every command that uses IMS.
class ImsOption {
 public:
  /// The command must not outlive this.
  void add_to(Command command);

  /// Without the option, uses ADIT_IMS of the environment, otherwise stage or prod as ims::Ims::from_environment
  /// decides. With the option, ignores ADIT_ENDPOINTS of a file. `local` starts the emulator with the credentials found
  /// in the environment and, if given, in an action's mapped parameters `params`. If an adit emulator answers at a URL
  /// on this machine, requests for Adobe's API hosts go there as well; the log reports each. Throws Error
  /// `invalid_ims`, `invalid_endpoints` (configuration) or `listen_failed`.
  [[nodiscard]] OpenedIms open(const Environment& environment, const json::object* params = nullptr) const;

 private:
  void take_routes(const Environment& environment, OpenedIms& opened) const;

  std::optional<std::string> text_;
};

}  // namespace adit::cli
