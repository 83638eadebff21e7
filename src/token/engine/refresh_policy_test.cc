#include "token/engine/refresh_policy.h"

#include <gtest/gtest.h>

#include "token/engine/parts_fixture.h"
#include "token/store/stored_token.h"

namespace adit::token {
namespace {

using namespace testing;

TEST(RefreshPolicyTest, refreshes_at_eighty_percent_and_up_to_five_percent_later) {
  const RefreshPolicy policy;
  EXPECT_EQ(refresh_after(policy, 100'000s, 0), 80'000s);
  EXPECT_EQ(refresh_after(policy, 100'000s, 1), 85'000s);
}

TEST(RefreshPolicyTest, takes_the_longest_wait_from_the_environment) {
  EXPECT_EQ(RefreshPolicy::from_environment({}).total_deadline, 30s);
  EXPECT_EQ(RefreshPolicy::from_environment(Environment().set("ADIT_TOKEN_TIMEOUT", "2.5")).total_deadline, 2500ms);
  EXPECT_THROW(static_cast<void>(RefreshPolicy::from_environment(Environment().set("ADIT_TOKEN_TIMEOUT", "soon"))),
               Error);
}

TEST(RefreshPolicyTest, refreshes_at_the_latest_when_the_token_is_no_longer_usable) {
  const RefreshPolicy policy;
  for (const auto life : {1ms, 10ms, 1000ms, 60'000ms, 61'000ms, 100'000ms, 300'000ms, 86'400'000ms}) {
    for (const auto unit : {0.0, 0.5, 0.999}) {
      EXPECT_LE(refresh_after(policy, life, unit), life - effective_min_life(policy, life)) << life.count();
    }
  }
}

TEST(RefreshPolicyTest, a_share_of_one_disables_refresh_ahead) {
  RefreshPolicy policy;
  policy.refresh_share = 1;
  EXPECT_EQ(refresh_after(policy, 24h, 0), 24h - 60s);
}

TEST(RefreshPolicyTest, backoff_doubles_up_to_the_maximum_with_full_jitter) {
  const RefreshPolicy policy;
  EXPECT_EQ(retry_wait(policy, 1, 0.5), 125ms);
  EXPECT_EQ(retry_wait(policy, 4, 0.5), 1'000ms);
  EXPECT_EQ(retry_wait(policy, 1000, 0.5), 10s);
  EXPECT_EQ(retry_wait(policy, 1000, 0), 1ms);
}

TEST(RefreshPolicyTest, retry_after_is_waited_for_and_jitter_added) {
  const RefreshPolicy policy;
  EXPECT_EQ(retry_wait(policy, 1, 0.5, 30s), 30s + 125ms);
  EXPECT_EQ(retry_wait(policy, 1, 0.5, -5s), 125ms);
}

TEST(RefreshPolicyTest, refusals_are_remembered_for_a_growing_time) {
  const RefreshPolicy policy;
  EXPECT_EQ(negative_period(policy, 1), 1s);
  EXPECT_EQ(negative_period(policy, 3), 4s);
  EXPECT_EQ(negative_period(policy, 1'000'000), 60s);
}

/// A token or a refusal, written to a record and read again.
class StoredTokenTest : public ::testing::Test {
 protected:
  StoredTokenTest() {
    token_.value = Secret("the token");
    token_.scopes = {"a", "b"};
    token_.life = 24h;
    token_.expires_at_monotonic = now_.monotonic + 24h;
  }
  [[nodiscard]] std::chrono::nanoseconds left(const ClockReading& reader,
                                              std::optional<std::chrono::milliseconds> keeps = {}) const {
    const auto found = from_record(to_record(token_, now_), reader, keeps);
    return std::get<Issued>(found.value()).expires_at_monotonic - reader.monotonic;
  }

  ClockReading now_{WallTime(1'800'000'000s), MonotonicTime(1'000s), "boot-1", 0ms};
  Issued token_;
};

TEST_F(StoredTokenTest, keeps_all_of_the_token) {
  const auto found = std::get<Issued>(from_record(to_record(token_, now_), now_).value());
  EXPECT_EQ(found.value.reveal(), "the token");
  EXPECT_EQ(found.type, "bearer");
  EXPECT_EQ(found.scopes, token_.scopes);
  EXPECT_EQ(found.origin, Origin::store);
}

TEST_F(StoredTokenTest, on_the_same_machine_the_wall_clock_does_not_matter) {
  auto reader = now_;
  reader.monotonic += 1h;
  reader.wall += 300h;
  EXPECT_EQ(left(reader), 23h);
}

TEST_F(StoredTokenTest, on_another_machine_the_issuers_clock_is_used) {
  ClockReading reader{now_.wall + 1h + 10min, MonotonicTime(5s), "boot-2", -10min};
  EXPECT_EQ(left(reader), 23h);
}

TEST_F(StoredTokenTest, the_stores_clock_limits_the_life_if_the_wall_clock_is_wrong) {
  ClockReading reader{now_.wall - 10min, MonotonicTime(5s), "boot-2", 0ms};
  EXPECT_EQ(left(reader), 24h) << "at most the whole life";
  EXPECT_EQ(left(reader, 2h), 2h);
}

TEST_F(StoredTokenTest, returns_nothing_for_other_text) {
  for (const auto* text :
       {"", "adit record 1", "adit record 1\n", "adit record 2\nlife 1\nend 1\ntoken x",
        "adit record 1\nlife x\nend 1\ntoken x", "adit record 1\nlife 5\nend 99999999999999999999\ntoken x",
        "adit record 1\nlife -5\nend 5\ntoken x", "adit record 1\nlife 5\nend 5\ntoken ",
        // Times that overflow in nanoseconds.
        "adit record 1\nlife 9223372036854775807\nend 5\ntoken x", "adit record 1\nlife 35184372088832\nend 5\ntoken x",
        "adit record 1\nlife 5\nend 4503599627370496\ntoken x",
        "adit record 1\nlife 5\nboot boot-1\nboot_end -9223372036854775808\ntoken x"}) {
    EXPECT_FALSE(from_record(Secret(text), now_)) << text;
  }
}

TEST_F(StoredTokenTest, keeps_a_refusal_and_its_texts) {
  Refusal refusal{Error::failure("invalid_client", "two\nlines")
                      .hint("do this")
                      .http_status(401)
                      .ims("invalid_client", "wrong", "dbg"),
                  3, now_.wall, now_.monotonic + 4s};
  const auto found = std::get<Refusal>(from_record(to_record(refusal, now_), now_).value());
  EXPECT_EQ(found.error.code(), "invalid_client");
  EXPECT_EQ(found.error.message(), "two lines");
  EXPECT_EQ(found.error.http_status(), 401);
  EXPECT_EQ(found.error.debug_id(), "dbg");
  EXPECT_EQ(found.count, 3);
  EXPECT_EQ(found.until, refusal.until);
}

}  // namespace
}  // namespace adit::token
