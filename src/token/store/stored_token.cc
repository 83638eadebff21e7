#include "token/store/stored_token.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text/text.h"
#include "system/boot_id.h"

namespace adit::token {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// The first line of a record's text. Lines `name value` follow; the token is the last one.
constexpr std::string_view kForm = "adit record 1";

using Lines = std::map<std::string_view, std::string_view>;

std::optional<Lines> read_lines(std::string_view text) {
  if (!text.starts_with(cat(kForm, '\n'))) return std::nullopt;
  Lines lines;
  text.remove_prefix(kForm.size() + 1);
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    lines.emplace(line.substr(0, space), line.substr(space + 1));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

std::string_view text_of(const Lines& lines, std::string_view name) {
  const auto found = lines.find(name);
  return found == lines.end() ? std::string_view() : found->second;
}

std::optional<std::int64_t> number_of(const Lines& lines, std::string_view name) {
  const auto text = text_of(lines, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Replaces line ends, which a text from IMS may contain.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
  return line;
}

std::int64_t in_ms(MonotonicTime time) { return duration_cast<milliseconds>(time.time_since_epoch()).count(); }

std::string times(MonotonicTime end, const ClockReading& now) {
  const auto left = duration_cast<milliseconds>(end - now.monotonic);
  auto text = cat("end ", (now.wall + now.skew + left).time_since_epoch().count(), '\n');
  if (!now.boot.empty()) text += cat("boot ", now.boot, "\nboot_end ", in_ms(end), '\n');
  return text;
}

/// The largest time that is accepted: 139 years, so that in nanoseconds the sum of two does not overflow.
constexpr std::int64_t kMostMilliseconds = std::int64_t{1} << 42;

std::optional<std::int64_t> time_of(const Lines& lines, std::string_view name) {
  const auto time = number_of(lines, name);
  return time && *time >= 0 && *time <= kMostMilliseconds ? time : std::nullopt;
}

std::optional<milliseconds> time_left(const Lines& lines, const ClockReading& now) {
  const auto end = time_of(lines, "end");
  const auto boot_end = time_of(lines, "boot_end");
  if (boot_end && !now.boot.empty() && text_of(lines, "boot") == now.boot) {
    return milliseconds(*boot_end - in_ms(now.monotonic));
  }
  if (!end) return std::nullopt;
  return milliseconds(*end) - (now.wall + now.skew).time_since_epoch();
}

Error stored_error(const Lines& lines) {
  const auto text = [&lines](std::string_view name) { return std::string(text_of(lines, name)); };
  const auto error = [&] {
    return Error(Error::failure(text("refused"), text("message"))
                     .hint(text("hint"))
                     .http_status(static_cast<int>(number_of(lines, "status").value_or(0))));
  };
  if (text_of(lines, "ims_error").empty()) return error();
  return error().ims(text("ims_error"), text("ims_description"), text("debug_id"));
}

}  // namespace

ClockReading read_clocks(const Clock& clock, milliseconds skew) {
  // Only for the machine's clock: the times of an injected clock mean nothing to other processes. If the id of the boot
  // cannot be read, only the wall clock's times are stored.
  return {clock.wall_now(), clock.monotonic_now(), &clock == &Clock::system() ? boot_id() : std::string(), skew};
}

Error remembered(const Refusal& refusal, MonotonicTime now) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(refusal.until - now).count();
  const auto& hint = refusal.error.hint();
  return Error(refusal.error)
      .hint(cat(hint, hint.empty() ? "" : "\n  ", "(IMS said so a moment ago; adit asks again in ", left,
                " s at the earliest, or at once for a fresh token.)"));
}

Secret to_record(const Issued& token, const ClockReading& now) {
  const auto head = cat(kForm, "\nlife ", token.life.count(), '\n', times(token.expires_at_monotonic, now), "type ",
                        one_line(token.type), "\nscopes ", one_line(join(token.scopes, ",")), "\ntoken ");
  std::string text;
  text.reserve(head.size() + token.value.size());
  text += head;
  text += token.value.reveal();
  Secret record(text);
  wipe(text.data(), text.size());
  return record;
}

Secret to_record(const Refusal& refusal, const ClockReading& now) {
  const auto& e = refusal.error;
  return Secret(cat(kForm, "\nrefused ", one_line(e.code()), '\n', times(refusal.until, now), "at ",
                    refusal.at.time_since_epoch().count(), "\ncount ", refusal.count, "\nstatus ", e.http_status(),
                    "\nims_error ", one_line(e.ims_error()), "\nims_description ", one_line(e.ims_description()),
                    "\ndebug_id ", one_line(e.debug_id()), "\nhint ", one_line(e.hint()), "\nmessage ",
                    one_line(e.message())));
}

std::optional<std::variant<Issued, Refusal>> from_record(const Secret& record, const ClockReading& now,
                                                         std::optional<milliseconds> store_keeps) {
  const auto lines = read_lines(record.reveal());
  if (!lines) return std::nullopt;
  auto left = time_left(*lines, now);
  if (!left) return std::nullopt;
  if (store_keeps) left = std::min(*left, *store_keeps);
  if (lines->contains("refused")) {
    return Refusal{stored_error(*lines),
                   static_cast<int>(std::clamp<std::int64_t>(number_of(*lines, "count").value_or(1), 1, 1000)),
                   WallTime(milliseconds(time_of(*lines, "at").value_or(0))),
                   now.monotonic + std::min(*left, milliseconds(std::chrono::minutes(10)))};
  }
  const auto life = time_of(*lines, "life");
  const auto value = text_of(*lines, "token");
  if (!life || *life == 0 || value.empty()) return std::nullopt;
  left = std::min(*left, milliseconds(*life));
  Issued token;
  token.value = Secret(value);
  token.type = text_of(*lines, "type");
  token.scopes = split_list(text_of(*lines, "scopes"));
  token.life = milliseconds(*life);
  token.expires_at = now.wall + *left;
  token.expires_at_monotonic = now.monotonic + *left;
  token.origin = Origin::store;
  return token;
}

}  // namespace adit::token
