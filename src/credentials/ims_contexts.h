#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adit/environment.h"

namespace adit {

/// A credential in the settings of the aio CLI: `AIO_ims_contexts_NAME_client__id=…`, where `__` is a `_` inside a name
/// (adobe/aio-lib-core-config). `aio app use` has written them into `.env` for years, without IMS_OAUTH_S2S_* beside
/// them.
struct ImsContext {
  std::string name;
  /// By the names that Credentials reads (`IMS_OAUTH_S2S_CLIENT_ID`, `JWT_…`), each with the source of the context's.
  std::vector<std::pair<std::string, Environment::Variable>> settings;
};

/// The contexts that have a client id and a client secret, in order of names.
[[nodiscard]] std::vector<ImsContext> ims_contexts(const Environment& environment);

/// The environment with the settings of the only such context. Returns nullopt if there is none, or if a setting of a
/// credential (JWT_*, IMS_OAUTH_S2S_*) has a value. Throws Error `ambiguous_credential` (configuration) if there are
/// several contexts.
[[nodiscard]] std::optional<Environment> with_ims_context(const Environment& environment);

}  // namespace adit
