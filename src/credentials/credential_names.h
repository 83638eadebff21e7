#pragma once

#include <string>
#include <vector>

namespace adit {

/// The names of the settings of a JWT credential, and of an OAuth one, in the order of the Developer Console.
[[nodiscard]] const std::vector<std::string>& jwt_names();
[[nodiscard]] const std::vector<std::string>& oauth_names();

}  // namespace adit
