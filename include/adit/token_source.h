#pragma once

// Access tokens of one credential: cached, refreshed ahead of their end, one exchange for all callers. Times are in
// milliseconds. Throws adit::Error: IMS's own, `token_timeout` and others (docs/errors.md). Thread-safe.
//
//     auto source = adit::token_source(adit::Credentials::from_env_file(".env"));
//     const auto token = source.get();  // waits only if there is no token yet
//     const auto long_lived = source.get({.min_life = 10min, .timeout = 2s});
//     source.report_rejected(token);    // an API said 401: the next get() fetches a new one

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

/// How this process first got a token.
enum class Origin { exchange, store };

struct Issued;
class CredentialSource;

}  // namespace token

/// An access token. It keeps its value for as long as you keep it, also after the source has a newer one. Copies are
/// cheap, and may be moved to other threads; different threads may use different copies at once. Usable wherever a
/// `const Secret&` is expected. A reference to its secret is valid as long as the Token lives.
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
  /// By this machine's wall clock, for people to read.
  [[nodiscard]] WallTime expires_at() const noexcept;
  /// By the clock that goes on while the machine is suspended; the engine uses this one.
  [[nodiscard]] MonotonicTime expires_at_monotonic() const noexcept;
  /// From its issue to its expiry.
  [[nodiscard]] std::chrono::milliseconds life() const noexcept;
  [[nodiscard]] token::Origin origin() const noexcept;

  explicit Token(std::shared_ptr<const token::Issued> issued) noexcept : issued_(std::move(issued)) {}

 private:
  std::shared_ptr<const token::Issued> issued_;
};

}  // namespace adit

namespace adit::token {

/// How the token of one credential is kept fresh.
struct RefreshPolicy {
  /// When this share of its life has passed, the next caller starts a refresh in the background. 1 or more: no refresh
  /// ahead of need.
  double refresh_share = 0.8;
  /// Up to this share of the life is added at random, so that many processes do not refresh at the same moment.
  double refresh_jitter = 0.05;
  /// A token with less life left is not returned. If IMS issues tokens that live no longer than this, a fifth of their
  /// life is used instead; asking for more in one call is an error then.
  std::chrono::milliseconds min_life{60'000};
  /// For one caller's wait, and for one series of attempts.
  std::chrono::milliseconds total_deadline{30'000};
  std::chrono::milliseconds first_backoff{250};
  std::chrono::milliseconds max_backoff{20'000};
  /// How long a refusal (400, 401) is remembered: doubled each time, from the first to the longest.
  std::chrono::milliseconds first_negative{1'000};
  std::chrono::milliseconds max_negative{60'000};

  /// The total deadline is ADIT_TOKEN_TIMEOUT (seconds) if that is set. Throws Error (configuration) if it is not a
  /// number.
  static RefreshPolicy from_environment(const Environment& environment);
};

}  // namespace adit::token

namespace adit {

/// What one call asks for beyond the policy.
struct TokenOptions {
  /// The token must live at least this much longer. Unlike the policy's minimum, this is exact.
  std::optional<std::chrono::milliseconds> min_life = std::nullopt;
  /// Takes no token from memory or from the store, only one that is issued after this call.
  bool fresh = false;
  /// How long to wait; without it, the policy's total deadline.
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
  /// Ends the wait of get() or async_get() with Error `token_cancelled` when a stop is requested. The exchange goes on
  /// for others.
  std::stop_token stop{};
};

/// What is known of a credential's token without asking IMS.
struct TokenStatus {
  std::optional<Token> token;
  /// IMS's refusal, while it is remembered.
  std::optional<Error> refusal;
  std::optional<std::chrono::milliseconds> refused_for;
  /// The record's name, and the store's URL without its password; empty without a store.
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
/// While the token is valid, get() returns it from this thread's memory: no lock, no allocation, no system call, about
/// 10 ns on any number of threads. When 80 % of its life has passed, the next caller starts a refresh in the background
/// and all go on with the token that is there. Concurrent callers share one exchange: in this process and, through a
/// store, between processes and hosts. A source that was made before fork() works in the child, too.
class TokenSource {
 public:
  /// Called once, with an Error or a token.
  using Handler = std::function<void(const std::optional<Error>& error, std::optional<Token> token)>;

  /// Returns a token with the policy's minimum of life left (60 s). Waits if there is none, up to the policy's total
  /// deadline (30 s). Throws Error: IMS's own, or `token_timeout` (retryable).
  Token get();
  /// As get(), with options: `source.get({.min_life = 10min, .timeout = 2s})`. Throws also `token_life_too_short` if
  /// IMS issues no token that lives so long, and `token_cancelled`.
  Token get(const TokenOptions& options);
  /// As get(), but returns the Error instead of throwing it.
  [[nodiscard]] std::variant<Token, Error> try_get(const TokenOptions& options = {});
  /// For asynchronous programs. If a token is at hand, the handler runs before async_get() returns; otherwise on a
  /// thread of the engine, which it must not block. It runs once in any case, at the latest when the timeout has
  /// passed, a stop is requested or the engine ends. For Boost.Asio: adit/asio.h. An exception that it throws on a
  /// thread of the engine is logged.
  void async_get(Handler handler, const TokenOptions& options = {});

  /// Reports that an API rejected this token (401013). If it is the one in use, it is dropped, here and in the store,
  /// and the next caller fetches a new one; if there is a newer one already, nothing happens. Returns whether it was
  /// dropped. Tokens that are rejected as soon as they are issued slow the exchanges down.
  bool report_rejected(const Secret& token);
  /// Revokes the token at IMS (invalidate_token/v2) and forgets it, here and in the store. Does nothing if there is
  /// none. Throws IMS's Error; the token is forgotten even then.
  void revoke();
  /// Forgets the token and IMS's refusals, here and in the store; IMS still accepts the token. Throws
  /// `store_unavailable`.
  void clear();
  /// Asks the store if memory has no token. Throws `store_unavailable`.
  [[nodiscard]] TokenStatus status() const;

  explicit TokenSource(std::shared_ptr<token::CredentialSource> source) : source_(std::move(source)) {}

 private:
  std::shared_ptr<token::CredentialSource> source_;
};

/// The process's source for these credentials: the same credentials share one. The store is ADIT_TOKEN_STORE (a URL,
/// see token_store.h; without it, this process's memory), the IMS is Ims::from_process(), the total deadline is
/// ADIT_TOKEN_TIMEOUT (seconds; default 30). Throws Error (configuration) if a setting is invalid.
[[nodiscard]] TokenSource token_source(const Credentials& credentials);
[[nodiscard]] TokenSource token_source(const Credentials& credentials, const ims::Ims& ims,
                                       const token::RefreshPolicy& policy = {});

}  // namespace adit

#pragma GCC visibility pop
