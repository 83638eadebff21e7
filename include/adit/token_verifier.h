#pragma once

// Whether an access token that somebody sent is valid: by its signature, without asking IMS, or by IMS's own word.
// Throws adit::Error, see TokenVerifier. Thread-safe.
//
//     auto& http = adit::http::Client::shared();
//     const adit::ims::TokenVerifier verifier(adit::ims::Ims::prod(), http, {.client_ids = {"me"}});
//     const auto claims = verifier.verify("eyJ…");
//     const auto answer = adit::token::validate(adit::Secret("eyJ…"));  // asks IMS; the answer is kept for 5 minutes
//     const bool is_valid = answer.valid && claims.client_id == "me";

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// What IMS writes into an access token (docs/protocols/ims.md, "The access token").
struct TokenClaims {
  std::string id;
  std::string type;
  std::string client_id;
  std::string user_id;
  /// Which IMS issued it: `ims-na1`.
  std::string as;
  std::vector<std::string> scopes;
  WallTime created_at{};
  /// `created_at + expires_in`.
  WallTime expires_at{};
  /// All of them, as they stand in the token.
  json::object all;
};

/// Nothing where `created_at` or `expires_in` is not there, or is not a number of milliseconds (as text or number)
/// within the years 1970 to 9999.
[[nodiscard]] std::optional<TokenClaims> read_token_claims(json::object claims);
/// Of a token whose signature nobody looked at: good for knowing whom to ask, and for nothing else.
[[nodiscard]] std::optional<TokenClaims> unverified_claims(std::string_view token);
/// `https://{as}.adobelogin.com`; nothing for an `as` that is not a name of an IMS, which an unverified token may hold.
[[nodiscard]] std::optional<Ims> ims_of(std::string_view as);

/// A number that came as number or as text; nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> whole_number(const json::value* value);

/// The keys of a JWK Set that verify RS256. Never changed after it is made; thread-safe.
class KeySet {
 public:
  explicit KeySet(const jwt::Jwks& keys);

  /// The key with this id; nullptr if there is none.
  [[nodiscard]] const jwt::PublicKey* find(std::string_view key_id) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  std::vector<jwt::Jwk> keys_;
};

struct KeyCacheOptions {
  /// After this long the set is fetched anew when it is asked for.
  std::chrono::milliseconds max_age = std::chrono::hours(1);
  /// Between two fetches, whatever the reason: so many unknown key ids as may come cost one request in this time.
  std::chrono::milliseconds min_interval = std::chrono::seconds(30);
  /// The same while there is no set at all, when no token can be judged: a program that starts before its network must
  /// not stay blind for long. Within it callers get the last fetch's error at once.
  std::chrono::milliseconds retry_interval = std::chrono::seconds(1);
  /// How long a set serves beyond its age while no newer one can be had.
  std::chrono::milliseconds max_stale = std::chrono::hours(24);
  /// How long after its beginning a fetch is waited for, by those who cannot do without its answer. Later ones get an
  /// error, or the set that there is, at once.
  std::chrono::milliseconds longest_wait = std::chrono::seconds(10);
};

/// The signing keys of an issuer, fetched when first needed, again when they are old, and when a key id is unknown.
/// Thread-safe. A fetch runs on its own thread, one at a time: callers that have a usable set go on with it, and
/// those that need the fetch's answer wait for it, for `longest_wait` at most. Reading takes no lock while the thread
/// has seen the present set before. What the fetch throws, of whatever type, is an Error of the callers.
class KeyCache {
 public:
  using Fetch = std::function<jwt::Jwks()>;
  explicit KeyCache(Fetch fetch, KeyCacheOptions options = {}, const Clock& clock = Clock::system());
  /// Waits for a fetch under way, so for as long as that may take.
  ~KeyCache();
  KeyCache(const KeyCache&) = delete;
  KeyCache& operator=(const KeyCache&) = delete;

