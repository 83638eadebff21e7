#include <string>

#include "adit/action.h"
#include "adit/base64.h"
#include "adit/error.h"

#include "base/text/text.h"

namespace adit {
namespace {

boost::json::value with_body(int status, std::string_view content_type, std::string_view body) {
  return boost::json::object{
      {"statusCode", status}, {"headers", boost::json::object{{"content-type", content_type}}}, {"body", body}};
}

void refuse_line_ends(std::string_view name, std::string_view value) {
  using namespace std::string_view_literals;
  constexpr auto kForbidden = "\r\n\0"sv;
  if (name.empty() || name.find_first_of(kForbidden) != std::string_view::npos ||
      value.find_first_of(kForbidden) != std::string_view::npos) {
    // A header that contains a line end would become two headers (RFC 9110 section 5.5).
    throw Error::failure("invalid_response", "A response header has an empty name, or contains a line end or a NUL.")
        .hint("Remove the line end; values read from files often end in one.");
  }
}

}  // namespace

Response Response::json(int status, boost::json::value body) {
  if (body.is_object() || body.is_array()) {
    return boost::json::object{{"statusCode", status},
                               {"headers", boost::json::object{{"content-type", "application/json"}}},
                               {"body", std::move(body)}};
  }
  // OpenWhisk sends a string body unchanged unless it is valid base64, which it decodes, and takes null as "no body".
  // JSON text that ends with a line end is neither base64 nor null, and still the same JSON.
  return Response(with_body(status, "application/json", to_json(body) + "\n"));
}

Response Response::text(int status, std::string_view body) {
  return Response(with_body(status, "text/plain; charset=utf-8", body));
}

Response Response::html(int status, std::string_view body) {
  return Response(with_body(status, "text/html; charset=utf-8", body));
}

Response Response::binary(int status, std::string_view bytes, std::string_view content_type) {
  refuse_line_ends("content-type", content_type);
  return Response(with_body(status, content_type, base64_encode(bytes)));
}

Response Response::empty(int status) { return boost::json::object{{"statusCode", status}}; }

Response Response::error(int status, std::string_view message) {
  return boost::json::object{
      {"error", boost::json::object{{"statusCode", status}, {"body", boost::json::object{{"error", message}}}}}};
}

Response Response::header(std::string_view name, std::string_view value) && {
  add_header(name, value);
  return std::move(*this);
}

Response& Response::header(std::string_view name, std::string_view value) & {
  add_header(name, value);
  return *this;
}

bool Response::is_error() const noexcept {
  const auto* object = result_.if_object();
  return object != nullptr && object->contains("error");
}

void Response::add_header(std::string_view name, std::string_view value) {
  refuse_line_ends(name, value);
  auto* target = result_.if_object();
  if (target == nullptr)
    throw Error::failure("invalid_response", "A result that is not an object has no headers.")
        .hint("Construct the Response from an object, or do not call header().");
  // In an error result, the platform takes the object under "error" as the response.
  if (auto* error = target->if_contains("error"); error != nullptr && error->is_object()) target = &error->get_object();
  auto& headers = (*target)["headers"];
  if (!headers.is_object()) headers = boost::json::object();
  auto& fields = headers.get_object();
  for (auto& field : fields) {
    if (!equals_ignoring_case(field.key(), name)) continue;
    if (equals_ignoring_case(name, "content-type")) {
      field.value() = value;
    } else if (field.value().is_array()) {
      field.value().get_array().emplace_back(value);
    } else {
      field.value() = boost::json::array{std::move(field.value()), boost::json::value(value)};
    }
    return;
  }
  fields.emplace(name, value);
}

}  // namespace adit
