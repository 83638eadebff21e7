#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// Where a token came from when this process first had it.
enum class Origin { exchange, store };

/// A token as the engine keeps it; never changed after it is made.
struct Issued {
  Secret value;
  std::string type = "bearer";
  std::vector<std::string> scopes;
  std::chrono::milliseconds life{0};
  /// By this machine's wall clock, for people; what counts is the next.
  WallTime expires_at{};
  MonotonicTime expires_at_monotonic{};
  /// From here on it should be replaced; from there on it is not handed out without a special wish.
  MonotonicTime refresh_at{};
  MonotonicTime usable_until{};
  Origin origin = Origin::exchange;
  /// Number of its record in the store (TokenStore); 0 where it is in none.
  std::uint64_t fence = 0;
};

/// One thread's share of an issued token.
///
/// Handing out a token must not touch a counter that threads share (std::shared_ptr: 29 ns alone, 256 ns with two
/// threads), and yet a Token may outlive the refresh that replaces it and may go to other threads. So a share has two
/// counts: `local_`, plain, changed only by the thread that owns the share, and `shared_`, atomic, changed by all
/// others. While the thread owns the share, `shared_` stands kBias too high, so that nobody sees it fall to nothing.
/// The owner gives the share up (`retire`) when it has taken a newer one, or ends: then the two counts become one, and
/// whoever lets go last frees it.
class Lease {
 public:
  /// Owned by no thread, held once.
  explicit Lease(std::shared_ptr<const Issued> token) : token_(std::move(token)), owner_(kRetired), shared_(1) {}
  /// Owned by the thread with this number (which is its own).
  Lease(std::shared_ptr<const Issued> token, std::uint64_t owner)
      : token_(std::move(token)), owner_(owner), shared_(kBias) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  [[nodiscard]] const Issued& token() const noexcept { return *token_; }

  void hold() noexcept;
  void let_go() noexcept;
  /// By the owning thread, once.
  void retire() noexcept;

 private:
  static constexpr std::uint64_t kRetired = ~std::uint64_t{0};
  static constexpr std::int64_t kBias = std::int64_t{1} << 40;

  ~Lease() = default;

  const std::shared_ptr<const Issued> token_;
  // Read by every thread, changed by the owner alone: numbers are never used twice, so a thread sees its own number
  // only in a share that it owns, and relaxed order is enough.
  std::atomic<std::uint64_t> owner_;
  std::int64_t local_ = 0;
  std::atomic<std::int64_t> shared_;
};

struct LeaseSlot {
  std::uint64_t generation = 0;
  Lease* lease = nullptr;
};

/// What the present thread has at hand: slots by credential number. Constant-initialised and trivially destroyed, so
/// that reading it costs no guard; thread_leases.cc grows and clears it.
struct ThreadLeases {
  LeaseSlot* slots;
  std::uint64_t mask;
  /// Number of the thread, never used twice; 0 before its first token.
  std::uint64_t number;
};
extern LeaseSlot no_slots[1];
extern constinit thread_local ThreadLeases thread_leases;

inline void Lease::hold() noexcept {
  if (owner_.load(std::memory_order_relaxed) == thread_leases.number) {
    ++local_;
  } else {
    shared_.fetch_add(1, std::memory_order_relaxed);
  }
}

inline void Lease::let_go() noexcept {
  // The analyzer does not follow the counts, and takes every second let_go for one too many.
  if (owner_.load(std::memory_order_relaxed) == thread_leases.number) {  // NOLINT(clang-analyzer-cplusplus.NewDelete)
    --local_;
  } else if (shared_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete this;
  }
}

inline void Lease::retire() noexcept {
  owner_.store(kRetired, std::memory_order_relaxed);
  const auto merged = local_ - kBias;
  if (shared_.fetch_add(merged, std::memory_order_acq_rel) + merged == 0) delete this;
}

}  // namespace token

