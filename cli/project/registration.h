#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/credentials.h"
#include "adit/emulator.h"
#include "adit/environment.h"
#include "adit/json.h"

namespace adit::cli {

/// Returns an integration to which these credentials would belong. Its public key is derived from the private one.
[[nodiscard]] emulator::Integration integration_of(const Credentials& credentials);

/// Returns the integrations for all complete credentials, of both kinds, in the environment and, if given, in an
/// action's parameters. Skips invalid or incomplete ones; an error is reported when they are used. Credentials with the
/// same client id become one integration.
[[nodiscard]] std::vector<emulator::Integration> integrations_found(const Environment& environment,
                                                                    const json::object* params = nullptr);

/// Returns the file of the emulator's signing key, below XDG_CACHE_HOME or ~/.cache; empty if there is neither.
[[nodiscard]] std::string emulator_key_file();

}  // namespace adit::cli
