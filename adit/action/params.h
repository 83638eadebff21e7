#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "adit/base/error.h"
#include "adit/base/json.h"
#include "adit/base/secret.h"

#pragma GCC visibility push(default)

namespace adit {

/// The parameters of an activation: the manifest's inputs, and over them what the caller gave.
///
/// A typed read asks for std::string (the default), Secret, bool, a whole-number type, double, json::object,
/// json::array or json::value. Scalars convert where nothing is lost, since the same parameter is a number in a
/// manifest and a string in a query: "5" reads as 5 and 5 as "5", "true" as true. A value that does not convert throws
/// Error `invalid_params`, whose message names the parameter and never holds its value.
///
/// Thread-safety: as std::string's.
class Params {
 public:
  Params() = default;
  explicit Params(boost::json::object object) : object_(std::move(object)) {}

  /// The value where it is there and not null; nullptr otherwise.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }

  /// Nothing where the parameter is absent or null (or, for a number or a bool, empty: App Builder's way to say "no
  /// default").
  template <typename T = std::string>
  [[nodiscard]] std::optional<T> get(std::string_view name) const;

  /// `fallback` where the parameter is absent, null or an empty string, as JavaScript's `params.name || fallback`.
  [[nodiscard]] std::string get_or(std::string_view name, std::string_view fallback) const;
  template <typename T>
  requires std::is_arithmetic_v<T>
  [[nodiscard]] T get_or(std::string_view name, T fallback) const { return get<T>(name).value_or(fallback); }

  /// Throws Error `missing_params` where the parameter is absent, null or an empty string.
  template <typename T = std::string>
  [[nodiscard]] T require(std::string_view name) const {
    if (is_missing(name)) throw missing(name);
    auto value = get<T>(name);
    if (!value) throw missing(name);
    return *std::move(value);
  }

  /// A header of the request that started a web action (`__ow_headers`), by its name in any letter case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;

  [[nodiscard]] const boost::json::object& json() const noexcept { return object_; }
  operator const boost::json::object&() const noexcept { return object_; }  // NOLINT(google-explicit-constructor)

 private:
  [[nodiscard]] bool is_missing(std::string_view name) const noexcept;
  [[nodiscard]] static Error missing(std::string_view name);
  [[nodiscard]] static Error wrong_type(std::string_view name, const boost::json::value& value,
                                        std::string_view wanted);

  static std::optional<std::string> to_text(std::string_view name, const boost::json::value& value);
  static std::optional<bool> to_bool(std::string_view name, const boost::json::value& value);
  static std::optional<double> to_double(std::string_view name, const boost::json::value& value);
  static std::optional<std::int64_t> to_signed(std::string_view name, const boost::json::value& value);
  static std::optional<std::uint64_t> to_unsigned(std::string_view name, const boost::json::value& value);

  boost::json::object object_;
};

template <typename T>
std::optional<T> Params::get(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if constexpr (std::same_as<T, boost::json::value>) {
    return *value;
  } else if constexpr (std::same_as<T, boost::json::object>) {
    if (!value->is_object()) throw wrong_type(name, *value, "an object");
    return value->get_object();
  } else if constexpr (std::same_as<T, boost::json::array>) {
    if (!value->is_array()) throw wrong_type(name, *value, "an array");
    return value->get_array();
  } else if constexpr (std::same_as<T, Secret>) {
    if (value->is_string()) return Secret(std::string_view(value->get_string()));
    auto text = to_text(name, *value);
    return text ? std::optional<Secret>(Secret(*text)) : std::nullopt;
  } else if constexpr (std::same_as<T, bool>) {
    return to_bool(name, *value);
  } else if constexpr (std::floating_point<T>) {
    const auto number = to_double(name, *value);
    return number ? std::optional<T>(static_cast<T>(*number)) : std::nullopt;
  } else if constexpr (std::integral<T>) {
    const auto in_range = [&](auto number) -> std::optional<T> {
      if (!number) return std::nullopt;
      if (!std::in_range<T>(*number)) throw wrong_type(name, *value, "a smaller number");
      return static_cast<T>(*number);
    };
    if constexpr (std::is_signed_v<T>) {
      return in_range(to_signed(name, *value));
    } else {
      return in_range(to_unsigned(name, *value));
    }
  } else {
    static_assert(std::same_as<T, std::string>, "Params::get knows std::string, Secret, bool, numbers and JSON values");
    return to_text(name, *value);
  }
}

}  // namespace adit

#pragma GCC visibility pop
