#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev/entity/limits.h"

/// What the query of a list asks for, as OpenWhisk's controller reads it (RestAPIs.scala, Activations.scala). Every
/// function throws Error `invalid_query` (configuration) with the controller's words if a value is not one.
namespace adit::dev {

struct ListQuery {
  int limit = kDefaultListLimit;
  int skip = 0;
  /// Answer how many there are, and not what they are.
  bool count = false;
};

/// A parameter without a value counts as absent. `limit` (0 to kMaxListLimit, 0 is kMaxListLimit), `skip` and `count`.
/// `collection` is what the list is of.
[[nodiscard]] ListQuery list_query(std::string_view query, std::string_view collection);

/// The parameter's value, the last one if there are several.
[[nodiscard]] std::optional<std::string> parameter(std::string_view query, std::string_view name);
/// `true`, `yes`, `on`, or `false`, `no`, `off`, in any letter case.
[[nodiscard]] bool flag(std::string_view query, std::string_view name, bool otherwise);
/// The whole number; nothing if it is not one, or does not fit.
[[nodiscard]] std::optional<int> integer_from(std::string_view text);
[[noreturn]] void refuse_parameter(std::string_view name, std::string_view why);

}  // namespace adit::dev
