#include "issuers/ims/token_refusal.h"

#include <chrono>

#include "base/aem_environment.h"
#include "base/text/text.h"
#include "issuers/ims/answer.h"

namespace adit::ims {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool mentions(std::string_view text, std::string_view word) { return to_lower(text).find(word) != std::string::npos; }

std::string duration_text(milliseconds duration) {
  const auto total = std::chrono::duration_cast<seconds>(std::chrono::abs(duration)).count();
  const auto part = [](std::int64_t count, std::string_view unit) {
    return cat(count, ' ', unit, count == 1 ? "" : "s");
  };
  if (total < 120) return part(total, "second");
  if (total < 2L * 3600) return part((total + 30) / 60, "minute");
  if (total < 2L * 86400) return part((total + 1800) / 3600, "hour");
  return part((total + 43200) / 86400, "day");
}

bool clock_is_off(const ClockState& clocks) { return std::chrono::abs(clocks.skew) > seconds(60); }

/// Whether the assertion was made for a time that differs from IMS's by more than a delay explains.
bool was_off(const ClockState& clocks) { return std::chrono::abs(clocks.skew - clocks.skew_used) > seconds(60); }

std::string clock_hint(const ClockState& clocks) {
  return cat("This machine's clock is ", duration_text(clocks.skew), clocks.skew.count() > 0 ? " behind" : " ahead of",
             " IMS's (", to_rfc3339(clocks.now), " here, ", to_rfc3339(clocks.now + clocks.skew),
             " there). Set it; timedatectl shows whether it is synchronised.");
}

std::string_view id_name(const RefusalContext& context) {
  return context.grant == Grant::jwt ? "JWT_CLIENT_ID" : "IMS_OAUTH_S2S_CLIENT_ID";
}

std::string_view secret_name(const RefusalContext& context) {
  return context.grant == Grant::jwt ? "JWT_CLIENT_SECRET" : "IMS_OAUTH_S2S_CLIENT_SECRET";
}

std::string token_hint(std::string_view description, const ClockState& clocks) {
  if (mentions(description, "expired") || mentions(description, "exp ")) {
    return clock_is_off(clocks)
               ? clock_hint(clocks)
               : "The assertion expired before IMS read it. See whether this machine's clock is right and what delays the request.";
  }
  if (mentions(description, "signature") || mentions(description, "binding")) {
    return "No certificate bound to the integration fits. Check that JWT_PRIVATE_KEY belongs to a certificate that the Developer Console shows for this integration, that the certificate has not expired, and that JWT_IMS_ORG and JWT_TECHNICAL_ACCOUNT_ID are this integration's.";
  }
  if (clock_is_off(clocks)) return clock_hint(clocks);
  return "Check JWT_IMS_ORG, JWT_TECHNICAL_ACCOUNT_ID and JWT_PRIVATE_KEY against the integration in the Developer Console.";
}

std::string hint_for(int status, std::string_view code, std::string_view description, const RefusalContext& context,
                     const ClockState& clocks) {
  if (status == 429) return "IMS throttles clients that ask too often. Wait, and use one cached token for all callers.";
  if (code == "invalid_client" && status == 401) {
    if (mentions(description, "exchange_jwt")) {
      return "The integration may not exchange JWTs: it is not a Service Account (JWT) credential, or has been converted. Use its OAuth server-to-server credential (IMS_OAUTH_S2S_*).";
    }
    return cat("Check ", secret_name(context),
               " against the Developer Console; a secret that a rotation has removed no longer works.");
  }
  if (code == "invalid_client") {
    return cat("Check ", id_name(context), " ('", context.client_id, "') against the Developer Console, and that ",
               context.ims.url,
               " is its IMS: production and stage know different integrations (ADIT_IMS, AIO_CLI_ENV).");
  }
  if (code == "invalid_token") return token_hint(description, clocks);
  if (code == "invalid_signature") {
    return "The assertion's signature fits no certificate bound to the integration. Use the RSA private key of a certificate that the Developer Console shows for it (JWT_PRIVATE_KEY).";
  }
  if (code == "invalid_scope") {
    if (context.scopes.empty())
      return cat(context.grant == Grant::jwt ? "JWT_METASCOPES" : "IMS_OAUTH_S2S_SCOPES",
                 " is empty; name those of the integration.");
    return cat(
        context.grant == Grant::jwt ? "JWT_METASCOPES" : "IMS_OAUTH_S2S_SCOPES", " asks for ",
        join(context.scopes, ", "),
        ". Remove the metascopes that the integration's APIs and product profiles in the Developer Console do not grant.");
  }
  if (code == "bad_request" && context.grant == Grant::jwt) {
    if (was_off(clocks)) return clock_hint(clocks);
    return "Check the form of JWT_IMS_ORG (…@AdobeOrg) and JWT_TECHNICAL_ACCOUNT_ID (…@techacct.adobe.com, the id and not the e-mail address).";
  }
  // AEM's integrations are never converted.
  if (status == 500 && code == "internal_error" && context.grant == Grant::jwt &&
      !aem_environment_of_client(context.client_id)) {
    return "IMS gives this answer if the integration has been converted to OAuth server-to-server (Adobe ended JWT credentials on 2026-03-01). Put its IMS_OAUTH_S2S_CLIENT_ID, _CLIENT_SECRET, _ORG_ID and _SCOPES into .env: client id and technical account stay the same.";
  }
  if (code == "unauthorized_client" || code == "unsupported_grant_type") {
    return "The integration has no OAuth server-to-server credential; add one in the Developer Console.";
  }
  if (status >= 500) return "IMS has a problem. Try again later, and see https://status.adobe.com.";
  return {};
}

}  // namespace

Error token_refusal(const http::Response& response, const RefusalContext& context, const ClockState& clocks) {
  const CallSubject subject{.url = context.ims.url,
                            .what = context.grant == Grant::jwt ? "the JWT exchange" : "the client credentials",
                            .secrets = context.secrets};
  auto error = refused_call(
      response, subject,
      [&](int status, std::string_view code, std::string_view description) -> std::string {
        if (response.headers().get_or_empty(kEmulatorState) == kNoIntegrations)
          return "Start it with the project's credentials: adit emulator --env-file .env (or --integrations FILE).";
        return hint_for(status, code, description, context, clocks);
      },
      clocks.now + clocks.skew);
  // The assertion had a wrong time. The answer contains the right one, and the next assertion will use it. If `exp` has
  // passed, the error is invalid_token; if it is more than a day ahead, bad_request.
  const bool about_time = error.code() == "invalid_token" || error.code() == "bad_request";
  if (about_time && !error.retryable() && context.grant == Grant::jwt && was_off(clocks))
    return std::move(error).retryable(milliseconds(0));
  return error;
}

}  // namespace adit::ims
