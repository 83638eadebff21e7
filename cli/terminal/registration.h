#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/credentials.h"
#include "adit/emulator.h"
#include "adit/environment.h"
#include "adit/json.h"

namespace adit::cli {

/// The integration that these credentials would belong to: the public key is derived from the private one.
[[nodiscard]] emulator::Integration integration_of(const Credentials& credentials);

/// The integrations of all whole credentials that are found: of both kinds, in the environment and, where given, in an
/// action's parameters. What is broken or half-filled is passed over; whoever uses it will be told. Credentials of one
/// client id make one integration.
[[nodiscard]] std::vector<emulator::Integration> integrations_found(const Environment& environment,
                                                                    const json::object* params = nullptr);

/// Where the emulator keeps its signing key: below XDG_CACHE_HOME or ~/.cache; empty if there is neither.
[[nodiscard]] std::string emulator_key_file();

}  // namespace adit::cli
