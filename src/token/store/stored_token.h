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

/// Now, by all the clocks that a record's times may be told in.
struct ClockReading {
  WallTime wall{};
  MonotonicTime monotonic{};
  /// Of the machine since its start: monotonic times of records with the same one compare. Empty: none do.
  std::string boot;
  /// How far the issuer's clock is ahead of `wall`.
  std::chrono::milliseconds skew{0};
};

[[nodiscard]] ClockReading read_clocks(const Clock& clock,
                                       std::chrono::milliseconds skew = std::chrono::milliseconds(0));

/// IMS's refusal of a credential, remembered so that nobody asks again before `until`.
struct Refusal {
  Error error;
  int count = 1;
  WallTime at{};
  MonotonicTime until{};
};

/// Its error for somebody who asks again meanwhile: the hint tells that IMS was not asked this time.
[[nodiscard]] Error remembered(const Refusal& refusal, MonotonicTime now);

/// The text that is sealed into a record. Its times are the issuer's wall clock, for other hosts, and this machine's
/// monotonic clock, for other processes on it, which no setting of the wall clock disturbs.
[[nodiscard]] Secret to_record(const Issued& token, const ClockReading& now);
[[nodiscard]] Secret to_record(const Refusal& refusal, const ClockReading& now);

/// The other way; nothing for text of another form. A token's times are this process's, as far as the record tells and
/// at most `store_keeps` from now: a store that knows how long it will keep the record knows the remaining life without
/// any wall clock. A life longer than the token's whole life can only come from clocks that disagree, and is cut to it.
/// refresh_at and usable_until are left to the caller.
[[nodiscard]] std::optional<std::variant<Issued, Refusal>> from_record(
    const Secret& record, const ClockReading& now, std::optional<std::chrono::milliseconds> store_keeps = std::nullopt);

}  // namespace adit::token
