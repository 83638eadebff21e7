#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adit/base/clock.h"
#include "adit/base/secret.h"

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

#pragma GCC visibility pop
