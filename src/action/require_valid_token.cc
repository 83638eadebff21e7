#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "adit/action.h"
#include "adit/error.h"
#include "adit/log.h"
#include "adit/token_verifier.h"

#include "base/text/text.h"
#include "issuers/ims/token_failure.h"

namespace adit {
namespace {

bool among(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Returns the process's verifier for the action's IMS, which keeps that IMS's keys.
ims::TokenVerifier verifier() {
  static std::mutex mutex;
  // Never destroyed: threads may call this while the process ends.
  static auto& verifiers = *new std::map<std::string, ims::TokenVerifier>;
  const auto ims = ims::Ims::from_process();
  const std::scoped_lock lock(mutex);
  return verifiers.try_emplace(ims.url, ims, http::Client::shared()).first->second;
}

token::ValidatedToken verify(const Secret& token) {
  try {
    auto claims = verifier().verify(token.reveal());
    return {.valid = true,
            .client_id = std::move(claims.client_id),
            .scopes = std::move(claims.scopes),
            .claims = std::move(claims.all)};
  } catch (const Error& error) {
    if (!ims::says_token_is_invalid(error.code())) throw;
    return {.valid = false, .reason = error.code()};
  }
}

/// Returns 401 if IMS rejected the caller's token, or the client id in it, and 503 for every other error.
Response refusal_of(const Error& error, const TokenRequirements& requirements) {
  log(LogLevel::warn, cat("The caller's token could not be validated: ", error.message()));
  const int status = error.http_status();
  const bool ims_rejected_it = !error.ims_error().empty() && (status == 400 || status == 401 || status == 403);
  // If the action names the client id and IMS rejects that, the action's configuration is wrong.
  if (ims_rejected_it && (requirements.client_id.empty() || error.code() == "invalid_token"))
    return Response::error(401, "the token is not valid");
  return Response::error(503, "the token could not be validated");
}

}  // namespace

std::optional<Response> require_valid_token(const Params& params, const TokenRequirements& requirements) {
  const auto token = bearer_token(params.json());
  if (!token) return Response::error(401, "missing a bearer token in the header 'authorization'");
  token::ValidatedToken outcome;
  try {
    outcome = requirements.check == TokenCheck::by_signature ? verify(*token)
                                                             : token::validate(*token, requirements.client_id);
  } catch (const Error& error) {
    return refusal_of(error, requirements);
  }
  if (!outcome.valid) return Response::error(401, "the token is not valid");
  if ((!requirements.client_id.empty() && outcome.client_id != requirements.client_id) ||
      (!requirements.client_ids.empty() && !among(requirements.client_ids, outcome.client_id)))
    return Response::error(403, "the token's client is not accepted here");
  std::vector<std::string> missing;
  for (const auto& scope : requirements.scopes) {
    if (!among(outcome.scopes, scope)) missing.push_back(scope);
  }
  if (!missing.empty()) return Response::error(403, cat("the token lacks the scope(s) '", join(missing, ","), "'"));
  return std::nullopt;
}

}  // namespace adit
