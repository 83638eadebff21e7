#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adit/base/error.h"
#include "adit/base/secret.h"
#include "adit/credentials/credentials.h"
#include "adit/ims/environment.h"
#include "adit/token/refresh_policy.h"
#include "adit/token/token.h"

#pragma GCC visibility push(default)

namespace adit {

namespace token {

class CredentialState;

/// The part of a credential's state that cached calls read: one cache line that changes a few times in a token's life.
struct alignas(64) SourceHead {
  /// Which state of affairs this is; moves when another token is there, and when the time has come to look at the clock
  /// (to refresh, or because the token's end is near). A thread whose share was taken under the same number needs to
  /// ask nothing else: the engine's timer, on CLOCK_BOOTTIME, watches the time for all. Reading a clock here would cost
  /// 5 ns (coarse, and blind to suspension) or 22 ns (CLOCK_BOOTTIME).
  std::atomic<std::uint64_t> generation{0};
  std::atomic<std::uint32_t> used{0};
  const std::atomic<std::uint32_t>* epoch = nullptr;
  std::uint64_t number = 0;
};

}  // namespace token

/// What one call asks for beyond the policy.
struct TokenWish {
  /// The token must live at least this long still; asked for exactly, unlike the policy's default.
  std::optional<std::chrono::milliseconds> min_life = std::nullopt;
  /// Neither from memory nor from the store: a token issued after this call.
  bool fresh = false;
  /// How long to wait; the policy's total deadline where nothing is said.
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
};

/// What is known of a credential's token without asking IMS.
struct TokenStatus {
  std::optional<Token> token;
  /// IMS's refusal, while it is remembered.
  std::optional<Error> refusal;
  std::optional<std::chrono::milliseconds> refused_for;
  /// Name of the record, and the store's URL without password; empty where there is no store.
  std::string record;
  std::string store;
};

/// Where a program takes the access token of one credential from. A handle: copies share the source. Thread-safe.
///
/// While the token has life, get() answers from the thread's memory: no lock, no allocation, no throw, some 3 ns on any
/// number of threads. The first call of a thread after a change takes the credential's lock for a moment. Past 80 % of
/// its life the next caller starts a refresh in the background and everyone goes on with the token in hand. Concurrent
/// callers share one exchange, in this process and, through the store, between processes and hosts.
class TokenSource {
 public:
  /// Called with an Error or a token, once.
  using Handler = std::function<void(const std::optional<Error>& error, std::optional<Token> token)>;

  /// A token with the policy's minimum of life left (60 s). Waits where there is none, up to the policy's total
  /// deadline (30 s). Throws Error: IMS's own, or `token_timeout` (retryable).
  Token get() {
    const auto& slot = token::thread_leases.slots[head_->number & token::thread_leases.mask];
    if (slot.generation != head_->generation.load(std::memory_order_acquire)) [[unlikely]]
      return get(TokenWish{});
    if (const auto epoch = head_->epoch->load(std::memory_order_relaxed);
        head_->used.load(std::memory_order_relaxed) != epoch) [[unlikely]] {
      head_->used.store(epoch, std::memory_order_relaxed);
    }
    slot.lease->hold();
    return Token(*slot.lease);
  }
  /// As get(), with a wish: `source.get({.min_life = 10min, .timeout = 2s})`. Throws `token_life_too_short` where IMS
  /// issues none that lives so long.
  Token get(const TokenWish& wish);
  /// The token in memory, if it fulfils the policy; never waits, asks nobody, starts no refresh.
  [[nodiscard]] std::optional<Token> cached() const;
  /// For asynchronous programs. Where the token is at hand the handler runs before async_get returns; otherwise on a
  /// thread of the engine, which it must not hold up. It runs once in any case, at the latest when the timeout has
  /// passed or the engine ends. What it throws on a thread of the engine is logged, and goes no further.
  void async_get(Handler handler, const TokenWish& wish = {});

  /// An API refused this token (401013). If it is the one in use it is given up, everywhere, and the next caller
  /// fetches a new one, once; if a newer one is there already nothing happens. True where it was given up. Tokens that
  /// are refused as soon as they are issued slow the exchanges down.
  bool refused(const Secret& token);
  /// Makes the token worthless at IMS (invalidate_token/v2) and forgets it, here and in the store. Nothing where there
  /// is none. Throws IMS's Error; it is forgotten even then.
  void revoke();
  /// Forgets the token and IMS's refusals, here and in the store; IMS goes on to honour the token. Throws
  /// `store_unavailable`.
  void clear();
  /// Asks the store where memory has nothing. Throws `store_unavailable`.
  [[nodiscard]] TokenStatus status() const;

  explicit TokenSource(std::shared_ptr<token::CredentialState> state);

 private:
  std::shared_ptr<token::CredentialState> state_;
  token::SourceHead* head_;
};

/// The process's source for these credentials: the same one for the same credentials. The store is ADIT_TOKEN_STORE (a
/// URL, see token_store.h; memory alone where unset), the IMS that of Ims::from_process(), the total deadline
/// ADIT_TOKEN_TIMEOUT (seconds; default 30). Throws Error (configuration) for a setting that is none.
[[nodiscard]] TokenSource token_source(const Credentials& credentials);
[[nodiscard]] TokenSource token_source(const Credentials& credentials, const ims::Ims& ims,
                                       const token::RefreshPolicy& policy = {});

}  // namespace adit

#pragma GCC visibility pop
