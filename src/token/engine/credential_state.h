#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "adit/token_source.h"

#include "system/after_fork.h"
#include "token/engine/flight.h"

namespace adit::token {

/// One credential in one engine: its token, its flight, who waits for it, and what is remembered of failures.
class CredentialState final : public SourceHead, public std::enable_shared_from_this<CredentialState> {
 public:
  CredentialState(std::shared_ptr<const Account> account, std::shared_ptr<Surroundings> around);

  Token get(const TokenWish& wish);
  std::optional<Token> cached();
  void async_get(TokenSource::Handler handler, const TokenWish& wish);
  bool refused(const Secret& token);
  void revoke();
  void clear();
  TokenStatus status();
  /// The engine ends: nothing moves by itself any more, so the clock is read at each call; waiting handlers are told.
  void detach() noexcept;

 private:
  using Lock = std::unique_lock<std::mutex>;
  /// While one lives, the token and what is remembered are not to be read, not even by a forked child.
  struct Change {
    explicit Change(std::atomic<bool>& its_mark) : mark(its_mark) { mark = true; }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    ~Change() { mark = false; }
    std::atomic<bool>& mark;
  };

  /// What a caller asked for and what had happened before.
  struct Caller {
    TokenWish wish;
    std::uint64_t flights = 0;
    std::uint64_t failures = 0;
  };
  struct Verdict {
    std::optional<Token> token;
    std::optional<Error> error;
    [[nodiscard]] bool undecided() const { return !token && !error; }
  };
  struct Waiter {
    Caller caller;
    MonotonicTime deadline;
    TokenSource::Handler handler;
    Verdict verdict{};
  };
  /// Moved from one list to another without memory, so that every waiter is told whatever the machine lacks.
  using Waiters = std::list<Waiter>;

  [[nodiscard]] Caller enter(const TokenWish& wish);
  [[nodiscard]] std::chrono::milliseconds patience(const TokenWish& wish) const;
  /// What the caller gets; undecided where it has to wait for the flight, which it has started then.
  [[nodiscard]] Verdict judge(const Caller& caller);
  [[nodiscard]] std::optional<Error> failure_for(const Caller& caller, MonotonicTime now) const;
  [[nodiscard]] bool fulfils(const Caller& caller, MonotonicTime now) const;
  [[nodiscard]] Token share(MonotonicTime now);
  [[nodiscard]] Error timed_out(const Caller& caller) const;

  [[nodiscard]] Verdict judge_safely(const Caller& caller) noexcept;
  [[nodiscard]] std::optional<Error> start_flight(const Caller& caller, MonotonicTime now) noexcept;
  void step() noexcept;
  [[nodiscard]] bool go_on(Flight::Outcome& outcome, const Flight& flight) noexcept;
  void land(Flight::Outcome outcome, const Flight& flight) noexcept;
  void take_in(Flight::Outcome outcome, const Flight& flight);
  /// Those that have their verdict.
  [[nodiscard]] Waiters decide_waiters() noexcept;
  static void tell(Waiters decided) noexcept;
  void expire_waiters() noexcept;
  /// False where nothing could be set to watch the time.
  [[nodiscard]] bool watch(MonotonicTime until);
  void change() { generation.store(next_number(), std::memory_order_release); }
  static std::uint64_t next_number();
  [[nodiscard]] Lock hold();

  const std::shared_ptr<const Account> account_;
  const std::shared_ptr<Surroundings> around_;

  std::mutex mutex_;
  std::condition_variable landed_;
  std::shared_ptr<const Issued> token_;
  std::shared_ptr<const Issued> refused_;
  std::unique_ptr<Flight> flight_;
  /// Flights started; failed ones; and the number of the last one that brought what nobody had before.
  std::uint64_t flights_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t token_flight_ = 0;
  std::uint64_t fresh_flight_ = 0;
  int failures_in_row_ = 0;
  int refusals_in_row_ = 0;
  int refused_young_ = 0;
  std::optional<Error> last_error_;
  std::optional<Refusal> refusal_;
  MonotonicTime not_before_{};
  MonotonicTime watched_{};
  Waiters waiters_;
  bool detached_ = false;
  std::atomic<bool> changing_ = false;
  AfterFork after_fork_;
};

}  // namespace adit::token
