#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adit::dev {

/// A content type as OpenWhisk's controller sees one, which is as Akka HTTP does
/// (akka-http, MediaTypes.scala): the known text types and those that name a charset are text, all others binary.
struct MediaType {
  /// `text/html`, lower case.
  std::string name;
  /// `; boundary=x`, as they came, without the charset.
  std::string parameters;
  bool has_charset = false;

  /// Nothing if it is not a `type/subtype` (RFC 9110 section 8.3.1).
  [[nodiscard]] static std::optional<MediaType> parse(std::string_view text);

  [[nodiscard]] bool is(std::string_view other) const { return name == other; }
  /// application/json, and what ends in `+json`.
  [[nodiscard]] bool is_json_family() const;
  [[nodiscard]] bool is_binary() const;
  /// With `; charset=UTF-8` for text other than JSON, whose charset is fixed.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace adit::dev
