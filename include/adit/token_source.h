#pragma once

// Returns access tokens for one credential: cached, refreshed before they expire, with one exchange for all callers.
// Times are in milliseconds. Throws adit::Error: IMS's own, `token_timeout` and others (docs/errors.md). Thread-safe.
//
//     auto source = adit::token_source(adit::Credentials::from_env_file(".env"));
//     const auto token = source.get();  // waits only if there is no token yet
//     const auto long_lived = source.get({.min_life = 10min, .timeout = 2s});
//     source.report_rejected(token);    // an API answered 401: the next get() fetches a new token

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/error.h"
#include "adit/ims.h"
#include "adit/secret.h"

#pragma GCC visibility push(default)

namespace adit {

namespace token {

/// Whether this process got a token from an exchange or from the store.
enum class Origin { exchange, store };

struct Issued;
class CredentialSource;

}  // namespace token

/// An access token. Its value never changes, even if the source has a newer token. It converts to `const Secret&`; the
/// reference is valid until the Token is destroyed.
///
/// Thread-safety: as std::shared_ptr's. Copies are cheap, and different threads may use different copies at once.
class Token {
 public:
  [[nodiscard]] const Secret& secret() const noexcept;
  operator const Secret&() const noexcept { return secret(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::string_view reveal() const noexcept { return secret().reveal(); }
  [[nodiscard]] bool empty() const noexcept { return secret().empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return secret().size(); }
  /// `bearer`.
  [[nodiscard]] const std::string& type() const noexcept;
  [[nodiscard]] const std::vector<std::string>& scopes() const noexcept;
  /// By this machine's wall clock, to show to people.
  [[nodiscard]] WallTime expires_at() const noexcept;
  /// By the monotonic clock, which the engine uses.
  [[nodiscard]] MonotonicTime expires_at_monotonic() const noexcept;
  /// The time from issue to expiry.
  [[nodiscard]] std::chrono::milliseconds life() const noexcept;
  [[nodiscard]] token::Origin origin() const noexcept;

  explicit Token(std::shared_ptr<const token::Issued> issued) noexcept : issued_(std::move(issued)) {}

 private:
  std::shared_ptr<const token::Issued> issued_;
};

}  // namespace adit

namespace adit::token {

/// When the token of one credential is refreshed, and how failed exchanges are repeated.
struct RefreshPolicy {
  /// When this share of the token's life has passed, the next caller starts a refresh in the background. 1 or more: the
  /// token is not refreshed ahead of its expiry.
  double refresh_share = 0.8;
  /// A random part of the life, at most this share, is added, so that processes do not refresh at the same time.
  double refresh_jitter = 0.05;
  /// A token with less life left is not returned. If IMS issues tokens with no longer a lifetime than this, the minimum
  /// is a fifth of that lifetime. A call whose own `min_life` is longer than the lifetime then fails
  /// (`token_life_too_short`).
  std::chrono::milliseconds min_life{60'000};
  /// The longest time that one caller waits, and that one series of attempts takes.
  std::chrono::milliseconds total_deadline{30'000};
  /// The wait after the first failed attempt; it doubles with each further one, up to `max_backoff`.
  std::chrono::milliseconds first_backoff{250};
  std::chrono::milliseconds max_backoff{20'000};
  /// How long the issuer's first refusal (an Error that is not retryable(), see Issuer::fetch) is remembered; the time
  /// doubles with each further one, up to `max_negative`.
  std::chrono::milliseconds first_negative{1'000};
  std::chrono::milliseconds max_negative{60'000};

  /// Returns the default policy; its total deadline is ADIT_TOKEN_TIMEOUT (seconds), if that is set. Throws Error
  /// (configuration) if that is not a number.
  static RefreshPolicy from_environment(const Environment& environment);
};

}  // namespace adit::token

namespace adit {

/// The options of one call, in addition to the policy.
struct TokenOptions {
  /// The life that the token must have left. Unlike the policy's minimum, it is not lowered for short-lived tokens.
  std::optional<std::chrono::milliseconds> min_life = std::nullopt;
  /// Return only a token that IMS issues after this call, none from memory or the store.
  bool fresh = false;
  /// The longest wait. Without it, the policy's total deadline.
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
  /// Ends the wait of get() or async_get() with Error `token_cancelled` when a stop is requested. The exchange
  /// continues for other callers.
  std::stop_token stop{};
};

/// What is known about a credential's token without asking IMS.
struct TokenStatus {
  std::optional<Token> token;
  /// IMS's last refusal, as long as it is remembered, and for how long that will still be.
  std::optional<Error> refusal;
  std::optional<std::chrono::milliseconds> refused_for;
  /// The name of the record in the store, and the store's URL without its password. Both are empty without a store.
  std::string record;
  std::string store;
};

/// A thread-safe, copyable handle that returns access tokens for one credential. Copies share the token.
///
/// ```
/// auto source = adit::token_source(adit::Credentials::from_env_file(".env"));
/// const auto token = source.get();  // waits only if there is no token yet
/// ```
///
/// While the token is valid, get() returns it from this thread's memory, in about 15 ns on any number of threads: it
/// takes no lock, allocates no memory, and makes no system call. When 80 % of the token's life has passed, the next
/// caller starts a refresh in the background; until the new token arrives, all callers get the present one. Concurrent
/// callers share one exchange, in this process and, through a store, between processes and hosts. A source that was
/// made before fork() also works in the child process.
class TokenSource {
 public:
  /// Called once, with an Error or with a token.
  using Handler = std::function<void(const std::optional<Error>& error, std::optional<Token> token)>;

  /// Returns a token with at least the policy's `min_life` (60 s) left. If there is none, waits for one, at most for
  /// the policy's `total_deadline` (30 s). Throws Error: IMS's own, or `token_timeout` (retryable).
  Token get();
  /// As get(), with options: `source.get({.min_life = 10min, .timeout = 2s})`. Also throws `token_life_too_short`, if
  /// IMS issues only tokens with a shorter life, and `token_cancelled`.
  Token get(const TokenOptions& options);
  /// As get(), but returns the Error instead of throwing it.
  [[nodiscard]] std::variant<Token, Error> try_get(const TokenOptions& options = {});
  /// As get(), for asynchronous programs; with Boost.Asio use adit/asio.h. If memory has a token, the handler runs
  /// before async_get() returns. Otherwise it runs on a thread of the engine, which it must not block. It always runs
  /// exactly once: at the latest when the timeout has passed, a stop is requested, or the engine is destroyed. An
  /// exception that the handler throws on a thread of the engine is logged.
  void async_get(Handler handler, const TokenOptions& options = {});

  /// Reports that an API rejected this token (401013). If it is the token in use, this source stops using it, also if
  /// the store still has it: the next caller fetches a new one. Does nothing if there is a newer token already. Returns
  /// whether the token was in use. If new tokens are rejected again and again, the engine waits between exchanges.
  bool report_rejected(const Secret& token);
  /// Revokes the token at IMS (invalidate_token/v2), and removes it from memory and from the store. Does nothing if
  /// there is no token. Throws IMS's Error; the token is removed even then.
  void revoke();
  /// Removes the token and IMS's refusals from memory and from the store. IMS still accepts the token. Throws
  /// `store_unavailable`.
  void clear();
  /// Returns what is known without asking IMS. Reads the store if memory has no token. Throws `store_unavailable`.
  [[nodiscard]] TokenStatus status() const;

  explicit TokenSource(std::shared_ptr<token::CredentialSource> source) : source_(std::move(source)) {}

 private:
  std::shared_ptr<token::CredentialSource> source_;
};

/// Returns the process's token source for these credentials; equal credentials share one source. The store is
/// ADIT_TOKEN_STORE (a URL, see token_store.h), by default this process's memory. The IMS is Ims::from_process(). The
/// total deadline is ADIT_TOKEN_TIMEOUT (seconds; default 30). Throws Error (configuration) if a setting is invalid.
[[nodiscard]] TokenSource token_source(const Credentials& credentials);
/// As above, with this IMS and policy instead of those from the settings.
[[nodiscard]] TokenSource token_source(const Credentials& credentials, const ims::Ims& ims,
                                       const token::RefreshPolicy& policy = {});

}  // namespace adit

#pragma GCC visibility pop
