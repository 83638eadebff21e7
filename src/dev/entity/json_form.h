#pragma once

#include "adit/json.h"

#include "app/project/project.h"

// What entities and activations are made of, in the platform's form of JSON.
namespace adit::dev {

/// `[{"key": …, "value": …}, …]`, as annotations and parameters are written.
[[nodiscard]] json::array key_values(const json::object& members);
[[nodiscard]] json::object limits_json(const app::Limits& limits);

}  // namespace adit::dev
