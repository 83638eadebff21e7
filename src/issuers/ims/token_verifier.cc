#include "adit/token_verifier.h"

#include <algorithm>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"

namespace adit::ims {
namespace {

/// IMS's clock and ours may differ by this. A token that was created later, by our clock, is not accepted.
constexpr std::chrono::minutes kFuture{5};

Error not_a_jwt(std::string_view what) {
  return Error::failure("invalid_jws", cat("This is not an access token that can be read: ", what, '.'))
      .hint("An access token of IMS is a JWT: header.claims.signature.");
}

std::string own_as(const Ims& ims) {
  const std::string_view url = ims.url;
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kDomain = ".adobelogin.com";
  if (!url.starts_with(kScheme) || !url.ends_with(kDomain)) return {};
  return std::string(url.substr(kScheme.size(), url.size() - kScheme.size() - kDomain.size()));
}

TokenVerifierOptions with_as(TokenVerifierOptions options, const Ims& ims) {
  if (options.as.empty()) options.as = own_as(ims);
  return options;
}

}  // namespace

struct TokenVerifier::State {
  [[nodiscard]] bool signature_fits(std::string_view encoded_header, std::string_view signing_input,
                                    std::string_view signature) const;
  void check_claims(const TokenClaims& claims) const;

  std::shared_ptr<KeyCache> keys;
  TokenVerifierOptions options;
  const Clock& clock;
};

TokenVerifier::TokenVerifier(const Ims& ims, http::Transport& transport, TokenVerifierOptions options,
                             const Clock& clock)
    : TokenVerifier(std::make_shared<KeyCache>(
                        [client = std::make_shared<Client>(ims, transport, clock)] { return client->keys(); },
                        KeyCacheOptions{}, clock),
                    with_as(std::move(options), ims), clock) {}

TokenVerifier::TokenVerifier(std::shared_ptr<KeyCache> keys, TokenVerifierOptions options, const Clock& clock)
    : state_(std::make_shared<const State>(State{std::move(keys), std::move(options), clock})) {}

KeyCache& TokenVerifier::keys() const { return *state_->keys; }

TokenClaims TokenVerifier::verify(std::string_view token) const {
  if (token.size() > jwt::kMaxCompactBytes) throw not_a_jwt("it is too long");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    throw not_a_jwt("it does not have three parts");
  const auto signature = base64url_decode(token.substr(second + 1));
  if (!signature) throw not_a_jwt("its signature is not base64url");
  if (!state_->signature_fits(token.substr(0, first), token.substr(0, second), *signature))
    throw Error::failure("invalid_signature", "The token's signature is not valid: it was not made with this key.")
        .hint("It was changed, or another IMS issued it.");
  const auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
  if (!payload) throw not_a_jwt("its claims are not base64url");
  auto claims = read_token_claims(jwt::parse_claims(*payload));
  if (!claims) throw not_a_jwt("it has no `created_at` and `expires_in`");
  state_->check_claims(*claims);
  return *std::move(claims);
}

bool TokenVerifier::State::signature_fits(std::string_view encoded_header, std::string_view signing_input,
                                          std::string_view signature) const {
  auto set = keys->keys();
  const auto parts = jwt::parse_compact(cat(encoded_header, ".."));
  if (string_member(parts.header, "alg") != "RS256")
    throw Error::failure(
        "invalid_signature",
        "The token's signature is not valid: IMS signs with RS256, and its header names another algorithm.")
        .hint("It was changed, or IMS did not issue it.");
  const auto key_id = string_member(parts.header, "kid");
  const auto* key = set->find(key_id);
  if (key == nullptr) {
    set = keys->newer_than(set);
    key = set->find(key_id);
  }
  if (key == nullptr)
    throw Error::failure("unknown_key", "The token's `kid` names no key of this IMS.")
        .hint("The token may be from another IMS (production, stage, an emulator).");
  return key->verify(jwt::Algorithm::RS256, signing_input, signature);
}

void TokenVerifier::State::check_claims(const TokenClaims& claims) const {
  const auto refuse = [](std::string code, std::string message, std::string hint) {
    throw Error::failure(std::move(code), std::move(message)).hint(std::move(hint));
  };
  const auto among = [](const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  if (claims.type != "access_token")
    refuse("wrong_token_type", "The token is not an access token.", "Send an access token.");
  if (!options.as.empty() && claims.as != options.as)
    refuse("wrong_issuer", cat("The token was not issued by ", options.as, '.'), "Fetch it from that IMS.");
  if (!options.client_ids.empty() && !among(options.client_ids, claims.client_id))
    refuse("wrong_client", "The token was issued to a client that is not accepted here.", "");
  for (const auto& scope : options.scopes) {
    if (!among(claims.scopes, scope))
      refuse("missing_scope", cat("The token lacks the scope ", scope, '.'), "Ask for it when fetching the token.");
  }
  const auto now = clock.wall_now();
  if (now >= claims.expires_at + options.leeway)
    refuse("token_expired", cat("The token expired at ", to_rfc3339(claims.expires_at), '.'), "Fetch a new one.");
  if (claims.created_at > now + kFuture + options.leeway)
    refuse("token_not_yet_valid",
           cat("The token was created at ", to_rfc3339(claims.created_at), ", which is in the future."),
           "Set this machine's clock; timedatectl shows whether it is synchronised.");
}

}  // namespace adit::ims
