#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/json.h"

namespace adit::ims {

/// The limits of an answer. Tokens, validations, errors and keys have a few KB. The limit applies to what is received
/// (`http::Request::max_response_bytes`), and again to what is parsed, because a Transport may ignore the first.
constexpr JsonLimits kAnswerLimits{.max_bytes = 1U << 20U, .wiped = true};
/// For profiles and lists of organisations, which may be larger.
constexpr JsonLimits kLargeAnswerLimits{.max_bytes = 8U << 20U, .max_values = 500'000, .wiped = true};

/// The parts of a call that its error messages need.
struct CallSubject {
  /// The server: "IMS", "The Developer Console".
  std::string server = "IMS";
  /// Its base URL.
  std::string url{};
  /// The request, as it follows "refused" in a message: "the JWT exchange".
  std::string what{};
  /// The secrets of the request. They are removed from messages, in case the server echoes them.
  std::vector<const Secret*> secrets{};
  /// The settings that select the server.
  std::string_view settings = "ADIT_IMS and ADIT_ENDPOINTS";
};

/// Returns the hint for an error.
using HintFor = std::function<std::string(int status, std::string_view code, std::string_view description)>;

/// Returns the Error for an answer that is an error: the server's own code, description and debug id, `retryable` for
/// 408, 429 and 5xx with its Retry-After. The answer has `error` and `error_description` (IMS and RFC 6749), or
/// `error_code` and `message` (the API gateway); for any other form, returns unreadable_answer().
[[nodiscard]] Error refused_call(const http::Response& response, const CallSubject& subject, const HintFor& hint_for,
                                 WallTime server_now);
/// Returns Error `invalid_response_body`, which says what the answer is instead.
[[nodiscard]] Error unreadable_answer(const http::Response& response, const CallSubject& subject);
/// Returns the answer's JSON if the call succeeded. Throws refused_call() or unreadable_answer().
[[nodiscard]] json::value accepted_json(const http::Response& response, const CallSubject& subject,
                                        const HintFor& hint_for, WallTime server_now,
                                        const JsonLimits& limits = kAnswerLimits);

}  // namespace adit::ims
