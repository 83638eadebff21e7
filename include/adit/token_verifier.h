#pragma once

// Checks an access token of IMS (docs/protocols/ims.md) that a caller sent: TokenVerifier checks its signature without
// asking IMS, and token::validate() asks IMS. Throws adit::Error, see TokenVerifier. Times are in milliseconds.
// Thread-safe.
//
//     auto& http = adit::http::Client::shared();
//     const adit::ims::TokenVerifier verifier(adit::ims::Ims::prod(), http, {.client_ids = {"me"}});
//     const auto claims = verifier.verify("eyJ…");
//     const auto answer = adit::token::validate(adit::Secret("eyJ…"));  // asks IMS; the answer is kept for 5 minutes
//     const bool is_valid = answer.valid && claims.client_id == "me";

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// The claims of an access token of IMS (docs/protocols/ims.md, "The access token").
struct TokenClaims {
  std::string id;
  std::string type;
  std::string client_id;
  std::string user_id;
  /// The IMS that issued the token: `ims-na1`.
  std::string as;
  std::vector<std::string> scopes;
  WallTime created_at{};
  /// `created_at + expires_in`.
  WallTime expires_at{};
  /// All claims, unchanged.
  json::object all;
};

/// Reads the claims. Returns nullopt if `created_at` or `expires_in` is missing, or is not a number of milliseconds (as
/// a number or a string) within the years 1970 to 9999.
[[nodiscard]] std::optional<TokenClaims> read_token_claims(json::object claims);
/// Reads the claims of a token without verifying it. Use them only to find out which IMS to ask.
[[nodiscard]] std::optional<TokenClaims> unverified_claims(std::string_view token);
/// Returns `https://{as}.adobelogin.com`, or nullopt if `as` cannot be the name of an IMS: it may come from an
/// unverified token.
[[nodiscard]] std::optional<Ims> ims_of(std::string_view as);

/// The keys of a JWK Set that verify RS256. Immutable and thread-safe.
class KeySet {
 public:
  explicit KeySet(const jwt::Jwks& keys);

  /// Returns the key with this id, or nullptr if there is none.
  [[nodiscard]] const jwt::PublicKey* find(std::string_view key_id) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  std::vector<jwt::Jwk> keys_;
};

struct KeyCacheOptions {
  /// A set that is older than this is fetched again at the next use.
  std::chrono::milliseconds max_age = std::chrono::hours(1);
  /// The shortest time between two fetches: any number of unknown key ids causes one request in this time.
  std::chrono::milliseconds min_interval = std::chrono::seconds(30);
  /// The shortest time between two fetches while there is no set. It is short, because no token can be verified without
  /// a set, for example when a program starts before its network. Until it has passed, callers get the last fetch's
  /// error at once.
  std::chrono::milliseconds retry_interval = std::chrono::seconds(1);
  /// How long a set is used beyond `max_age` while fetches fail.
  std::chrono::milliseconds max_stale = std::chrono::hours(24);
  /// How long callers that need a fetch's result wait for it, counted from the start of the fetch. After that, they get
  /// an error or the present set.
  std::chrono::milliseconds longest_wait = std::chrono::seconds(10);
};

/// The signing keys of an issuer. They are fetched when they are first needed, when they are older than `max_age`, and
/// when a key id is unknown. A fetch runs on its own thread, one at a time. Callers that have a usable set continue
/// with it; the others wait for the fetch, at most for `longest_wait`. A thread that has read the present set before
/// takes no lock to read it again. Any exception of the fetch becomes an Error of the callers. Thread-safe.
class KeyCache {
 public:
  using Fetch = std::function<jwt::Jwks()>;
  explicit KeyCache(Fetch fetch, KeyCacheOptions options = {}, const Clock& clock = Clock::system());
  /// Waits until a running fetch has ended.
  ~KeyCache();
  KeyCache(const KeyCache&) = delete;
  KeyCache& operator=(const KeyCache&) = delete;