  /// The present set. Throws what the last fetch threw where there is none that may still serve; whoever asks after
  /// `retry_interval` fetches again; `keys_pending` (retryable) where the fetch takes longer than `longest_wait`.
  [[nodiscard]] std::shared_ptr<const KeySet> keys();
  /// A set newer than `seen`, in which a key was not found; `seen` itself if the interval forbids another fetch, the
  /// fetch fails or takes too long.
  [[nodiscard]] std::shared_ptr<const KeySet> newer_than(const std::shared_ptr<const KeySet>& seen);
  /// Waits until no fetch is under way.
  void settle() const;
  /// How often the fetch was called.
  [[nodiscard]] std::uint64_t fetches() const { return fetches_.load(std::memory_order_relaxed); }

 private:
  using Lock = std::unique_lock<std::mutex>;
  [[nodiscard]] std::shared_ptr<const KeySet> present() const;
  [[nodiscard]] bool usable() const;
  [[nodiscard]] bool fetch_allowed() const;
  void start_fetch();
  void fetch() noexcept;
  void take_in(std::shared_ptr<const KeySet> fresh);
  void wait_for_fetch(Lock& lock) const;

  const Fetch fetch_;
  const KeyCacheOptions options_;
  const Clock& clock_;
  /// Tells this cache from others in threads' memory; never used twice.
  const std::uint64_t number_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> fetches_{0};
  /// When the set is due for a fetch, and when it must not serve any more: MonotonicTime's count.
  std::atomic<std::int64_t> due_{0};
  std::atomic<std::int64_t> useless_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable fetched_;
  bool fetching_ = false;
  /// By the real clock, as the wait is, whatever the injected one says.
  std::chrono::steady_clock::time_point fetch_begin_{};
  std::thread thread_;
  std::optional<MonotonicTime> last_fetch_;
  std::optional<Error> last_error_;
  std::shared_ptr<const KeySet> set_;
};

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
/// include/adit/token_verifier.h ask IMS. Thread-safe.
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
  void check_claims(const TokenClaims& claims) const;

  std::shared_ptr<KeyCache> keys_;
  TokenVerifierOptions options_;
  const Clock& clock_;
};

}  // namespace adit::ims

namespace adit::token {

struct ValidationOptions {
  /// How long IMS's word is believed: as in `@adobe/aio-lib-ims`. A valid token's is never believed beyond the token's
  /// own end.
  std::chrono::milliseconds valid_for = std::chrono::minutes(5);
  std::chrono::milliseconds invalid_for = std::chrono::minutes(5);
  /// Of each kind; the one that goes first is the one that would be forgotten soonest.
  std::size_t max_valid = 10'000;
  std::size_t max_invalid = 10'000;
};

/// IMS's judgement of tokens, remembered. Valid and invalid tokens have memories of their own, so that a flood of wrong
/// ones drives out no right one; what is kept is a SHA-256 of token and client id, and of a valid token its claims.
/// Concurrent questions for one token share one call. Failures (no answer, throttling) are not remembered. Thread-safe.
class Validations {
 public:
  using Ask = std::function<ims::Validation(const Secret& token, const std::string& client_id)>;
  explicit Validations(Ask ask, ValidationOptions options = {}, const Clock& clock = Clock::system());
  ~Validations();
  Validations(const Validations&) = delete;
  Validations& operator=(const Validations&) = delete;

  /// Throws what asking throws.
  [[nodiscard]] std::shared_ptr<const ims::Validation> check(const Secret& token, const std::string& client_id);
  /// Of both kinds.
  [[nodiscard]] std::size_t size() const;
  void clear();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What `validate()` says.
struct ValidatedToken {
  bool valid = false;
  std::string reason{};
  std::string client_id{};
  std::vector<std::string> scopes{};
  json::object claims{};
};

/// Asks the process's IMS (Ims::from_process(), or the one given), through a memory that the process shares. An empty
/// `client_id` is taken from the token: then the token of any client counts, and who may call is the caller's to check.
/// A text that can be no access token is invalid without a question. Throws IMS's Error.
[[nodiscard]] ValidatedToken validate(const Secret& token, const std::string& client_id = {},
                                      const std::optional<ims::Ims>& ims = std::nullopt);

}  // namespace adit::token

#pragma GCC visibility pop
