#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adit/environment.h"

namespace adit {

/// A credential in the settings of the aio CLI: `AIO_ims_contexts_NAME_client__id=…`, where `__` represents a `_` in
/// a name (adobe/aio-lib-core-config). `aio app use` writes these into `.env`, without IMS_OAUTH_S2S_*.
struct ImsContext {
  std::string name;
  /// The settings under the names that Credentials reads (`IMS_OAUTH_S2S_CLIENT_ID`, `JWT_…`), each with its origin.
  std::vector<std::pair<std::string, Environment::Variable>> settings;
};

/// Returns the contexts with a server-to-server credential, sorted by name: one of several that have the same values,
/// and one without a client secret only if none has a secret.
[[nodiscard]] std::vector<ImsContext> ims_contexts(const Environment& environment);

/// Returns the environment with the settings of its only context added. Returns nullopt if there is no context, or if a
/// setting of a credential (JWT_*, IMS_OAUTH_S2S_*) has a value. Throws Error `ambiguous_credential` (configuration) if
/// there are several contexts.
[[nodiscard]] std::optional<Environment> with_ims_context(const Environment& environment);

}  // namespace adit
