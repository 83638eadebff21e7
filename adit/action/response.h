#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "adit/base/json.h"

#pragma GCC visibility push(default)

namespace adit {

/// What an action answers. It is the activation's result, built by name: for web actions OpenWhisk's `{"statusCode",
/// "headers", "body"}`, otherwise any object or array, which converts to a Response by itself:
///
///     return adit::Response::json(200, data).header("cache-control", "no-store");
///     return boost::json::object{{"greeting", "Hello"}};
///
/// Thread-safety: as std::string's.
class Response {
 public:
  /// The result as it is.
  Response(boost::json::object result) : result_(std::move(result)) {}  // NOLINT(google-explicit-constructor)
  Response(boost::json::array result) : result_(std::move(result)) {}   // NOLINT(google-explicit-constructor)
  /// The result as it is; one that is no object and no array becomes the activation's error, as in OpenWhisk.
  explicit Response(boost::json::value result) : result_(std::move(result)) {}

  /// Any JSON value as the body, strings and null included (those are sent as JSON text, which OpenWhisk needs to be
  /// told).
  static Response json(int status, boost::json::value body);
  /// text/plain; charset=utf-8
  static Response text(int status, std::string_view body);
  /// text/html; charset=utf-8
  static Response html(int status, std::string_view body);
  /// Bytes of a binary content type (image/png, application/octet-stream, …), carried as base64, as OpenWhisk has it.
  static Response binary(int status, std::string_view bytes, std::string_view content_type);
  /// No body: 204 unless another status is named.
  static Response empty(int status = 204);
  /// `{"error": {"statusCode": status, "body": {"error": message}}}`, App Builder's error response.
  static Response error(int status, std::string_view message);

  /// Adds a header; a name that is there already becomes a repeated header, except content-type, which is replaced. CR,
  /// LF or NUL in either throws Error `invalid_response`.
  Response&& header(std::string_view name, std::string_view value) &&;
  Response& header(std::string_view name, std::string_view value) &;

  [[nodiscard]] const boost::json::value& result() const& noexcept { return result_; }
  [[nodiscard]] boost::json::value result() && noexcept { return std::move(result_); }
  /// True where the result is `{"error": …}`, an application error in OpenWhisk's terms.
  [[nodiscard]] bool is_error() const noexcept;

 private:
  void add_header(std::string_view name, std::string_view value);

  boost::json::value result_;
};

}  // namespace adit

#pragma GCC visibility pop