  /// Returns the present set. If there is no usable set, throws the error of the last fetch, or `keys_pending`
  /// (retryable) if the fetch takes longer than `longest_wait`.
  [[nodiscard]] std::shared_ptr<const KeySet> keys();
  /// Returns a newer set than `seen`, which lacks a key. Returns `seen` if `min_interval` has not passed, or the fetch
  /// fails or takes too long.
  [[nodiscard]] std::shared_ptr<const KeySet> newer_than(const std::shared_ptr<const KeySet>& seen);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct TokenVerifierOptions {
  /// The clients whose tokens are accepted. Empty: those of all clients.
  std::vector<std::string> client_ids{};
  /// The scopes that the token must have, all of them.
  std::vector<std::string> scopes{};
  /// The `as` that is accepted. Empty: for an IMS at `https://{as}.adobelogin.com`, its own; for others, any.
  std::string as{};
  /// How wrong this machine's clock may be.
  std::chrono::milliseconds leeway{0};
};

/// Verifies access tokens of IMS without asking IMS: the RS256 signature, with the key that `kid` names; `type`, which
/// must be access_token; `as`; and the expiry, `created_at + expires_in`. It does not detect that a token was revoked:
/// Client::validate() and token::validate() ask IMS. Thread-safe.
///
/// Throws Error: `invalid_jws` (not a JWT), `unknown_key`, `invalid_signature`, `wrong_token_type`, `wrong_issuer`,
/// `wrong_client`, `missing_scope`, `token_expired`, `token_not_yet_valid`; and what fetching the keys throws.
class TokenVerifier {
 public:
  /// Uses the keys of this IMS, fetched through `transport`.
  TokenVerifier(const Ims& ims, http::Transport& transport, TokenVerifierOptions options = {},
                const Clock& clock = Clock::system());
  TokenVerifier(std::shared_ptr<KeyCache> keys, TokenVerifierOptions options, const Clock& clock = Clock::system());
  TokenVerifier(const TokenVerifier&) = default;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  [[nodiscard]] TokenClaims verify(std::string_view token) const;
  [[nodiscard]] KeyCache& keys() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace adit::ims

namespace adit::token {

struct ValidationOptions {
  /// How long IMS's answers for valid and invalid tokens are remembered, as in `@adobe/aio-lib-ims`. For a valid token
  /// that is never longer than until its expiry.
  std::chrono::milliseconds valid_for = std::chrono::minutes(5);
  std::chrono::milliseconds invalid_for = std::chrono::minutes(5);
  /// How many answers of each kind are remembered. If there are more, the one that would expire first is removed.
  std::size_t max_valid = 10'000;
  std::size_t max_invalid = 10'000;
};

/// A cache of IMS's answers about tokens. Valid and invalid tokens are kept apart, so that many invalid ones do not
/// remove the valid ones. The cache keeps a SHA-256 of token and client id, and the claims of valid tokens. Concurrent
/// calls for one token share one request. Failures (no answer, throttling) are not remembered. Thread-safe.
class Validations {
 public:
  using Ask = std::function<ims::Validation(const Secret& token, const std::string& client_id)>;
  explicit Validations(Ask ask, ValidationOptions options = {}, const Clock& clock = Clock::system());
  ~Validations();
  Validations(const Validations&) = delete;
  Validations& operator=(const Validations&) = delete;

  /// Returns IMS's answer. Throws what the function `ask` throws.
  [[nodiscard]] std::shared_ptr<const ims::Validation> check(const Secret& token, const std::string& client_id);
  /// The number of answers of both kinds.
  [[nodiscard]] std::size_t size() const;
  void clear();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The result of validate().
struct ValidatedToken {
  bool valid = false;
  std::string reason{};
  std::string client_id{};
  std::vector<std::string> scopes{};
  json::object claims{};
};

/// Asks IMS (Ims::from_process() by default) whether a token is valid, through a cache that the process shares. If
/// `client_id` is empty, it is taken from the token: then tokens of all clients are valid, and the program must check
/// the client itself. A text that cannot be an access token is invalid without a request. Throws IMS's Error.
[[nodiscard]] ValidatedToken validate(const Secret& token, const std::string& client_id = {},
                                      const std::optional<ims::Ims>& ims = std::nullopt);

}  // namespace adit::token

#pragma GCC visibility pop
