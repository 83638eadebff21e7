#include "http/client/incoming.h"

#include <charconv>

#include "adit/secret.h"

#include "base/secret/wiping.h"
#include "base/text/ascii.h"
#include "base/text/text.h"

namespace adit::http {
namespace {

/// Returns the status of a line such as `HTTP/1.1 200 OK` (RFC 9112 section 4), or 0 if the line is of another form.
/// libcurl takes more for a status line: `HTTP/21.1 200` has the status 1 for it.
int status_of(std::string_view line) {
  constexpr std::string_view kBegin = "HTTP/1.";
  line = trim(line);
  if (!line.starts_with(kBegin)) return 0;
  line.remove_prefix(kBegin.size());
  if (line.size() < 5 || !is_digit(line[0]) || line[1] != ' ' || (line.size() > 5 && line[5] != ' ')) return 0;
  const auto digits = line.substr(2, 3);
  int status = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), status).ptr;
  return end == digits.data() + digits.size() && status >= 100 ? status : 0;
}

/// After 417 libcurl sends the request again without `Expect`, and the answer to that request is the final one.
constexpr int kExpectationFailed = 417;

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Incoming::~Incoming() { wipe(body.data(), body.size()); }

/// Whether a status line may come. After the final answer's head, such a line is a trailer.
bool Incoming::expects_head() const { return in_head_ || status < 200 || status == kExpectationFailed; }

bool Incoming::header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    header_too_large = true;
    return false;
  }
  answered = true;
  if (line.starts_with("HTTP/") && expects_head()) {  // the first line of a 1xx answer, or of the final one
    headers = {};
    body.clear();
    status = status_of(line);
    in_head_ = true;
    return status != 0;
  }
  if (!in_head_) return true;  // lines after the body are trailers
  if (trim(line).empty()) return end_of_head();
  const auto colon = line.find(':');
  if (line.front() != ' ' && line.front() != '\t' && colon != std::string_view::npos)
    headers.add(std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1))));
  return true;
}

bool Incoming::end_of_head() {
  in_head_ = false;
  const bool followed = follows_redirects && is_redirect(status) && headers.has("location");
  if (sink == nullptr || status < 200 || status == kExpectationFailed || followed) return true;
  try {
    streamed_ = sink->open(status, headers);
  } catch (...) {
    failure = std::current_exception();
  }
  return failure == nullptr;
}

bool Incoming::bytes(std::string_view more) {
  if (streamed_) {
    try {
      sink->write(more);
    } catch (...) {
      failure = std::current_exception();
    }
    return failure == nullptr;
  }
  if (more.size() > max_body - body.size()) {
    body_too_large = true;
    return false;
  }
  append_wiping(body, more);
  return true;
}

}  // namespace adit::http
