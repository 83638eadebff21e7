#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/check/script_reader.h"

namespace adit::app {

/// Where a JavaScript program reads a property that the answer of `@adobe/jwt-auth` does not have: `accessToken`, as
/// Adobe's tutorial has it, for `access_token`; also `tokenType` and `expiresIn`. Such a property is undefined, and
/// nothing says so. Found in what is destructured of the awaited call or of a variable that holds it, in properties of
/// either, and in what `.then()` is given. `InputUse::name` is the property as written.
[[nodiscard]] std::vector<InputUse> wrong_jwt_auth_properties(const std::vector<ScriptToken>& tokens,
                                                              const std::string& file);

/// `access_token` for `accessToken`; empty if the name is not such a mistake.
[[nodiscard]] std::string_view jwt_auth_property_meant(std::string_view written);

}  // namespace adit::app
