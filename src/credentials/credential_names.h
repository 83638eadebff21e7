#pragma once

#include <string>
#include <vector>

namespace adit {

/// The settings of one kind of credential, in the order of the Developer Console.
[[nodiscard]] const std::vector<std::string>& jwt_names();
[[nodiscard]] const std::vector<std::string>& oauth_names();

}  // namespace adit
