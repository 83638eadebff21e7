#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/error.h"

#include "system/replace_file.h"

namespace adit::app {

/// A line of an action's source that speaks of JWT credentials.
struct SourceUse {
  SourcePosition where;
  /// What it is: "@adobe/jwt-auth", "JWT_CLIENT_ID", …
  std::string what;
};

/// How a project with Service Account (JWT) credentials becomes one with OAuth server-to-server.
struct Migration {
  /// `.env`, its backup, and the manifests; nothing is written yet. Empty if nothing is left to do.
  std::vector<FileChange> changes;
  /// Where the old `.env` goes, with the private key in it; empty if it does not have to.
  std::string backup;
  /// Why there is nothing to convert, for people; empty if there may be something.
  std::string nothing_because;
  /// What only a person can do, in order.
  std::vector<std::string> remaining;
  /// Lines to change by hand.
  std::vector<SourceUse> sources;
};

/// Plans it: `JWT_*` keys of `.env` become `IMS_OAUTH_S2S_*`, input mappings in every manifest follow, metascopes
/// become scopes where Adobe documents them. Values that exist stay, so that it can be repeated and a project that is
/// half migrated is finished. A credential of AEM as a Cloud Service is not touched. With `both` the JWT keys and
/// mappings stay as well. Throws Error as load_project and DotenvText::read.
[[nodiscard]] Migration plan_migration(const std::string& root, const std::string& env_file, bool both);

/// The OAuth scopes that stand for a metascope (bare, or the URL); nothing where Adobe documents none.
[[nodiscard]] std::optional<std::vector<std::string>> oauth_scopes_for(const std::string& metascope);

}  // namespace adit::app
