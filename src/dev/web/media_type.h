#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::dev {

/// A content type as OpenWhisk's controller, which uses Akka HTTP, interprets it (akka-http, MediaTypes.scala): the
/// known text types and types with a charset are text, all others are binary.
struct MediaType {
  /// `text/html`, lower case.
  std::string name;
  /// The parameters as they were received, such as `; boundary=x`, without the charset.
  std::string parameters;
  bool has_charset = false;

  /// Returns `nullopt` if the text is not a `type/subtype` (RFC 9110 section 8.3.1).
  [[nodiscard]] static std::optional<MediaType> parse(std::string_view text);

  [[nodiscard]] bool is(std::string_view other) const { return name == other; }
  /// Whether the type is application/json or ends in `+json`.
  [[nodiscard]] bool is_json_family() const;
  [[nodiscard]] bool is_binary() const;
  /// The text of the header. Text types get `; charset=UTF-8`, except the known
  /// JSON types, whose charset is fixed.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace adit::dev
