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

/// The same for the emulator's log, so that its user sees what to change. Quotes a word that a program writes in place
/// of a token that it does not have (`undefined`), and no other text.
[[nodiscard]] std::string reason_of(TokenFlaw flaw, std::string_view token);

/// When a token of these claims ends; nothing if they do not say.
[[nodiscard]] std::optional<WallTime> token_expiry(const json::object& claims);

/// What a token is to say.
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
    /// Its claim `id`.
    std::string id;
  };
  [[nodiscard]] Issued issue(const TokenSubject& subject, WallTime now, std::chrono::milliseconds life) const;
  /// The claims of a token of ours that is valid at `now`, unless it was revoked: Service::verify knows that.
  [[nodiscard]] std::variant<json::object, TokenFlaw> verify(std::string_view token, WallTime now) const;
  /// The keys that verify our tokens.
  [[nodiscard]] jwt::Jwks keys() const;
  [[nodiscard]] const std::string& key_id() const { return key_id_; }

 private:
  jwt::SigningKey key_;
  jwt::PublicKey public_key_;
  std::string key_id_;
  mutable VerifiedTokens verified_;
};

}  // namespace adit::emulator
