#pragma once

#include <string_view>

namespace adit::ims {

/// Whether an error code of a verification says that the token is not valid. Other codes say that it could not be
/// verified, for example because the keys could not be fetched.
[[nodiscard]] bool says_token_is_invalid(std::string_view code);

}  // namespace adit::ims
