#pragma once

// adit::json is Boost.JSON. parse_json() is a strict parser (RFC 8259). Throws adit::Error `invalid_json`, with line
// and column. Sizes are in bytes. Thread-safe: the functions share no state.
//
//     const auto value = adit::parse_json(R"({"name": "adit"})", "The settings");  // throws `invalid_json`
//     const std::string name(adit::string_member(value.as_object(), "name"));
//     const std::string text = adit::to_pretty_json(value);

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#pragma GCC visibility push(default)

namespace adit {

/// The JSON type that all of adit uses.
namespace json = boost::json;

struct JsonLimits {
  std::size_t max_bytes = 64U << 20U;
  std::size_t max_depth = 64;
  /// Numbers, strings, arrays and objects together: a parsed `[[],[],…]` needs many times the memory of its text.
  std::size_t max_values = 2'000'000;
  /// Reject objects that name a member twice, as RFC 7519 section 4 allows a JWT parser to. Otherwise the last member
  /// of a name is used.
  bool refuse_duplicates = false;
  /// For text that holds secrets: the value's memory is wiped when it is freed. A copy of a part of it is wiped only if
  /// the value that it is copied into uses the same storage.
  bool wiped = false;
};

/// Parses strict JSON (RFC 8259). Throws Error `invalid_json` (failure). Its message begins with `what` ("The IMS
/// answer is not JSON: …"), and describes the problem with its line and column. It never quotes the text, which may
/// hold secrets.
[[nodiscard]] json::value parse_json(std::string_view text, std::string_view what, const JsonLimits& limits = {});
/// As parse_json(), but returns nullopt instead of throwing.
[[nodiscard]] std::optional<json::value> try_parse_json(std::string_view text, const JsonLimits& limits = {});

/// Returns compact JSON: numbers in their shortest form ("0.5", not "5E-1"), UTF-8 unescaped.
[[nodiscard]] std::string to_json(const json::value& value);
/// Returns JSON for people, indented by two spaces per level, as JavaScript's JSON.stringify(value, null, 2).
[[nodiscard]] std::string to_pretty_json(const json::value& value);

/// Returns the member's text if it is a string, otherwise an empty text.
[[nodiscard]] std::string_view string_member(const json::object& object, std::string_view name);

}  // namespace adit

#pragma GCC visibility pop
