#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "adit/base/clock.h"
#include "adit/base/json.h"
#include "adit/credentials/credentials.h"
#include "adit/ims/environment.h"

#pragma GCC visibility push(default)

namespace adit::ims {

inline constexpr std::chrono::seconds kAssertionLife{300};

/// The claims of an assertion (ims.md, "JWT exchange"): exp, iss, sub, aud, and one per metascope; a metascope that is
/// no URL becomes `{ims}/s/{metascope}`.
[[nodiscard]] json::object assertion_claims(const JwtCredentials& credentials, const Ims& ims, WallTime now,
                                            std::chrono::seconds life = kAssertionLife);
/// The signed assertion, RS256. Throws Error `sign_failed`.
[[nodiscard]] Secret make_assertion(const JwtCredentials& credentials, const Ims& ims, WallTime now,
                                    std::chrono::seconds life = kAssertionLife);

}  // namespace adit::ims

#pragma GCC visibility pop
