#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/secret.h"
#include "adit/token_source.h"

#include "token/engine/issued.h"

namespace adit::token {

/// The present time by all clocks that a record's times may use.
struct ClockReading {
  WallTime wall{};
  MonotonicTime monotonic{};
  /// The id of the machine's boot. Monotonic times of the same boot can be compared; if it is empty, none can.
  std::string boot;
  /// How far the issuer's clock is ahead of `wall`.
  std::chrono::milliseconds skew{0};
};

[[nodiscard]] ClockReading read_clocks(const Clock& clock,
                                       std::chrono::milliseconds skew = std::chrono::milliseconds(0));

/// IMS's refusal of a credential. It is remembered, and IMS is not asked again before `until`.
struct Refusal {
  Error error;
  int count = 1;
  WallTime at{};
  MonotonicTime until{};
};

/// Returns the refusal's error for a caller that asks while it is remembered. The hint says that IMS was not asked
/// again.
[[nodiscard]] Error remembered(const Refusal& refusal, MonotonicTime now);

/// Returns the text that is encrypted into a record. Its times are by the issuer's wall clock, for other hosts, and by
/// this machine's monotonic clock, for other processes on it: a change of the wall clock does not affect these.
[[nodiscard]] Secret to_record(const Issued& token, const ClockReading& now);
[[nodiscard]] Secret to_record(const Refusal& refusal, const ClockReading& now);

/// Reads such a text; returns nullopt for text of another form. The remaining life is computed from the record's times,
/// and is at most `store_keeps`: the time for which the store keeps the record is the remaining life, without any wall
/// clock. It is also at most the token's whole life; a longer one can only come from clocks that disagree. The caller
/// sets refresh_at and usable_until.
[[nodiscard]] std::optional<std::variant<Issued, Refusal>> from_record(
    const Secret& record, const ClockReading& now, std::optional<std::chrono::milliseconds> store_keeps = std::nullopt);

}  // namespace adit::token
