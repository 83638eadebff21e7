#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "adit/token_source.h"

#include "token/engine/flight.h"
#include "token/engine/issued.h"

namespace adit::token {

/// The state of one credential in one engine and one process: its token, its flight, the callers that wait, and the
/// failures that are remembered. CredentialSource finds the state of the present process.
class CredentialState final : public std::enable_shared_from_this<CredentialState> {
 public:
  /// `inherited` is the token that a forked child inherits from its parent, or nullptr.
  CredentialState(std::shared_ptr<const Account> account, std::shared_ptr<EngineContext> context,
                  std::shared_ptr<const Issued> inherited = nullptr);

  Token get();
  Token get(const TokenOptions& options);
  void async_get(TokenSource::Handler handler, const TokenOptions& options);
  bool report_rejected(const Secret& token);
  void revoke();
  void clear();
  TokenStatus status();
  /// Called when the engine ends. Nothing runs in the background any more, so that each call reads the clock. Handlers
  /// that wait are called with an Error.
  void detach() noexcept;

  [[nodiscard]] const std::shared_ptr<const Account>& account() const { return account_; }
  /// Returns this thread's token, if it is the one in use. Takes no lock, so that a forked child can call it on its
  /// parent's state.
  [[nodiscard]] std::shared_ptr<const Issued> token_of_this_thread() const;
  /// The table's epoch when this credential was last used (CredentialTable).
  [[nodiscard]] std::uint32_t used() const { return used_.load(std::memory_order_relaxed); }
  void set_used(std::uint32_t epoch) { used_.store(epoch, std::memory_order_relaxed); }

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// A caller's options, and the numbers of flights and failures when it called.
  struct Caller {
    TokenOptions options;
    std::uint64_t flights = 0;
    std::uint64_t failures = 0;
    /// True if the caller may run a flight's step on its own thread, because it waits as long as a step may take.
    bool steps = false;
  };
  struct Decision {
    std::optional<Token> token;
    std::optional<Error> error;
    /// True if the caller has started a flight, and has to run its first step.
    bool step = false;
    [[nodiscard]] bool is_pending() const { return !token && !error; }
  };
  struct Waiter {
    Caller caller;
    MonotonicTime deadline;
    TokenSource::Handler handler;
    Decision decision{};
    std::optional<std::stop_callback<std::function<void()>>> on_stop{};
  };
  /// A std::list: waiters move from one to another without allocation, so that every handler is called even if memory
  /// is short.
  using Waiters = std::list<Waiter>;

  void mark_used();
  [[nodiscard]] Caller make_caller(const TokenOptions& options);
  [[nodiscard]] std::chrono::milliseconds wait_limit(const TokenOptions& options) const;
  /// Returns what the caller gets. If it has to wait, starts a flight (unless there is one) and returns a pending
  /// decision.
  [[nodiscard]] Decision decide(const Caller& caller);
  [[nodiscard]] Decision decide_safely(const Caller& caller) noexcept;
  [[nodiscard]] std::optional<Error> failure_for(const Caller& caller, MonotonicTime now) const;
  [[nodiscard]] bool is_enough(const Caller& caller, MonotonicTime now) const;
  [[nodiscard]] Token share(MonotonicTime now);
  [[nodiscard]] Error timed_out(const Caller& caller) const;

  [[nodiscard]] bool can_step(const TokenOptions& options) const;
  [[nodiscard]] Decision start_flight(const Caller& caller, MonotonicTime now) noexcept;
  void step(bool by_caller = false) noexcept;
  [[nodiscard]] bool go_on(Flight::Outcome& outcome, const Flight& flight) noexcept;
  void finish(Flight::Outcome outcome, const Flight& flight) noexcept;
  void apply(Flight::Outcome outcome, const Flight& flight);
  /// Removes the waiters whose decision is not pending, and returns them.
  [[nodiscard]] Waiters take_decided() noexcept;
  static void call_handlers(Waiters decided) noexcept;
  void expire_waiters() noexcept;
  void expire_waiters_at(MonotonicTime time);
  [[nodiscard]] bool decide_waiters_later() noexcept;
  void expire_stopped_waiters() noexcept;
  /// Sets a timer that begins a new generation at this time. Returns false if that failed.
  [[nodiscard]] bool watch(MonotonicTime until);
  void begin_generation();

  const std::shared_ptr<const Account> account_;
  const std::shared_ptr<EngineContext> context_;
  const std::uint64_t number_;
  /// Changes when there is another token, and when the clock has to be read, because a refresh is due or the token
  /// expires soon. A thread whose token has this generation (thread_tokens.h) can return it at once: the engine's
  /// timer, on CLOCK_BOOTTIME, watches the time for all threads. Reading a clock in each call would take 5 ns (coarse,
  /// and stopped while the machine is suspended) or 22 ns (CLOCK_BOOTTIME).
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint32_t> used_{0};

  std::mutex mutex_;
  /// Notified when a flight or the engine has ended.
  std::condition_variable changed_;
  std::shared_ptr<const Issued> token_;
  std::shared_ptr<const Issued> rejected_;
  std::shared_ptr<Flight> flight_;
  /// The number of flights started, and of those that failed.
  std::uint64_t flights_ = 0;
  std::uint64_t failures_ = 0;
  /// The number of the last flight that got a token, and of the last one that got a fresh token.
  std::uint64_t token_flight_ = 0;
  std::uint64_t fresh_flight_ = 0;
  int failures_in_row_ = 0;
  int refusals_in_row_ = 0;
  int early_rejections_ = 0;
  std::optional<Error> last_error_;
  std::optional<Refusal> refusal_;
  MonotonicTime not_before_{};
  MonotonicTime watched_{};
  bool shared_before_ = false;
  Waiters waiters_;
  bool detached_ = false;
};

}  // namespace adit::token
