#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/error.h"

#include "system/files/replace_file.h"

namespace adit::app {

/// A line of an action's source that uses JWT credentials.
struct SourceUse {
  SourcePosition where;
  /// What the line uses: "@adobe/jwt-auth", "JWT_CLIENT_ID", …
  std::string what;
};

/// The changes that move a project from Service Account (JWT) credentials to OAuth server-to-server.
struct Migration {
  /// The changes to `.env`, its backup and the manifests, not yet written. Empty if nothing is left to do.
  std::vector<FileChange> changes;
  /// The path of the backup of the old `.env`, which contains the private key; empty if no backup is needed.
  std::string backup;
  /// The reason, as text for the user, why there is nothing to convert; empty if there may be something.
  std::string nothing_because;
  /// What the user must do by hand, in order.
  std::vector<std::string> remaining;
  /// Lines to change by hand.
  std::vector<SourceUse> sources;
};

/// Plans the migration. It renames `JWT_*` keys of `.env` to `IMS_OAUTH_S2S_*` and changes the input mappings in every
/// manifest; metascopes become scopes if Adobe documents which. It keeps OAuth values that exist, so that it can be
/// repeated and completes a partial migration. It does not change a credential of AEM as a Cloud Service. With `both`
/// it also keeps the JWT keys and mappings. Throws Error as load_project and DotenvText::read do.
[[nodiscard]] Migration plan_migration(const std::string& root, const std::string& env_file, bool both);

/// Returns the OAuth scopes that correspond to a metascope (its name, or its URL), or nothing if Adobe documents none.
[[nodiscard]] std::optional<std::vector<std::string>> oauth_scopes_for(const std::string& metascope);

}  // namespace adit::app
