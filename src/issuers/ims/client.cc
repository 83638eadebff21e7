#include "adit/error.h"
#include "adit/http.h"
#include "adit/ims.h"

#include "base/text/text.h"
#include "base/trace.h"
#include "issuers/ims/client_state.h"
#include "issuers/ims/token_refusal.h"
#include "issuers/ims/token_request.h"

namespace adit::ims {

using std::chrono::milliseconds;

namespace {

/// The context must outlive the function.
std::function<Error(const http::Response&, const ClockState&)> refusal_in(const RefusalContext& context) {
  return [&context](const http::Response& response, const ClockState& clocks) {
    return token_refusal(response, context, clocks);
  };
}

}  // namespace

Client::Client(Ims ims) : Client(std::move(ims), http::Client::shared()) {}

Client::Client(Ims ims, http::Transport& transport, const Clock& clock)
    : state_(new State{.ims = std::move(ims), .transport = transport, .clock = clock}) {}

Client::~Client() = default;

AccessToken Client::fetch_token(const Credentials& credentials, std::optional<milliseconds> at_most,
                                const std::stop_token& stop) {
  return credentials.jwt() != nullptr ? exchange_jwt(*credentials.jwt(), at_most, stop)
                                      : client_credentials(*credentials.oauth(), at_most, stop);
}

AccessToken Client::exchange_jwt(const JwtCredentials& credentials, std::optional<milliseconds> at_most,
                                 const std::stop_token& stop) {
  const auto skew = clock_skew();
  const auto now = state_->clock.wall_now() + skew;
  const trace::Stopwatch signing;
  const auto assertion = make_assertion(credentials, state_->ims, now);
  if (trace::enabled()) {
    trace::report("assertion signed",
                  cat("RS256, for ", state_->ims.url, ", valid until ", to_rfc3339(now + kAssertionLife)),
                  signing.elapsed());
  }
  const auto request = http::Request::post(state_->ims.url + "/ims/exchange/jwt")
                           .header("accept", "application/json")
                           .form({{"client_id", Secret(credentials.client_id)},
                                  {"client_secret", credentials.client_secret},
                                  {"jwt_token", assertion}});
  const RefusalContext context{.ims = state_->ims,
                               .grant = Grant::jwt,
                               .scopes = credentials.metascopes,
                               .client_id = credentials.client_id,
                               .secrets = {&credentials.client_secret, &assertion}};
  return request_token({.request = request,
                        .form = AnswerForm{.unit = LifeUnit::milliseconds},
                        .grant_name = "JWT exchange",
                        .scopes = context.scopes,
                        .skew_used = skew,
                        .at_most = at_most,
                        .stop = stop,
                        .refusal = refusal_in(context)},
                       state_->transport, state_->clock, state_->skew_ms);
}

AccessToken Client::client_credentials(const OAuthCredentials& credentials, std::optional<milliseconds> at_most,
                                       const std::stop_token& stop) {
  std::vector<std::pair<std::string, Secret>> form = {{"grant_type", Secret("client_credentials")},
                                                      {"client_id", Secret(credentials.client_id)},
                                                      {"client_secret", credentials.client_secret},
                                                      {"scope", Secret(join(credentials.scopes, ","))}};
  if (!credentials.org_id.empty()) form.emplace_back("org_id", Secret(credentials.org_id));
  const auto request =
      http::Request::post(state_->ims.url + "/ims/token/v3").header("accept", "application/json").form(form);
  const RefusalContext context{.ims = state_->ims,
                               .grant = Grant::oauth,
                               .scopes = credentials.scopes,
                               .client_id = credentials.client_id,
                               .secrets = {&credentials.client_secret}};
  return request_token({.request = request,
                        .form = AnswerForm{.unit = LifeUnit::seconds},
                        .grant_name = "client credentials",
                        .scopes = context.scopes,
                        .skew_used = clock_skew(),
                        .at_most = at_most,
                        .stop = stop,
                        .refusal = refusal_in(context)},
                       state_->transport, state_->clock, state_->skew_ms);
}

const Ims& Client::ims() const { return state_->ims; }

milliseconds Client::clock_skew() const { return state_->clock_skew(); }

}  // namespace adit::ims
