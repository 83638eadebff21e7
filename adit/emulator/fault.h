#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/base/json.h"

#pragma GCC visibility push(default)

namespace adit::emulator {

/// Something that goes wrong at IMS, for tests of those who call it.
struct Fault {
  enum class Kind {
    latency,     // the answer comes late by `delay`; the work is done at once
    reset,       // the connection is reset in place of an answer; nothing was done
    stall,       // the answer stops in the middle of its body for `delay` (by default for longer than any client waits)
    cut,         // the connection closes in the middle of the body that Content-Length promised
    truncated,   // the body ends in the middle as if it were whole
    malformed,   // the body is nearly JSON
    html,        // a proxy's page comes instead, with `status` (by default 200); nothing was done
    status,      // `status` (by default 503) comes with IMS's error form and `retry_after`; nothing was done
    clock_skew,  // the emulator's clock is ahead by `delay` (negative: behind): in Date, in tokens, in judging
                 // assertions
  };

  Kind kind = Kind::latency;
  /// How many requests it befalls before it is gone; 0: all until it is cleared.
  std::size_t count = 0;
  std::chrono::milliseconds delay{0};
  /// 0: the kind's own.
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  /// `Retry-After` as an HTTP date instead of seconds (RFC 9110 section 10.2.3 has both).
  bool retry_after_as_date = false;
  /// Only requests whose path begins so; empty: all IMS endpoints.
  std::string path;

  /// `{"fault":"status","status":503,"retry_after":2,"retry_after_form":"seconds"|"date","count":3,"path":"/ims/exchange"}`,
  /// `{"fault":"latency","delay":"200ms"}`; `delay` is a duration or a number of milliseconds. Throws Error
  /// `invalid_fault` (configuration) that names what is wrong.
  static Fault from_json(const json::object& object);
  /// The same for a command line: the fault's name with what matters most to it, then the other members:
  /// `status=503,retry_after=2,count=3`, `latency=200ms`, `reset=1`, `clock_skew=-10m`.
  static Fault parse(std::string_view text);
  [[nodiscard]] json::object to_json_object() const;
};

/// Durations as people write them: `250ms`, `30s`, `10m`, `24h`, `7d`, or a bare number of seconds; fractions allowed,
/// a sign before it. At most ten years. Nothing for other text.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The faults that are set. Thread-safe.
class Faults {
 public:
  static constexpr std::size_t kMost = 1000;

  /// All of them or none: throws Error `too_many_faults` (configuration) if there would be more than kMost.
  void add(std::vector<Fault> faults);
  void clear();
  /// Those that befall a request for this path, which counts them down: of each kind the one set first.
  [[nodiscard]] std::vector<Fault> take(std::string_view path);
  /// How far the clock is ahead for those whom no other fault befalls.
  [[nodiscard]] std::chrono::milliseconds clock_skew() const;
  [[nodiscard]] std::vector<Fault> list() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
};

}  // namespace adit::emulator

#pragma GCC visibility pop
