#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace adit::app {

/// The JWT settings that OAuth settings replace, and those without a replacement.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kRenamedSettings = {
    {{"JWT_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_ID"},
     {"JWT_CLIENT_SECRET", "IMS_OAUTH_S2S_CLIENT_SECRET"},
     {"JWT_IMS_ORG", "IMS_OAUTH_S2S_ORG_ID"},
     {"JWT_METASCOPES", "IMS_OAUTH_S2S_SCOPES"}}};
inline constexpr std::array<std::string_view, 3> kDroppedSettings = {"JWT_TECHNICAL_ACCOUNT_ID", "JWT_PRIVATE_KEY",
                                                                     "JWT_PRIVATE_KEY_PASSPHRASE"};

/// Returns the manifest's text with changed input mappings. Adds to `remaining` what it could not change. `path` is for
/// messages.
[[nodiscard]] std::string migrate_manifest(const std::string& text, const std::string& path, bool both,
                                           std::vector<std::string>& remaining);

}  // namespace adit::app
