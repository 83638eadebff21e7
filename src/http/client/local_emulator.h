#pragma once

#include <string>
#include <vector>

#include "adit/environment.h"
#include "adit/http.h"

// If ADIT_IMS names an adit emulator on this machine, requests for Adobe's API hosts go to that emulator as well. This
// holds for the command and for programs that use the library.

namespace adit::http {

/// The origins of Adobe that an adit emulator emulates: `https://HOST`, `https://*.DOMAIN`. IMS comes first.
[[nodiscard]] const std::vector<std::string>& emulated_origins();

/// Returns the routes to an emulator at `origin`. A route in `own` replaces the emulator's route for the same host,
/// except for IMS, because the user named the emulator as the IMS.
[[nodiscard]] Endpoints with_emulator(const Endpoints& own, const std::string& origin);

/// Whether an adit emulator answers at the URL `ims`. Sends a request, with a time-out of 1 s, only if the URL names
/// this machine and no route leads from it to another origin.
[[nodiscard]] bool is_local_emulator(const std::string& ims, const Endpoints& endpoints);

/// Returns the routes of a program: those of ADIT_ENDPOINTS, and those to the emulator if ADIT_IMS names one. Each is
/// logged once, when it is first used. Throws Error `invalid_endpoints` (configuration).
[[nodiscard]] Endpoints program_endpoints(const Environment& environment);

}  // namespace adit::http
