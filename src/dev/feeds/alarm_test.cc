#include "dev/feeds/alarm.h"

#include <gtest/gtest.h>

#include "adit/error.h"

namespace adit::dev {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h + 250ms;

json::object params(std::string_view text) { return parse_json(text, "test").as_object(); }

std::string refusal(std::string_view feed, std::string_view text) {
  try {
    (void)Alarm::parse(feed, params(text));
    return {};
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(Alarm, fires_at_cron_times_between_its_start_and_stop_dates) {
  const auto alarm = Alarm::parse("alarm", params(R"({"cron":"0 * * * *","startDate":"2026-03-01T14:00:00Z",
                                                      "stopDate":"2026-03-01T16:30:00Z"})"));
  EXPECT_EQ(to_rfc3339(*alarm.first(kNow)), "2026-03-01T14:00:00Z");
  EXPECT_EQ(to_rfc3339(*alarm.next(kNow + 3h, kNow + 3h)), "2026-03-01T16:00:00Z");
  EXPECT_FALSE(alarm.next(kNow + 4h, kNow + 4h));
}

TEST(Alarm, interval_skips_missed_times_without_shifting) {
  const auto alarm = Alarm::parse("interval", params(R"({"minutes":2,"startDate":"2026-03-01T12:01:00Z"})"));
  EXPECT_EQ(to_rfc3339(*alarm.first(kNow)), "2026-03-01T12:01:00Z");
  const auto first = *alarm.first(kNow);
  EXPECT_EQ(to_rfc3339(*alarm.next(first, first + 700ms)), "2026-03-01T12:03:00Z");
  EXPECT_EQ(to_rfc3339(*alarm.next(first, first + 1h + 1s)), "2026-03-01T13:03:00Z")
      << "times that were missed are skipped";
  EXPECT_EQ(*Alarm::parse("interval", params(R"({"minutes":"5"})")).first(kNow), kNow + 5min);
}

TEST(Alarm, once_fires_at_its_date) {
  EXPECT_EQ(
      to_rfc3339(*Alarm::parse("once", params(R"({"date":"2026-03-01T13:00:00+01:00","trigger_payload":"{\"a\":1}"})"))
                      .first(kNow - 1h)),
      "2026-03-01T12:00:00Z");
  EXPECT_FALSE(Alarm::parse("once", params(R"({"date":1772366399000})")).first(kNow));
}

TEST(Alarm, rejects_invalid_parameters) {
  EXPECT_EQ(refusal("alarm", "{}"), "alarms trigger feed is missing the cron parameter");
  EXPECT_EQ(refusal("alarm", R"({"cron":"every day"})"), "cron pattern 'every day' is not valid");
  EXPECT_EQ(refusal("interval", "{}"), "interval trigger feed is missing the minutes parameter");
  EXPECT_EQ(refusal("interval", R"({"minutes":0})"), "the minutes parameter must be an integer of 1 or more");
  EXPECT_EQ(refusal("once", "{}"), "once trigger feed is missing the date parameter");
  EXPECT_EQ(refusal("once", R"({"date":"tomorrow"})"), "date parameter 'tomorrow' is not a valid Date");
  EXPECT_EQ(refusal("once", R"({"date":"2026-11-29T-1:-0"})"), "date parameter '2026-11-29T-1:-0' is not a valid Date");
  EXPECT_EQ(refusal("once", R"({"date":"2026-11-29T10:-0"})"), "date parameter '2026-11-29T10:-0' is not a valid Date");
  EXPECT_EQ(refusal("interval", R"({"minutes":1,"startDate":"2026-03-02","stopDate":"2026-03-01"})"),
            "stopDate parameter must be greater than the startDate");
}

TEST(Alarm, takes_numbers_up_to_the_latest_date_of_javascript) {
  EXPECT_EQ(Alarm::parse("once", params(R"({"date":8.64e15})")).first(kNow), WallTime(8'640'000'000'000'000ms));
  EXPECT_EQ(refusal("once", R"({"date":8640000000000001})"), "date parameter '8640000000000001' is not a valid Date");
  EXPECT_EQ(refusal("once", R"({"date":"9223372036854775807"})"),
            "date parameter '9223372036854775807' is not a valid Date");
  EXPECT_EQ(refusal("once", R"({"date":1e300})"), "date parameter '1e+300' is not a valid Date");
  EXPECT_EQ(refusal("interval", R"({"minutes":1e300})"), "the minutes parameter must be an integer of 1 or more");
  EXPECT_EQ(refusal("interval", R"({"minutes":1,"maxTriggers":-1e300})"), "maxTriggers parameter is not a number");
}

TEST(Alarms, fire_a_thousand_times_without_drift) {
  Alarms alarms;
  auto now = kNow;
  alarms.set({{"t", params(R"({"feed":"alarm","cron":"* * * * * *","trigger_payload":{"n":1}})")}}, now);
  auto expected = std::chrono::floor<std::chrono::seconds>(kNow) + 1s;
  for (int i = 0; i < 1000; ++i, expected += 1s) {
    now = *alarms.next() + std::chrono::milliseconds(i % 37);  // the caller is late by some milliseconds
    const auto due = alarms.take_due(now);
    ASSERT_EQ(due.size(), 1U) << i;
    ASSERT_EQ(due[0].time, expected) << i;
    EXPECT_EQ(to_json(due[0].payload), R"({"n":1})");
  }
}

TEST(Alarms, keep_the_times_of_unchanged_feeds_and_obey_max_triggers) {
  Alarms alarms;
  const std::map<std::string, json::object> feeds{
      {"i", params(R"({"feed":"interval","minutes":1})")},
      {"m", params(R"({"feed":"alarm","cron":"* * * * * *","maxTriggers":2})")}};
  alarms.set(feeds, kNow);
  alarms.set(feeds, kNow + 30s);
  EXPECT_EQ(alarms.times().at("i"), kNow + 1min);
  const auto due = alarms.take_due(kNow + 1min);
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[1].trigger, "i");
  EXPECT_EQ(due[1].time, kNow + 1min);
  EXPECT_EQ(alarms.take_due(kNow + 61s).size(), 1U);
  EXPECT_EQ(alarms.take_due(kNow + 90s).size(), 0U);
  EXPECT_FALSE(alarms.times().contains("m")) << "it has fired maxTriggers times";
  alarms.set({}, kNow);
  EXPECT_FALSE(alarms.next());
}

}  // namespace
}  // namespace adit::dev
