#include "http/server/wire.h"

#include <algorithm>

#include <boost/beast/http/status.hpp>

#include "adit/log.h"

#include "base/text/text.h"
#include "http/http_date.h"

namespace adit::http {
namespace {

bool is_sendable(const std::string& name, const std::string& value) {
  const auto in_name = [](unsigned char c) { return c > ' ' && c < 0x7f && c != ':'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), in_name) &&
         value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

/// Whether the server sets this header itself, because it belongs to the framing of the message.
bool is_set_by_server(std::string_view name) {
  return equals_ignoring_case(name, "content-length") || equals_ignoring_case(name, "transfer-encoding") ||
         equals_ignoring_case(name, "connection") || equals_ignoring_case(name, "keep-alive");
}

void refuse_unsendable(ServerResponse& response) {
  const bool bad_status = response.status < 200 || response.status > 999;
  const auto bad = std::find_if(response.headers.begin(), response.headers.end(),
                                [](const auto& field) { return !is_sendable(field.first, field.second); });
  if (!bad_status && bad == response.headers.end()) return;
  log(LogLevel::error, bad_status ? cat("the handler answered with status ", response.status, ", which cannot be sent")
                                  : std::string("the handler answered with a header that cannot be sent"));
  response = ServerResponse::text(500, "The server made an answer that cannot be sent.\n");
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  if (known == boost::beast::http::status::unknown) return "Unknown";
  return boost::beast::http::obsolete_reason(known);
}

WireResponse to_wire(ServerResponse response, bool head_only, bool keep_alive, bool http_1_0) {
  refuse_unsendable(response);
  WireResponse wire;
  wire.body = std::move(response.body);
  auto& head = wire.head;
  head.reserve(512);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason_phrase(response.status));
  head.append("\r\n");
  for (const auto& [name, value] : response.headers)
    if (!is_set_by_server(name)) head.append(name).append(": ").append(value).append("\r\n");
  if (!response.headers.has("date"))
    head.append("Date: ")
        .append(format_http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())))
        .append("\r\n");
  // RFC 9110 sections 8.6, 15.3.5 and 15.4.5.
  const bool has_no_body = response.status == 204 || response.status == 304;
  if (!has_no_body) head.append("Content-Length: ").append(std::to_string(wire.body.size())).append("\r\n");
  if (!keep_alive)
    head.append("Connection: close\r\n");
  else if (http_1_0)
    head.append("Connection: keep-alive\r\n");
  head.append("\r\n");
  if (has_no_body || head_only) wire.body.clear();
  return wire;
}

}  // namespace adit::http
