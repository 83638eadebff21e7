#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/secret.h"

namespace adit {

/// Text from a server for messages and logs: one line of at most 400 bytes, and without the secrets that it was sent.
[[nodiscard]] std::string presentable(std::string_view text, const std::vector<const Secret*>& secrets);

}  // namespace adit
