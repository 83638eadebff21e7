#include <algorithm>
#include <optional>

#include <curl/curl.h>

#include "adit/environment.h"
#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "base/trace.h"
#include "http/client/incoming.h"
#include "http/client/local_emulator.h"
#include "http/client/settings.h"
#include "http/client/transfer.h"
#include "http/destination_log.h"
#include "http/request_id.h"
#include "http/server/local_access.h"

namespace adit::http {
namespace {

using std::chrono::milliseconds;

/// Calls `send` and reports the request's beginning and end to the process that runs this one (base/trace.h). Requests
/// through a Unix socket are not reported: with these, a process talks to its host.
template <typename Send>
Response send_and_report(const ClientOptions& options, const Request& request, Send send) {
  if (!trace::reports_requests() || !options.unix_socket.empty()) return send();
  trace::OutgoingRequest reported{.method = request.method(), .url = split_url(request.url()).shown()};
  trace::report_request(trace::StepKind::request_began, reported, {});
  const trace::Stopwatch stopwatch;
  const auto report_end = [&] { trace::report_request(trace::StepKind::request_ended, reported, stopwatch.elapsed()); };
  try {
    auto response = send();
    reported.status = response.status();
    reported.request_id = request_id(response.headers());
    report_end();
    return response;
  } catch (const Error& error) {
    reported.error = error.code();
    report_end();
    throw;
  }
}

/// Returns the URL with its route applied. Throws Error `request_failed` if the URL is invalid.
UrlParts checked(const Endpoints& endpoints, const Request& request, std::string_view url) {
  try {
    return split_url(endpoints.apply(url));
  } catch (const Error& error) {
    throw Error::failure("request_failed", cat(request.method(), ": ", error.message())).hint(error.hint());
  }
}

void check_method(const std::string& method) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; };
  if (method.empty() || method.size() > 32 || method == "CONNECT" || !std::all_of(method.begin(), method.end(), letter))
    throw Error::configuration("invalid_request", "The request's method is invalid.")
        .hint("Methods are words in capitals: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.");
}

/// Resolves a URL reference (RFC 3986 section 5) with libcurl. Returns `nullopt` if that fails.
std::optional<std::string> resolve(const std::string& base, std::string_view reference) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), &curl_url_cleanup);
  char* text = nullptr;
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, std::string(reference).c_str(),
                   CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
      curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK)
    return std::nullopt;
  std::string whole(text);
  curl_free(text);
  return whole;
}

bool has_credentials(const Request& request, const UrlParts& url) {
  return !url.userinfo.empty() ||
         std::any_of(request.headers().begin(), request.headers().end(),
                     [](const auto& field) { return is_credential(field.first, field.second); });
}

Error redirect_refused(const Request& request, const UrlParts& from, std::string_view why) {
  return Error::failure("redirect_refused",
                        cat(request.method(), ' ', from.shown(), " was answered with a redirect ", why));
}

/// Returns the redirect's target. Throws Error `redirect_refused` if it must not be followed.
UrlParts redirect_target(const Endpoints& endpoints, const Request& request, const UrlParts& from,
                         std::string_view location) {
  const auto resolved = resolve(from.whole(), location);
  UrlParts target;
  try {
    target = split_url(endpoints.apply(resolved.value_or(std::string())));
  } catch (const Error&) {
    throw redirect_refused(request, from, "that is not to an http or https URL.")
        .hint("Check the URL; the server had a fault.");
  }
  if (from.origin.starts_with("https:") && target.origin.starts_with("http:"))
    throw redirect_refused(request, from, cat("to ", target.shown(), ": from https to http, which is never followed."))
        .hint("Use the target's https URL.");
  if (target.origin != from.origin && has_credentials(request, from))
    throw redirect_refused(
        request, from,
        cat("to ", target.shown(), ", which is another origin; the request's credentials must not go there."))
        .hint("If that is the right place, send the request there.");
  return target;
}

/// Throws if the request would send credentials over plain http to another machine: anyone on the way could read them.
void refuse_open_secret(const Request& request, const UrlParts& url) {
  if (!url.origin.starts_with("http:") || is_this_machine(url.host()) || !request.carries_secret()) return;
  throw Error::configuration(
      "secret_over_http", cat(request.method(), ' ', url.shown(),
                              ": the request carries credentials, and plain http would expose them. Nothing was sent."))
      .hint(
          "Use the https URL; if ADIT_IMS or ADIT_ENDPOINTS names this server, correct the setting. Plain http is for servers on this machine: localhost, 127.0.0.0/8, [::1].");
}

void before_sending(const ClientOptions& options, const Request& request, const UrlParts& url) {
  if (!options.unix_socket.empty()) return;
  refuse_open_secret(request, url);
  log_use_of(url.origin);
}

}  // namespace

Client::Client(ClientOptions options)
    : options_(std::move(options)), transfers_(std::make_unique<Transfers>(options_)) {}

Client::~Client() = default;

Response Client::send(const Request& request) { return stream(request, {}); }

Response Client::stream(const Request& request, const Streaming& streaming) {
  return send_and_report(options_, request, [&] {
    check_method(request.method());
    auto url = checked(options_.endpoints, request, request.url());
    const bool may_follow = (request.method() == "GET" || request.method() == "HEAD") && options_.max_redirects > 0;
    Transfers::Terms terms{streaming, std::nullopt, may_follow};
    const bool streams = streaming.sink != nullptr || request.source() != nullptr;
    before_sending(options_, request, url);
    auto total = request.timeout();
    if (!total && !streams) total = options_.total_timeout;
    if (request.at_most()) total = std::min(total.value_or(*request.at_most()), *request.at_most());
    if (total) terms.deadline = options_.clock->monotonic_now() + *total;
    for (int followed = 0;; ++followed) {
      auto response = transfers_->perform(request, url, terms);
      const auto location = response.headers().get("location");
      if (!may_follow || !is_redirect(response.status()) || !location) return response;
      if (followed == options_.max_redirects)
        throw redirect_refused(request, url, cat("after ", followed, " others; adit does not follow more."))
            .hint("The server may redirect in a circle; check the URL.");
      url = redirect_target(options_.endpoints, request, url, *location);
      before_sending(options_, request, url);
    }
  });
}

Client& Client::shared() {
  // Never freed: threads may still send while the process ends.
  static Client& client =
      *new Client(client_options(Environment::process(), program_endpoints(Environment::process())));
  return client;
}

}  // namespace adit::http
