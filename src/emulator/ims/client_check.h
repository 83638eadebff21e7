#pragma once

#include <memory>

#include "adit/emulator.h"

#include "emulator/server/answer.h"
#include "emulator/server/route.h"

namespace adit::emulator {

/// The client that the parameter `client_id` names. Throws ImsRefusal.
[[nodiscard]] std::shared_ptr<const Integration> known_client(const Call& call, const Parameters& parameters);
/// The client that the parameters `client_id` and `client_secret` authenticate. Throws ImsRefusal.
[[nodiscard]] std::shared_ptr<const Integration> authenticated_client(const Call& call, const Parameters& parameters);
/// The authenticated client of a token request. Refuses a client that exceeds its rate, and records the secret's use.
[[nodiscard]] std::shared_ptr<const Integration> client_for_token(const Call& call, const Parameters& parameters,
                                                                  std::string_view grant);

}  // namespace adit::emulator
