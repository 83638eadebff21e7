#pragma once

// adit::json is Boost.JSON, with a strict parser (RFC 8259) whose errors say where the text is wrong.
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

/// adit's one JSON type.
namespace json = boost::json;

struct JsonLimits {
  std::size_t max_bytes = 64U << 20U;
  std::size_t max_depth = 64;
  /// Numbers, texts, lists and objects together: `[[],[],…]` takes many times its own size in memory.
  std::size_t max_values = 2'000'000;
  /// Refuse objects that name a member twice (RFC 7519 section 4 allows a JWT parser to; the last one wins otherwise).
  bool refuse_duplicates = false;
  /// For text that holds secrets: the value's memory is wiped when it is freed. Values of another storage that parts of
  /// it are copied or moved into do as their storage does.
  bool wiped = false;
};

/// Parses strict JSON (RFC 8259). Throws Error `invalid_json` (failure), whose message says what is wrong, at which
/// line and column, and begins with `what` ("The IMS answer is not JSON: …"); never quotes the text, which may hold
/// secrets.
[[nodiscard]] json::value parse_json(std::string_view text, std::string_view what, const JsonLimits& limits = {});
/// The same without the exception: nothing if the text is not JSON within the limits.
[[nodiscard]] std::optional<json::value> try_parse_json(std::string_view text, const JsonLimits& limits = {});

/// Compact, numbers in their shortest form ("0.5", not "5E-1"), UTF-8 kept.
[[nodiscard]] std::string to_json(const json::value& value);
/// For people: two blanks per level, as JavaScript's JSON.stringify(value, null, 2).
[[nodiscard]] std::string to_pretty_json(const json::value& value);

/// The member as text where it is a string; empty otherwise.
[[nodiscard]] std::string_view string_member(const json::object& object, std::string_view name);

}  // namespace adit

#pragma GCC visibility pop
