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
#include "cli/terminal/command_line.h"

namespace adit::cli {

/// The IMS that a command works with, ready to be asked. Owns the embedded emulator where that is it; keep it for as
/// long as anything talks to it. Moved, never copied.
struct OpenedIms {
  ims::Ims ims;
  /// The routes to the emulator, over them what ADIT_ENDPOINTS says (except for IMS itself).
  http::Endpoints endpoints;
  /// For child processes: ADIT_IMS, and ADIT_ENDPOINTS where it is not what the environment says.
  std::vector<std::pair<std::string, Environment::Variable>> variables;
  /// The settings that have decided where requests go.
  std::vector<SettingOrigin> deciding;
  /// The embedded one; nullptr for every IMS but `local`.
  std::unique_ptr<emulator::Emulator> emulator;

  /// Call it before a request carries the secret. Throws Error `untrusted_destination` (configuration), see
  /// secret_destination.h.
  void refuse_untrusted(const SettingOrigin& secret) const;
  /// With the environment's time-outs, and the routes above.
  [[nodiscard]] http::ClientOptions client_options(const Environment& environment) const;
  [[nodiscard]] bool is_local() const { return emulator != nullptr; }
};

/// `--ims local|prod|stage|URL`, the same in every command that talks to IMS.
class ImsOption {
 public:
  /// The command must not outlive this.
  void add_to(Command command);

  /// Without the flag: ADIT_IMS of the environment, else stage or prod as ims::Ims::from_environment decides. With it,
  /// ADIT_ENDPOINTS of a file is ignored. `local` starts the emulator with the credentials found in the environment
  /// and, where given, in an action's mapped parameters. A URL on this machine at which an adit emulator answers gets
  /// Adobe's API hosts routed there too, which the log says when a request goes there. Throws Error `invalid_ims`,
  /// `invalid_endpoints` (configuration) or `listen_failed`.
  [[nodiscard]] OpenedIms open(const Environment& environment, const json::object* params = nullptr) const;

 private:
  void take_routes(const Environment& environment, OpenedIms& opened) const;

  std::optional<std::string> text_;
};

}  // namespace adit::cli
