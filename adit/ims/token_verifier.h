#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adit/ims/client.h"
#include "adit/ims/key_cache.h"
#include "adit/ims/token_claims.h"

#pragma GCC visibility push(default)

namespace adit::ims {

struct TokenVerifierOptions {
  /// Client ids whose tokens count; empty: all.
  std::vector<std::string> client_ids{};
  /// What the token must have.
  std::vector<std::string> scopes{};
  /// The `as` that counts. Empty: for an IMS at `https://{as}.adobelogin.com` that one, for others all.
  std::string as{};
  /// By how much this machine's clock may be wrong.
  std::chrono::milliseconds leeway{0};
};

/// Verifies IMS's access tokens without asking IMS: RS256 by the key that `kid` names, `type` access_token, `as`, and
/// the true end, `created_at + expires_in`. It knows nothing of revocations: Client::validate and
/// adit/token/validation.h ask IMS. Thread-safe.
///
/// Throws Error: `invalid_jws` (no JWT), `unknown_key`, `invalid_signature`, `wrong_token_type`, `wrong_issuer`,
/// `wrong_client`, `missing_scope`, `token_expired`, `token_not_yet_valid`; and what fetching the keys throws.
class TokenVerifier {
 public:
  /// The keys of this IMS, fetched through `transport`.
  TokenVerifier(const Ims& ims, http::Transport& transport, TokenVerifierOptions options = {},
                const Clock& clock = Clock::system());
  TokenVerifier(std::shared_ptr<KeyCache> keys, TokenVerifierOptions options, const Clock& clock = Clock::system());

  [[nodiscard]] TokenClaims verify(std::string_view token) const;
  [[nodiscard]] KeyCache& keys() const { return *keys_; }

 private:
  [[nodiscard]] bool signature_fits(std::string_view encoded_header, std::string_view signing_input,
                                    std::string_view signature) const;
  void judge(const TokenClaims& claims) const;

  std::shared_ptr<KeyCache> keys_;
  TokenVerifierOptions options_;
  const Clock& clock_;
};

}  // namespace adit::ims

#pragma GCC visibility pop
