#pragma once

#include <algorithm>
#include <string_view>

#include "credentials/credential_names.h"

namespace adit::app {

/// Returns true for the name of a setting of a JWT credential or of an OAuth one.
[[nodiscard]] inline bool is_credential_setting(std::string_view name) {
  return std::ranges::find(jwt_names(), name) != jwt_names().end() ||
         std::ranges::find(oauth_names(), name) != oauth_names().end();
}

}  // namespace adit::app
