#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/sources/script_reader_tokens.h"
#include "app/sources/source_reading.h"

namespace adit::app {

/// Finds where a JavaScript program reads a property that the answer of `@adobe/jwt-auth` does not have: `accessToken`,
/// which Adobe's tutorial uses, instead of `access_token`; also `tokenType` and `expiresIn`. Such a property is
/// undefined, and no error says so. The answer is recognised as an awaited call, as a variable that holds one, and as
/// the parameter of a function passed to `.then()`; its properties are found by name and in destructuring.
/// `InputUse::name` is the property as written.
[[nodiscard]] std::vector<InputUse> wrong_jwt_auth_properties(const std::vector<ScriptToken>& tokens,
                                                              const std::string& file);

/// Returns `access_token` for `accessToken`; empty if the name is not such a mistake.
[[nodiscard]] std::string_view jwt_auth_property_meant(std::string_view written);

}  // namespace adit::app
