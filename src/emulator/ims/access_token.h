#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/secret.h"
#include "adit/signing_key.h"

#include "emulator/ims/verified_tokens.h"

namespace adit::emulator {

/// Why a text is not a valid access token, in IMS's words.
enum class TokenFlaw { malformed, wrong_signature, wrong_type, expired, revoked };

/// The flaw for the emulator's log, so that its user sees what to change. Quotes the words that programs send if they
/// have no token (`undefined`), and no other text.
[[nodiscard]] std::string reason_of(TokenFlaw flaw, std::string_view token);

/// The expiry in a token's claims; `nullopt` if they contain none.
[[nodiscard]] std::optional<WallTime> token_expiry(const json::object& claims);

/// The claims of a token to issue.
struct TokenSubject {
  std::string client_id;
  std::string technical_account_id;
  std::string org_id;
  std::vector<std::string> scopes;
};

/// Makes and verifies access tokens of IMS's shape (docs/protocols/ims.md, "The access token"): RS256, numbers as
/// strings of milliseconds. Thread-safe.
class TokenIssuer {
 public:
  explicit TokenIssuer(jwt::SigningKey key);

  struct Issued {
    Secret token;
    /// The claim `id`.
    std::string id;
  };
  [[nodiscard]] Issued issue(const TokenSubject& subject, WallTime now, std::chrono::milliseconds life) const;
  /// The claims of a token that this issuer signed and that is valid at `now`. Does not check whether the token was
  /// revoked; Service::verify does.
  [[nodiscard]] std::variant<json::object, TokenFlaw> verify(std::string_view token, WallTime now) const;
  /// The keys that verify the issuer's tokens.
  [[nodiscard]] jwt::Jwks keys() const;
  [[nodiscard]] const std::string& key_id() const { return key_id_; }

 private:
  jwt::SigningKey key_;
  jwt::PublicKey public_key_;
  std::string key_id_;
  mutable VerifiedTokens verified_;
};

}  // namespace adit::emulator
