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

/// What an answer may have: tokens, validations, refusals and keys have a few KB. No more is received
/// (`http::Request::max_response_bytes`), and no more is parsed, whatever transport brought it.
constexpr JsonLimits kAnswerLimits{.max_bytes = 1U << 20U, .wiped = true};
/// Profiles and lists of organisations grow with the company.
constexpr JsonLimits kLargeAnswerLimits{.max_bytes = 8U << 20U, .max_values = 500'000, .wiped = true};

/// A call as its error messages need it.
struct CallSubject {
  /// Who was asked: "IMS", "The Developer Console".
  std::string server = "IMS";
  /// Its base URL.
  std::string url{};
  /// What was asked for, to stand behind "refused": "the JWT exchange".
  std::string what{};
  /// Parts of the request that no message may quote, should the server echo them.
  std::vector<const Secret*> secrets{};
  /// Where the server's URL comes from.
  std::string_view settings = "ADIT_IMS and ADIT_ENDPOINTS";
};

/// What to do about a refusal: of status, code and description.
using HintFor = std::function<std::string(int status, std::string_view code, std::string_view description)>;

/// The Error that a refused call stands for: the server's own code, description and debug id, `retryable` for 408, 429
/// and 5xx with its Retry-After; or `invalid_response_body` where the answer has no error of a known form: IMS's and
/// RFC 6749's `error` and `error_description`, or the API gateway's `error_code` and `message`.
[[nodiscard]] Error refused_call(const http::Response& response, const CallSubject& subject, const HintFor& hint_for,
                                 WallTime server_now);
/// `invalid_response_body`: the answer is not what was asked for.
[[nodiscard]] Error unreadable_answer(const http::Response& response, const CallSubject& subject);
/// The answer's JSON where the call succeeded. Throws refused_call() or unreadable_answer().
[[nodiscard]] json::value accepted_json(const http::Response& response, const CallSubject& subject,
                                        const HintFor& hint_for, WallTime server_now,
                                        const JsonLimits& limits = kAnswerLimits);

}  // namespace adit::ims
