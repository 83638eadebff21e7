#pragma once

#include <string>
#include <vector>

#include "adit/environment.h"
#include "adit/http.h"

// Programs and commands alike reach the APIs behind an emulator: where ADIT_IMS names one on this machine, requests for
// Adobe's other hosts go there, too.

namespace adit::http {

/// Adobe's hosts that an adit emulator stands in for: `https://HOST`, `https://*.DOMAIN`. IMS comes first.
[[nodiscard]] const std::vector<std::string>& emulated_origins();

/// The routes to an emulator at `origin`; over them go `own`, except for IMS itself: that was asked for by name.
[[nodiscard]] Endpoints with_emulator(const Endpoints& own, const std::string& origin);

/// Whether an adit emulator answers at `ims`. Only a URL of this machine that no route leads elsewhere is asked, with
/// little patience.
[[nodiscard]] bool is_local_emulator(const std::string& ims, const Endpoints& endpoints);

/// For a program: ADIT_ENDPOINTS, and the routes to the emulator that ADIT_IMS names, if it names one. Announces them
/// in the log once. Throws Error `invalid_endpoints` (configuration).
[[nodiscard]] Endpoints program_endpoints(const Environment& environment);

}  // namespace adit::http
