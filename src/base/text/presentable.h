#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/secret.h"

namespace adit {

/// Returns a server's text in a form for messages and logs: one line of at most 400 bytes, in which `secrets` (those
/// that the request contained) are replaced, also where they are form-encoded.
[[nodiscard]] std::string presentable(std::string_view text, const std::vector<const Secret*>& secrets);

}  // namespace adit
