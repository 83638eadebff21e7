#include "issuers/ims/answer.h"

#include <chrono>
#include <optional>

#include "base/text/presentable.h"
#include "base/text/text.h"
#include "http/body_kind.h"
#include "http/request_id.h"

namespace adit::ims {
namespace {

bool is_retryable(int status) { return status == 408 || status == 429 || status >= 500; }

std::string debug_id(const http::Response& response, const CallSubject& subject) {
  return presentable(http::request_id(response.headers()), subject.secrets);
}

/// Returns the member if it is a string or a number; the gateway sometimes sends its codes as numbers.
std::string word(const json::object& body, std::string_view name) {
  const auto* member = body.if_contains(name);
  if (member == nullptr) return {};
  if (const auto* number = member->if_int64()) return std::to_string(*number);
  return std::string(string_member(body, name));
}

std::string first_of(std::string first, std::string second) { return first.empty() ? second : first; }

}  // namespace

Error unreadable_answer(const http::Response& response, const CallSubject& subject) {
  const auto kind = http::body_kind(response, kLargeAnswerLimits);
  auto hint = cat("Check what ", subject.settings, " name, and whether a proxy is in between.");
  if (http::is_page(kind)) {
    hint = cat("A proxy, a login portal or another web server sends such pages. ", hint);
  } else if (response.status() == 429) {
    hint = "Too many requests were sent; wait, and use one cached token for all callers.";
  } else if (response.status() >= 300 && response.status() < 400 && response.headers().has("location")) {
    hint = cat("It redirects to ", presentable(response.headers().get_or_empty("location"), subject.secrets),
               "; credentials are not sent on to there. ", hint);
  }
  return Error::failure("invalid_response_body", cat(subject.server, " (", subject.url, ") answered with ",
                                                     http::describe_body(response, kind), " instead of its JSON."))
      .hint(std::move(hint))
      .http_status(response.status())
      .ims({}, {}, debug_id(response, subject));
}

Error refused_call(const http::Response& response, const CallSubject& subject, const HintFor& hint_for,
                   WallTime server_now) {
  const auto parsed = try_parse_json(response.body(), kAnswerLimits);
  const auto* body = parsed ? parsed->if_object() : nullptr;
  const int status = response.status();
  const auto code = body == nullptr
                        ? std::string()
                        : presentable(first_of(word(*body, "error"), word(*body, "error_code")), subject.secrets);
  auto error = [&]() -> Error {
    if (body == nullptr || code.empty()) return unreadable_answer(response, subject);
    const auto description =
        presentable(first_of(word(*body, "error_description"), word(*body, "message")), subject.secrets);
    auto hint = hint_for(status, code, description);
    return Error::failure(code, cat(subject.server, " refused ", subject.what, ": ", code,
                                    description.empty() ? "" : ": ", description))
        .hint(std::move(hint))
        .http_status(status)
        .ims(code, description, debug_id(response, subject));
  }();
  if (!is_retryable(status)) return error;
  return std::move(error).retryable(response.retry_after(std::chrono::floor<std::chrono::seconds>(server_now)));
}

json::value accepted_json(const http::Response& response, const CallSubject& subject, const HintFor& hint_for,
                          WallTime server_now, const JsonLimits& limits) {
  if (!response.ok()) throw refused_call(response, subject, hint_for, server_now);
  auto parsed = try_parse_json(response.body(), limits);
  if (!parsed) throw unreadable_answer(response, subject);
  if (const auto* body = parsed->if_object(); body != nullptr && body->contains("error"))
    throw refused_call(response, subject, hint_for, server_now);
  return *std::move(parsed);
}

}  // namespace adit::ims
