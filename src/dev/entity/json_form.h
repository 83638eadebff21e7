#pragma once

#include <string>
#include <string_view>

#include "adit/json.h"

#include "app/project/project.h"

// Parts of entities and activations in the JSON form of the platform's API.
namespace adit::dev {

/// Converts to `[{"key": …, "value": …}, …]`, the form of annotations and parameters.
[[nodiscard]] json::array key_values(const json::object& members);
/// The inverse, for requests. If a key occurs twice, the last value wins; a missing value is null. Rejects another form
/// with 400, and more than kMaxParameterBytes with 413; `what` is "Parameters" or "Annotations" in that message.
[[nodiscard]] json::object from_key_values(const json::value& pairs, std::string_view what);
[[nodiscard]] json::object limits_json(const app::Limits& limits);

/// OpenWhisk's Parameters.isTruthy: whether an annotation's value means yes.
[[nodiscard]] bool is_truthy(const json::value& value);

/// Returns `0.0.2` for `0.0.1`: each update of an entity increments the last number of its version.
[[nodiscard]] std::string next_version(std::string_view version);
/// Returns the text of a version, which is three whole numbers. Rejects anything else with 400 as malformed content.
[[nodiscard]] std::string checked_version(const json::value& version);

}  // namespace adit::dev
