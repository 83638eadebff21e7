#include "dev/feeds/alarm.h"

#include <algorithm>
#include <utility>

#include "adit/error.h"

#include "base/json/whole_number.h"
#include "base/text/ascii.h"
#include "base/text/iso_date.h"
#include "base/text/text.h"

namespace adit::dev {
namespace {

[[noreturn]] void refuse_alarm(std::string_view why) { throw Error::configuration("invalid_alarm", std::string(why)); }

const json::value* given(const json::object& params, std::string_view name) {
  const auto* value = params.if_contains(name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

/// Removes seconds after hours and minutes, such as `:05.250`. Digits beyond milliseconds are ignored.
std::optional<std::chrono::milliseconds> take_seconds(std::string_view& text) {
  if (!take_one_of(text, ":")) return std::chrono::milliseconds(0);
  const auto seconds = take_digits(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  std::chrono::milliseconds time = std::chrono::seconds(*seconds);
  if (!take_one_of(text, ".,")) return time;
  int unit = 100;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  for (; !text.empty() && is_digit(text.front()); unit /= 10) {
    time += std::chrono::milliseconds((text.front() - '0') * unit);
    text.remove_prefix(1);
  }
  return time;
}

/// Reads a date in the form of ISO 8601. Without a time zone, it is in UTC.
std::optional<WallTime> iso_date(std::string_view text) {
  const auto date = take_iso_date(text);
  if (!date) return std::nullopt;
  WallTime time = *date;
  if (text.empty()) return time;
  const auto hours = take_one_of(text, "Tt ") ? take_digits(text, 2) : std::nullopt;
  const auto minutes = take_one_of(text, ":") ? take_digits(text, 2) : std::nullopt;
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto seconds = take_seconds(text);
  if (!seconds) return std::nullopt;
  time += std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + *seconds;
  if (text.empty() || text == "Z" || text == "z") return time;
  const bool east = text.front() == '+';
  if (!take_one_of(text, "+-")) return std::nullopt;
  const auto zone_hours = take_digits(text, 2);
  (void)take_one_of(text, ":");
  const auto zone_minutes = take_digits(text, 2);
  if (!zone_hours || !zone_minutes || !text.empty()) return std::nullopt;
  const auto zone = std::chrono::hours(*zone_hours) + std::chrono::minutes(*zone_minutes);
  return east ? time - zone : time + zone;
}

/// Reads a parameter that is milliseconds since 1970 or a date.
std::optional<WallTime> date_in(const json::object& params, std::string_view name) {
  const auto* value = given(params, name);
  if (value == nullptr || (value->is_string() && value->get_string().empty())) return std::nullopt;
  constexpr std::int64_t kLatest = 8'640'000'000'000'000;  // of JavaScript's Date (ECMA-262, "Time Values")
  const auto number = whole_number(value);
  if (number && *number >= -kLatest && *number <= kLatest) return WallTime(std::chrono::milliseconds(*number));
  const auto time = value->is_string() ? iso_date(value->get_string()) : std::nullopt;
  if (time) return time;
  refuse_alarm(cat(name, " parameter '", value->is_string() ? std::string(value->get_string()) : to_json(*value),
                   "' is not a valid Date"));
}

json::object payload_in(const json::object& params) {
  const auto* value = given(params, "trigger_payload");
  if (value == nullptr) return {};
  if (value->is_object()) return value->get_object();
  if (value->is_string()) {
    if (auto parsed = try_parse_json(value->get_string()); parsed && parsed->is_object()) return parsed->get_object();
    if (value->get_string().empty()) return {};
  }
  return {{"payload", *value}};
}

}  // namespace

Alarm Alarm::parse(std::string_view feed, const json::object& params) {
  Alarm alarm;
  alarm.payload = payload_in(params);
  alarm.start = date_in(params, "startDate");
  alarm.stop = date_in(params, "stopDate");
  if (alarm.start && alarm.stop && *alarm.stop <= *alarm.start)
    refuse_alarm("stopDate parameter must be greater than the startDate");
  if (const auto* most = given(params, "maxTriggers")) {
    const auto number = whole_number(most);
    if (!number) refuse_alarm("maxTriggers parameter is not a number");
    if (*number >= 0) alarm.most = number;
  }
  if (feed == "alarm") {
    alarm.kind = Kind::alarm;
    const auto* cron = given(params, "cron");
    if (cron == nullptr || !cron->is_string()) refuse_alarm("alarms trigger feed is missing the cron parameter");
    alarm.cron = Cron::parse(cron->get_string());
    if (!alarm.cron) refuse_alarm(cat("cron pattern '", std::string_view(cron->get_string()), "' is not valid"));
  } else if (feed == "interval") {
    alarm.kind = Kind::interval;
    const auto* minutes = given(params, "minutes");
    if (minutes == nullptr) refuse_alarm("interval trigger feed is missing the minutes parameter");
    const auto number = whole_number(minutes);
    if (!number || *number < 1 || *number > 100'000'000)
      refuse_alarm("the minutes parameter must be an integer of 1 or more");
    alarm.every = std::chrono::minutes(*number);
  } else {
    alarm.kind = Kind::once;
    const auto date = date_in(params, "date");
    if (!date) refuse_alarm("once trigger feed is missing the date parameter");
    alarm.date = *date;
  }
  return alarm;
}

std::optional<WallTime> Alarm::first(WallTime now) const {
  std::optional<WallTime> time;
  if (kind == Kind::once) {
    time = date > now ? std::optional(date) : std::nullopt;
  } else if (kind == Kind::interval) {
    time = start && *start > now ? *start : next(start.value_or(now), now);
  } else {
    time = cron->next_after(start && *start > now ? *start - std::chrono::milliseconds(1) : now);
  }
  return time && stop && *time > *stop ? std::nullopt : time;
}

std::optional<WallTime> Alarm::next(WallTime last, WallTime now) const {
  std::optional<WallTime> time;
  if (kind == Kind::interval) {
    const auto passed = now > last ? (now - last) / every : 0;
    time = last + (passed + 1) * every;
  } else if (kind == Kind::alarm) {
    time = cron->next_after(std::max(last, now));
  }
  return time && stop && *time > *stop ? std::nullopt : time;
}

void Alarms::set(const std::map<std::string, json::object>& feeds, WallTime now) {
  std::erase_if(alarms_, [&](const auto& entry) { return !feeds.contains(entry.first); });
  for (const auto& [trigger, params] : feeds) {
    const auto known = alarms_.find(trigger);
    if (known != alarms_.end() && known->second.params == params) continue;
    Scheduled scheduled{.params = params, .alarm = {}, .next = {}};
    try {
      scheduled.alarm = Alarm::parse(string_member(params, "feed"), params);
      scheduled.next = scheduled.alarm.most == 0 ? std::nullopt : scheduled.alarm.first(now);
    } catch (const Error&) {  // reported when it was deployed, or by `adit check` for the project's own
    }
    alarms_.insert_or_assign(trigger, std::move(scheduled));
  }
}

std::optional<WallTime> Alarms::next() const {
  std::optional<WallTime> earliest;
  for (const auto& [trigger, scheduled] : alarms_)
    if (scheduled.next && (!earliest || *scheduled.next < *earliest)) earliest = scheduled.next;
  return earliest;
}

std::map<std::string, WallTime> Alarms::times() const {
  std::map<std::string, WallTime> times;
  for (const auto& [trigger, scheduled] : alarms_)
    if (scheduled.next) times.emplace(trigger, *scheduled.next);
  return times;
}

std::vector<Alarms::Due> Alarms::take_due(WallTime now) {
  std::vector<Due> due;
  for (auto& [trigger, scheduled] : alarms_) {
    if (!scheduled.next || *scheduled.next > now) continue;
    due.push_back({trigger, scheduled.alarm.payload, *scheduled.next});
    ++scheduled.fired;
    scheduled.next = scheduled.alarm.most && scheduled.fired >= *scheduled.alarm.most
                         ? std::nullopt
                         : scheduled.alarm.next(*scheduled.next, now);
  }
  std::ranges::stable_sort(due, {}, &Due::time);
  return due;
}

}  // namespace adit::dev
