#include "cli/project/aem_call.h"

#include "adit/error.h"
#include "adit/http.h"
#include "adit/token_verifier.h"

#include "base/aem_environment.h"
#include "base/text/text.h"
#include "config/secret_destination.h"

namespace adit::cli {
namespace {

constexpr const char* kLocalToken = "AEM_ACCESS_TOKEN";
constexpr const char* kClientId = "JWT_CLIENT_ID";

}  // namespace

AemCall::AemCall(const ProjectOptions& options, const Environment& environment, const std::string& url)
    : environment_(environment), url_(url), client_id_(trim(environment.get_or(kClientId, ""))) {
  const auto called = aem_environment_of_host(http::split_url(url).host());
  is_aem_ = called.has_value();
  own_ = is_aem_ && options.grant != "oauth" && aem_environment_of_client(client_id_) == called;
}

void AemCall::add_hosts(api::ApiHosts& hosts) const {
  if (own_) hosts.add_aem_environment(client_id_);
}

std::optional<Secret> AemCall::local_token(const Clock& clock) const {
  if (!is_aem_ || own_) return std::nullopt;
  Secret token(trim(environment_.get_or(kLocalToken, "")));
  if (token.empty()) return std::nullopt;
  const auto claims = ims::unverified_claims(token.reveal());
  if (claims && claims->expires_at <= clock.wall_now()) {
    throw Error::configuration("token_expired", cat("The local development token (", kLocalToken, ") expired at ",
                                                    to_rfc3339(claims->expires_at), '.'))
        .hint(
            "Such a token is valid for 24 hours. Get a new one in AEM's Developer Console, then run: adit import FILE --replace")
        .at(environment_.find(kLocalToken)->origin);
  }
  return token;
}

void AemCall::refuse_untrusted(const Credentials& credentials, const std::vector<std::string>& named) const {
  const auto setting = environment_.origin_of(kClientId);
  if (!own_ || !setting || !credentials.secret_origin()) return;
  api::ApiHosts hosts;
  for (const auto& pattern : named) hosts.add(pattern);
  if (hosts.contains(url_)) return;
  refuse_untrusted_destination(*credentials.secret_origin(), *setting,
                               cat("name the host with --api-host, or set ", kClientId, " in the environment"));
}

std::string AemCall::why_no_token() const {
  if (!is_aem_) return {};
  const auto own = aem_environment_of_client(client_id_);
  if (own_) return "no token is sent to this environment of AEM without TLS: write https://";
  if (own)
    return cat("no token is sent to this environment of AEM: ", kClientId, " is of program ", own->program,
               ", environment ", own->environment, "; --api-host names further hosts");
  if (!trim(environment_.get_or(kLocalToken, "")).empty())
    return cat(kLocalToken,
               " does not say which environment it is for: name the host with --api-host, or in ADIT_API_HOSTS");
  return cat("no token is sent to this environment of AEM: ", kClientId,
             " is not of AEM as a Cloud Service; --api-host and ADIT_API_HOSTS name hosts that get one");
}

}  // namespace adit::cli
