#include <charconv>
#include <cmath>
#include <string>

#include "adit/action.h"

#include "base/text/text.h"

namespace adit {
namespace {

std::string_view kind_name(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::bool_:
      return "a boolean";
    case boost::json::kind::string:
      return "text";
    case boost::json::kind::array:
      return "an array";
    case boost::json::kind::object:
      return "an object";
    default:
      return "a number";
  }
}

/// Returns the number if all of `text` is one in the syntax of from_chars, which is close to JSON's: no spaces, no plus
/// sign.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Converts a double if it is a whole number within Integer's range.
template <typename Integer>
std::optional<Integer> whole(double number) {
  // Both limits are powers of two and therefore exact doubles. max() would be rounded up to 2^63 or 2^64.
  constexpr double kEnd = std::is_signed_v<Integer> ? 0x1p63 : 0x1p64;
  constexpr double kBegin = std::is_signed_v<Integer> ? -0x1p63 : 0.0;
  if (!(number >= kBegin && number < kEnd) || std::trunc(number) != number) return std::nullopt;
  return static_cast<Integer>(number);
}

/// Converts a value to an integer. Returns `nullopt` if that is not possible without loss.
template <typename Integer>
std::optional<Integer> integer_of(const boost::json::value& value) {
  if (const auto* number = value.if_int64()) {
    return std::in_range<Integer>(*number) ? std::optional<Integer>(static_cast<Integer>(*number)) : std::nullopt;
  }
  if (const auto* number = value.if_uint64()) {
    return std::in_range<Integer>(*number) ? std::optional<Integer>(static_cast<Integer>(*number)) : std::nullopt;
  }
  if (const auto* number = value.if_double()) return whole<Integer>(*number);
  if (const auto* text = value.if_string()) {
    if (const auto number = parse_number<Integer>(trim(*text))) return number;
    if (const auto number = parse_number<double>(trim(*text))) return whole<Integer>(*number);
  }
  return std::nullopt;
}

/// Whether a number or boolean was not given: an input whose variable is unset arrives as an empty string.
bool is_empty_text(const boost::json::value& value) { return value.is_string() && trim(value.get_string()).empty(); }

}  // namespace

const boost::json::value* Params::find(std::string_view name) const noexcept {
  const auto* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool Params::is_missing(std::string_view name) const noexcept {
  const auto* value = find(name);
  return value == nullptr || (value->is_string() && value->get_string().empty());
}

std::string Params::get_or(std::string_view name, std::string_view fallback) const {
  return is_missing(name) ? std::string(fallback) : get<std::string>(name).value_or(std::string(fallback));
}

std::optional<std::string> Params::header(std::string_view name) const {
  const auto* headers = object_.if_contains("__ow_headers");
  if (headers == nullptr || !headers->is_object()) return std::nullopt;
  for (const auto& [key, value] : headers->get_object()) {
    if (equals_ignoring_case(key, name) && value.is_string()) return std::string(value.get_string());
  }
  return std::nullopt;
}

Error Params::missing(std::string_view name) {
  return Error::configuration("missing_params", cat("missing parameter(s) '", name, "'"))
      .hint(cat("Add it to the action's inputs in the manifest, or pass it: -p ", name, " VALUE."));
}

Error Params::wrong_type(std::string_view name, const boost::json::value& value, std::string_view wanted) {
  return Error::configuration("invalid_params",
                              cat("The parameter '", name, "' must be ", wanted, "; it is ", kind_name(value), "."))
      .hint("Correct it in the action's inputs, in the request, or after -p.");
}

std::optional<std::string> Params::to_text(std::string_view name, const boost::json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (value.is_bool() || value.is_number()) return to_json(value);
  throw wrong_type(name, value, "text");
}

std::optional<bool> Params::to_bool(std::string_view name, const boost::json::value& value) {
  if (const auto* flag = value.if_bool()) return *flag;
  if (is_empty_text(value)) return std::nullopt;
  if (const auto* text = value.if_string()) {
    const auto word = to_lower(trim(*text));
    if (word == "true" || word == "yes" || word == "1") return true;
    if (word == "false" || word == "no" || word == "0") return false;
  }
  if (const auto number = integer_of<std::int64_t>(value); number && *number >= 0 && *number <= 1) return *number == 1;
  throw wrong_type(name, value, "true or false");
}

std::optional<double> Params::to_double(std::string_view name, const boost::json::value& value) {
  if (const auto* number = value.if_double()) return *number;
  if (const auto* number = value.if_int64()) return static_cast<double>(*number);
  if (const auto* number = value.if_uint64()) return static_cast<double>(*number);
  if (is_empty_text(value)) return std::nullopt;
  if (const auto* text = value.if_string()) {
    if (const auto number = parse_number<double>(trim(*text)); number && std::isfinite(*number)) return number;
  }
  throw wrong_type(name, value, "a number");
}

std::optional<std::int64_t> Params::to_signed(std::string_view name, const boost::json::value& value) {
  if (is_empty_text(value)) return std::nullopt;
  if (const auto number = integer_of<std::int64_t>(value)) return number;
  throw wrong_type(name, value, "a whole number");
}

std::optional<std::uint64_t> Params::to_unsigned(std::string_view name, const boost::json::value& value) {
  if (is_empty_text(value)) return std::nullopt;
  if (const auto number = integer_of<std::uint64_t>(value)) return number;
  throw wrong_type(name, value, "a whole number, zero or more");
}

}  // namespace adit
