#include "http/server/request_reader.h"

#include <algorithm>
#include <charconv>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include "adit/secret.h"

#include "base/secret/wiping.h"
#include "base/text/ascii.h"
#include "base/text/text.h"

namespace adit::http {
namespace {

namespace beast = boost::beast;

/// More header fields than any client sends. They are limited because each takes far more memory than its bytes.
constexpr std::size_t kMaxFields = 250;
/// The memory for a body up to this size is allocated at once. The memory for a larger one grows as its bytes arrive.
constexpr std::size_t kSmallBody = 64U << 10U;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// `host[:port]` (RFC 3986 section 3.2), without userinfo.
bool is_authority(std::string_view text) {
  constexpr std::string_view kMarks = "-._~:[]";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

std::string_view without_port(std::string_view authority, std::string_view port) {
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

/// Splits a target in any of its forms (RFC 9112 section 3.2) into path and query. Sets `authority` and `default_port`
/// (`:80`, `:443`) if it is in absolute form. Returns false if the target is malformed.
bool split_target(std::string_view target, ServerRequest& request, std::string_view& authority,
                  std::string_view& default_port) {
  if (target == "*") {
    request.path = "*";
    return true;
  }
  if (!target.starts_with('/')) {
    const auto scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const auto scheme = target.substr(0, scheme_end);
    const bool https = equals_ignoring_case(scheme, "https");
    if (!https && !equals_ignoring_case(scheme, "http")) return false;
    const auto path = std::min(target.find_first_of("/?#", scheme_end + 3), target.size());
    authority = target.substr(scheme_end + 3, path - scheme_end - 3);
    if (authority.empty() || !is_authority(authority)) return false;
    default_port = https ? ":443" : ":80";
    target.remove_prefix(path);
  }
  target = target.substr(0, target.find('#'));
  const auto mark = std::min(target.find('?'), target.size());
  request.path = mark == 0 ? std::string("/") : std::string(target.substr(0, mark));
  request.query = target.substr(std::min(mark + 1, target.size()));
  return true;
}

std::size_t count_fields(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(), [&](const auto& field) { return equals_ignoring_case(field.first, name); }));
}

}  // namespace

RequestReader::~RequestReader() { wipe(request_.body.data(), request_.body.size()); }

void RequestReader::refuse(int status, std::string text) {
  if (!failure_) failure_ = Failure{status, std::move(text)};
}

std::size_t RequestReader::put(std::string_view bytes) {
  if (has_head_) return put_body(bytes);
  std::size_t taken = 0;
  if (scanned_ == 0) {  // RFC 9112 section 2.2: empty lines before a request are skipped
    taken = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    bytes.remove_prefix(taken);
    max_header_ -= std::min(taken, max_header_);
    begun_ = !bytes.empty();
    if (max_header_ == 0) refuse(400, "The request is malformed: it has too many empty lines.\n");
  }
  const auto end = find_head_end(bytes);
  if (end > 0) parse_head(bytes.substr(0, end));
  if (failure_) remember_start_line(bytes);
  return taken + end;
}

/// Returns the length of the head with its empty line, or 0 if it has not arrived completely.
std::size_t RequestReader::find_head_end(std::string_view bytes) {
  for (; scanned_ < bytes.size() && !failure_; ++scanned_) {
    const auto at = scanned_;
    const char c = bytes[at];
    const char before = at == 0 ? '\0' : bytes[at - 1];
    if (at >= max_header_)
      refuse(431, "The request's header is too large.\n");
    else if ((c == '\n') != (before == '\r') || (is_control(c) && c != '\t' && c != '\r' && c != '\n'))
      refuse(400,
             "The request is malformed: its header contains a control character, or a line end that is not CRLF.\n");
    else if (is_blank(c) && before == '\n')
      refuse(400, "The request is malformed: a line of its header begins with a blank.\n");
    else if (c == '\n' && at >= 3 && bytes[at - 2] == '\n')
      return at + 1;
  }
  return 0;
}

void RequestReader::parse_head(std::string_view head) {
  beast::http::request_parser<beast::http::empty_body, WipingAllocator<char>> parser;
  parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  parser.skip(true);  // put_body() reads the body
  boost::system::error_code error;
  parser.put(boost::asio::buffer(head.data(), head.size()), error);
  if (error == beast::http::error::bad_version) return refuse(505, "The HTTP version is not 1.0 or 1.1.\n");
  if (error) return refuse(400, cat("The request is malformed: ", error.message(), ".\n"));
  if (!parser.is_header_done()) return refuse(400, "The request is malformed.\n");

  const auto& message = parser.get();
  has_head_ = true;
  http_1_0_ = message.version() < 11;
  keep_alive_ = parser.keep_alive();
  request_.method = std::string(message.method_string());
  request_.head = request_.method == "HEAD";
  if (request_.head) request_.method = "GET";
  for (const auto& field : message) request_.headers.add(std::string(field.name_string()), std::string(field.value()));
  if (request_.headers.size() > kMaxFields) return refuse(431, "The request has too many header fields.\n");
  if (request_.method == "CONNECT") return refuse(405, "This is not a proxy.\n");
  std::string_view authority;
  std::string_view default_port;
  if (!split_target(message.target(), request_, authority, default_port))
    return refuse(400, "The request's target is malformed.\n");
  check_host(authority, default_port);
  find_framing();
}

/// Checks the Host header (RFC 9112 sections 3.2 and 3.2.2). Refuses a request whose target and Host header name
/// different hosts, because another program may trust the other one.
void RequestReader::check_host(std::string_view authority, std::string_view default_port) {
  const auto count = count_fields(request_.headers, "host");
  if (count > 1 || (count == 0 && !http_1_0_)) return refuse(400, "The request has no Host header, or several.\n");
  const auto host = request_.headers.get_or_empty("host");
  if (!is_authority(host)) return refuse(400, "The request's Host header is malformed.\n");
  if (authority.empty() || count == 0) return;
  if (!equals_ignoring_case(without_port(authority, default_port), without_port(host, default_port)))
    refuse(400, "The request's target and its Host header name two hosts.\n");
}

/// Finds out where the body ends (RFC 9112 sections 6.1 and 6.3).
void RequestReader::find_framing() {
  const auto lengths = count_fields(request_.headers, "content-length");
  const auto encodings = count_fields(request_.headers, "transfer-encoding");
  if (encodings > 0) {
    const auto coding = trim(request_.headers.get_or_empty("transfer-encoding"));
    if (lengths > 0) return refuse(400, "The request has both Content-Length and Transfer-Encoding.\n");
    if (encodings > 1 || http_1_0_ || !equals_ignoring_case(coding, "chunked"))
      return refuse(400, "The request's Transfer-Encoding is not chunked.\n");
    length_.reset();
    chunked_.emplace(max_header_);
    return;
  }
  if (lengths > 0) {
    const auto text = request_.headers.get_or_empty("content-length");
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (lengths > 1 || text.empty() || error != std::errc() || end != text.data() + text.size())
      return refuse(400, "The request's Content-Length is not a number, or there are several.\n");
    length_ = length;
  }
  check_length();
}

void RequestReader::limit_body(std::size_t max_body) {
  max_body_ = std::min(max_body_, max_body);
  check_length();
}

void RequestReader::check_length() {
  if (length_.value_or(0) > max_body_) return refuse(413, "The request's body is too large.\n");
  done_ = length_ == 0U;
}

std::uint64_t RequestReader::body_left() const {
  return chunked_ ? chunked_->chunk_left() : *length_ - request_.body.size();
}

std::size_t RequestReader::put_body(std::string_view bytes) {
  auto& body = request_.body;
  if (length_) {
    const auto part = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(body_left(), bytes.size())));
    if (body.empty() && *length_ <= kSmallBody) body.reserve(static_cast<std::size_t>(*length_));
    append_wiping(body, part);
    done_ = body.size() == *length_;
    return part.size();
  }
  std::size_t taken = 0;
  while (taken < bytes.size() && !chunked_->done() && !failure_) {
    const auto step = chunked_->next(bytes.substr(taken));
    taken += step.taken;
    if (step.body.size() + chunked_->chunk_left() > max_body_ - body.size())
      refuse(413, "The request's body is too large.\n");
    else
      append_wiping(body, step.body);
    if (chunked_->failure() == ChunkedBody::Failure::malformed)
      refuse(400, "The request's chunked body is malformed.\n");
    if (chunked_->failure() == ChunkedBody::Failure::extra_too_large)
      refuse(431, "The request's trailers and chunk extensions are too large.\n");
  }
  done_ = chunked_->done();
  return taken;
}

/// Stores method and target of a refused request, if its first line has arrived, for `ServerOptions::format_error`.
void RequestReader::remember_start_line(std::string_view bytes) {
  const auto line = bytes.substr(0, std::min(bytes.find("\r\n"), bytes.size()));
  const auto method_end = line.find(' ');
  const auto target_end = line.rfind(" HTTP/");
  if (!request_.method.empty() || method_end == std::string_view::npos || target_end == std::string_view::npos ||
      target_end <= method_end)
    return;
  std::string_view authority;
  std::string_view default_port;
  if (split_target(line.substr(method_end + 1, target_end - method_end - 1), request_, authority, default_port))
    request_.method = line.substr(0, method_end);
}

}  // namespace adit::http
