#include "adit/api_client.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <random>

#include "adit/environment.h"

#include "api/api_client_state.h"
#include "api/stopped_between_tries.h"
#include "base/aem_environment.h"
#include "base/random_seed.h"
#include "base/text/presentable.h"
#include "base/text/text.h"

namespace adit {
namespace {

using std::chrono::milliseconds;

double random_unit() {
  thread_local std::mt19937_64 generator{random_seed()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

/// Whether the method is idempotent (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method) {
  static constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

/// Returns a member that is a string or an integer as text, otherwise an empty string.
std::string text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return {};
  if (const auto* number = member->if_int64()) return std::to_string(*number);
  return std::string(string_member(object, name));
}

std::string first_text_member(const json::object& object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (auto found = text_member(object, name); !found.empty()) return found;
  }
  return {};
}

std::string one_line(std::string_view text) { return presentable(text, {}); }

std::string gateway_code(const http::Response& response) {
  const auto body = try_parse_json(response.body());
  const auto* object = body ? body->if_object() : nullptr;
  return object == nullptr ? std::string() : text_member(*object, "error_code");
}

bool is_of_aem(const http::Request& request) {
  return aem_environment_of_host(http::split_url(request.url()).host()).has_value();
}

/// Whether the API rejected the token. AEM has no error code for that, but its 401 always means the token.
bool token_refused(const http::Response& response, const http::Request& request) {
  return response.status() == 401 && (gateway_code(response) == "401013" || is_of_aem(request));
}

std::string hint_of_aem(int status, const http::Request& request) {
  if (status == 401 && request.sets_or_omits("authorization"))
    return "AEM rejected the request's own token. It has expired (a local development token is valid for 24 hours), was issued for another environment, or is missing.";
  if (status == 401)
    return "AEM rejected the token. Check that the URL's environment is the one that JWT_CLIENT_ID names, and that the IMS is the one that issued the credential.";
  if (status == 403)
    return "AEM knows the technical account, but does not allow it to do this. In AEM, under Tools, Security, add its user (the name is JWT_TECHNICAL_ACCOUNT_ID) to a group with that permission.";
  return {};
}

/// Returns a hint for a rejected token. `request` is null if it is not known.
std::string hint_for_token(const http::Request* request) {
  if (request == nullptr) return "The token has expired or was revoked; use a new one.";
  if (request->sets_or_omits("authorization"))
    return "The token in the request has expired or was revoked. Leave out Authorization, and adit adds a token of the credential.";
  if (!request->repeatable())
    return "The token had expired or was revoked. adit deleted it, but did not send the request again, because the body can be read only once. Repeat the request: it gets a new token.";
  return "The token has expired or was revoked, and a new one was refused too.";
}

std::string hint_for(int status, std::string_view code, const http::Request* request) {
  if (code == "401013") return hint_for_token(request);
  if (request != nullptr && is_of_aem(*request)) {
    if (auto hint = hint_of_aem(status, *request); !hint.empty()) return hint;
  }
  if (code == "403025")
    return "The technical account has no product profile for this API; a new token does not help. Assign one to the credential in the Developer Console or the Admin Console.";
  if (code == "403000") return "A header is missing: x-api-key, or one that this API requires.";
  if (code == "403003") return "The API key is not the token's client id, or the API was not added to its project.";
  if (code == "401010") return "The request has no token. Tokens go only to Adobe's hosts and those of ADIT_API_HOSTS.";
  if (status == 401)
    return "The API does not accept the token. Check that the right IMS issued it and that it has the API's scopes.";
  if (status == 403) return "The API does not allow the credential to do this. Check its product profiles and scopes.";
  if (status == 404) return "Check the URL.";
  if (status == 429) return "Too many requests were sent; ask less often, or later.";
  if (status >= 500) return "The API has a problem. Try again later. Its request id helps Adobe's support.";
  return {};
}

/// Returns a text, for the hint, about the pause that the API asks for, and about a body that was not sent again.
std::string describe_pause(std::optional<milliseconds> pause, WallTime now, const http::Request* request) {
  std::string text;
  if (pause)
    text = cat(" Wait ", std::chrono::ceil<std::chrono::seconds>(*pause).count(), " s (Retry-After), until ",
               to_rfc3339(now + *pause), '.');
  if (request != nullptr && !request->repeatable())
    text += " The body can be read only once, so it was not sent again.";
  return text;
}

Error redirected(const http::Response& response) {
  const auto target = one_line(response.headers().get_or_empty("location"));
  return Error::failure(
             cat("http_", response.status()),
             cat("The API answered ", response.status(), " with a redirect to ", target, ", which was not followed."))
      .hint("adit follows redirects only for GET and HEAD. If that is the right place, send the request there.")
      .http_status(response.status());
}

}  // namespace

Error api_error(const http::Response& response, WallTime now, const http::Request* request) {
  const int status = response.status();
  if (status >= 300 && status < 400 && response.headers().has("location")) return redirected(response);
  const auto body = try_parse_json(response.body());
  const auto* object = body ? body->if_object() : nullptr;
  std::string code;
  std::string message;
  if (object != nullptr) {
    // The members of the gateway, of Analytics, of OAuth, and of problem details (RFC 9457).
    code = one_line(first_text_member(*object, {"error_code", "errorCode", "error", "code", "title"}));
    message = one_line(first_text_member(*object, {"message", "errorDescription", "error_description", "detail"}));
  }
  if (code.empty()) code = cat("http_", status);
  const bool later = status == 408 || status == 429 || status >= 500;
  // A date in Retry-After is compared with the server's own clock if the answer has a Date header.
  const auto pause = later
                         ? response.retry_after(response.date().value_or(std::chrono::floor<std::chrono::seconds>(now)))
                         : std::nullopt;
  const auto request_id = response.headers().get("x-request-id");
  auto error =
      Error::failure(code, cat("The API answered ", status, message.empty() ? "." : ": ", message))
          .hint(cat(hint_for(status, code, request), later ? describe_pause(pause, now, request) : std::string()))
          .http_status(status)
          .ims({}, {}, one_line(request_id.value_or(response.headers().get_or_empty("x-debug-id"))));
  return later ? std::move(error).retryable(pause) : error;
}

ApiClient::ApiClient(const Credentials& credentials)
    : ApiClient(token_source(credentials), credentials.client_id(), credentials.org_id(), http::Client::shared(),
                ApiClientOptions{
                    .hosts = api::ApiHosts::from_environment(Environment::process(), http::Endpoints::from_process())
                                 .add_aem_environment(credentials.client_id())}) {}

ApiClient::ApiClient(TokenSource source, std::string client_id, std::string org_id, http::Transport& transport,
                     ApiClientOptions options)
    : state_(std::make_shared<State>(State{.source = std::move(source),
                                           .client_id = std::move(client_id),
                                           .org_id = std::move(org_id),
                                           .transport = transport,
                                           .options = std::move(options)})) {}

bool ApiClient::authorizes(std::string_view url) const { return state_->options.hosts.contains(url); }

http::Response ApiClient::send(const http::Request& request) { return stream(request, {}); }

bool ApiClient::State::fills_token(const http::Request& request) const {
  return options.hosts.contains(request.url()) && !request.sets_or_omits("authorization");
}

http::Request ApiClient::State::filled(const http::Request& request, const std::optional<Token>& token) const {
  auto filled = request;
  if (!options.hosts.contains(request.url())) return filled;
  if (token) filled.bearer(*token);
  if (!request.sets_or_omits("x-api-key")) filled.header("x-api-key", client_id);
  if (!org_id.empty() && !request.sets_or_omits("x-gw-ims-org-id")) filled.header("x-gw-ims-org-id", org_id);
  return filled;
}

http::Response ApiClient::stream(const http::Request& request, const http::Streaming& streaming) {
  for (State::Tries tries;;) {
    const auto token = state_->fills_token(request) ? std::optional(state_->token(request)) : std::nullopt;
    auto response = state_->transport.stream(state_->filled(request, token), streaming);
    if (!state_->tries_again(response, request, token, tries)) return response;
    if (tries.wait) state_->pause(request, *tries.wait);
  }
}

bool ApiClient::State::tries_again(const http::Response& response, const http::Request& request,
                                   const std::optional<Token>& token, Tries& tries) {
  tries.wait.reset();
  if (response.ok()) return false;
  // A body that cannot be rewound is sent only once.
  const bool repeatable = request.repeatable();
  if (token && !tries.renewed && token_refused(response, request)) {
    // The result does not matter: if another thread was faster, the source already has a newer token.
    static_cast<void>(source.report_rejected(*token));
    if (!repeatable) drop_from_store(request, *token);
    tries.renewed = true;
    return repeatable;
  }
  if (!repeatable) return false;
  tries.wait = wait_after(response, request.method(), tries.repeated);
  if (!tries.wait) return false;
  ++tries.repeated;
  if (options.on_retry) options.on_retry(response, *tries.wait);
  return true;
}

void ApiClient::State::pause(const http::Request& request, milliseconds wait) const {
  if (options.sleep) return options.sleep(wait);
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, request.stop(), wait, [] { return false; });
  if (request.stop().stop_requested()) throw stopped_between_tries(request);
}