/// An access token in the hand. Stays what it is, and valid memory, however long it is kept, also after the source has
/// a newer one; may be copied and moved to other threads. Usable wherever a `const Secret&` is asked for. As with any
/// view into a temporary, do not keep a reference to the secret of a Token that is gone.
class Token {
 public:
  Token(const Token& other) noexcept : lease_(other.lease_) {
    if (lease_ != nullptr) lease_->hold();
  }
  Token(Token&& other) noexcept : lease_(std::exchange(other.lease_, nullptr)) {}
  Token& operator=(Token other) noexcept {
    std::swap(lease_, other.lease_);
    return *this;
  }
  ~Token() {
    if (lease_ != nullptr) lease_->let_go();  // NOLINT(clang-analyzer-cplusplus.NewDelete): see Lease::let_go
  }

  [[nodiscard]] const Secret& secret() const noexcept { return lease_->token().value; }
  operator const Secret&() const noexcept { return secret(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::string_view reveal() const noexcept { return secret().reveal(); }
  [[nodiscard]] bool empty() const noexcept { return secret().empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return secret().size(); }
  [[nodiscard]] const std::string& type() const noexcept { return lease_->token().type; }
  [[nodiscard]] const std::vector<std::string>& scopes() const noexcept { return lease_->token().scopes; }
  /// By this machine's wall clock.
  [[nodiscard]] WallTime expires_at() const noexcept { return lease_->token().expires_at; }
  /// By the clock that goes on in suspended machines: what counts.
  [[nodiscard]] MonotonicTime expires_at_monotonic() const noexcept { return lease_->token().expires_at_monotonic; }
  /// From its issue to its end.
  [[nodiscard]] std::chrono::milliseconds life() const noexcept { return lease_->token().life; }
  [[nodiscard]] token::Origin origin() const noexcept { return lease_->token().origin; }

  /// Takes over one hold of the lease.
  explicit Token(token::Lease& held) noexcept : lease_(&held) {}

 private:
  token::Lease* lease_;
};

}  // namespace adit

namespace adit::token {

/// How one credential's token is kept fresh. Times are the caller's; `unit` in the functions below is a random number
/// in [0, 1), so that every rule is exact in a test.
struct RefreshPolicy {
  /// The share of its life after which the next caller starts a refresh in the background; 1 or more: never ahead of
  /// need.
  double refresh_share = 0.8;
  /// Up to this share of the life is added at random, so that a fleet does not move in step.
  double refresh_jitter = 0.05;
  /// A token with less life left is not handed out. IMS issuing tokens that live no longer than this themselves makes
  /// it a fifth of their life; asking for more in one call is an error then.
  std::chrono::milliseconds min_life{60'000};
  /// For one caller's wait, and for one run of attempts.
  std::chrono::milliseconds total_deadline{30'000};
  std::chrono::milliseconds first_backoff{250};
  std::chrono::milliseconds max_backoff{20'000};
  /// How long a refusal (400, 401) is remembered: doubled from the first to the longest.
  std::chrono::milliseconds first_negative{1'000};
  std::chrono::milliseconds max_negative{60'000};

  /// The total deadline is ADIT_TOKEN_TIMEOUT (seconds) where that is set. Throws Error (configuration) where it is no
  /// number.
  static RefreshPolicy from_environment(const Environment& environment);
};

/// The least life that a token of `life` must have left to be handed out without a special wish.
[[nodiscard]] std::chrono::milliseconds effective_min_life(const RefreshPolicy& policy, std::chrono::milliseconds life);

/// From its issue to the moment after which it should be replaced; never later than it can be handed out.
[[nodiscard]] std::chrono::milliseconds refresh_after(const RefreshPolicy& policy, std::chrono::milliseconds life,
                                                      double unit);

/// The wait before try `failures` + 1 (`failures` from 1), exponential with full jitter: anything from 1 ms to
/// first_backoff * 2^(failures-1), at most max_backoff. A server's Retry-After is the least wait then and the jitter
/// comes on top, so that those who were sent away together do not come back together.
[[nodiscard]] std::chrono::milliseconds retry_wait(const RefreshPolicy& policy, int failures, double unit,
                                                   std::optional<std::chrono::milliseconds> retry_after = std::nullopt);

/// How long refusal number `refusals` (from 1) in a row is remembered.
[[nodiscard]] std::chrono::milliseconds negative_period(const RefreshPolicy& policy, int refusals);

/// The wait before looking again whether another process's lock has gone, `looks` from 0: short at first, for exchanges
/// take some 100 ms.
[[nodiscard]] std::chrono::milliseconds lock_poll(int looks, double unit);

}  // namespace adit::token

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
