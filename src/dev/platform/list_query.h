#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev/entity/limits.h"

/// Reads the query of a list as OpenWhisk's controller does (RestAPIs.scala, Activations.scala). Every function throws
/// Error `invalid_query` (configuration) with the controller's message if a value is invalid.
namespace adit::dev {

struct ListQuery {
  int limit = kDefaultListLimit;
  int skip = 0;
  /// Whether to answer only with the number of members.
  bool count = false;
};

/// Reads `limit` (0 to kMaxListLimit, where 0 means kMaxListLimit), `skip` and `count`. A parameter without a value is
/// ignored. `collection` is the name of the list's collection.
[[nodiscard]] ListQuery list_query(std::string_view query, std::string_view collection);

/// Returns the parameter's value, the last one if there are several.
[[nodiscard]] std::optional<std::string> parameter(std::string_view query, std::string_view name);
/// Reads `true`, `yes`, `on`, or `false`, `no`, `off`, in any letter case. Returns `otherwise` if there is no value.
[[nodiscard]] bool flag(std::string_view query, std::string_view name, bool otherwise);
/// Returns a whole number, or `nullopt` if the text is not one or the number does not fit.
[[nodiscard]] std::optional<int> integer_from(std::string_view text);
[[noreturn]] void refuse_parameter(std::string_view name, std::string_view why);

}  // namespace adit::dev