Token ApiClient::State::token(const http::Request& request) {
  if (options.get_token) return options.get_token(source);
  return request.stop().stop_possible() ? source.get({.stop = request.stop()}) : source.get();
}

// A store keeps a rejected token until a new one replaces it. If no new token can be fetched, this deletes the rejected
// one. It does not throw, because the caller must get the API's answer.
void ApiClient::State::drop_from_store(const http::Request& request, const Secret& refused) {
  try {
    static_cast<void>(token(request));
    return;
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): IMS is down, or refuses the credential.
  }
  try {
    const auto kept = source.status().token;
    if (kept && kept->secret() == refused) source.clear();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the engine logs failures of the store
  }
}

http::Response ApiClient::send_ok(const http::Request& request) {
  auto response = send(request);
  if (!response.ok()) throw api_error(response, state_->options.clock->wall_now(), &request);
  return response;
}

std::optional<milliseconds> ApiClient::State::wait_after(const http::Response& response, const std::string& method,
                                                         int tried) const {
  const int status = response.status();
  if ((status != 429 && status != 503) || tried >= options.max_retries) return std::nullopt;
  // A date in Retry-After is compared with the server's own clock if the answer has a Date header.
  const auto now = response.date().value_or(std::chrono::floor<std::chrono::seconds>(options.clock->wall_now()));
  if (const auto asked = response.retry_after(now)) {
    return *asked <= options.longest_wait ? asked : std::nullopt;
  }
  if (status == 503 && !is_idempotent(method)) return std::nullopt;
  const double unit = options.random ? options.random() : random_unit();
  const double grown = static_cast<double>(options.first_wait.count()) * std::ldexp(1.0, std::min(tried, 30));
  const double wait = std::min(grown, static_cast<double>(options.longest_wait.count())) * (1.0 - 0.5 * unit);
  return milliseconds(static_cast<std::int64_t>(wait));
}

}  // namespace adit
