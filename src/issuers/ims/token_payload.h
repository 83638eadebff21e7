#pragma once

#include <optional>
#include <string_view>

#include "adit/json.h"

namespace adit::ims {

/// Decodes the payload of a JWT without verifying the JWT. Returns nullopt if it is not a JSON object.
[[nodiscard]] std::optional<json::object> unverified_payload(std::string_view token);

}  // namespace adit::ims
