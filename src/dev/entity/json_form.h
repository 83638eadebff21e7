#pragma once

#include <string>
#include <string_view>

#include "adit/json.h"

#include "app/project/project.h"

// What entities and activations are made of, in the platform's form of JSON.
namespace adit::dev {

/// `[{"key": …, "value": …}, …]`, as annotations and parameters are written.
[[nodiscard]] json::array key_values(const json::object& members);
/// The other way round, of a request: where a key stands twice, the last one wins; one without a value is null. Rejects
/// with 400 what has another form, and with 413 more than kMaxParameterBytes; `what` is "Parameters" or "Annotations".
[[nodiscard]] json::object from_key_values(const json::value& pairs, std::string_view what);
[[nodiscard]] json::object limits_json(const app::Limits& limits);

/// OpenWhisk's Parameters.isTruthy: whether a value counts as yes.
[[nodiscard]] bool is_truthy(const json::value& value);

/// `0.0.1` and its successor `0.0.2`: an entity's version counts its updates up.
[[nodiscard]] std::string next_version(std::string_view version);
/// Three whole numbers; rejects anything else with 400, as a malformed content.
[[nodiscard]] std::string checked_version(const json::value& version);

}  // namespace adit::dev
