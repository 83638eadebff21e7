#include <atomic>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "adit/error.h"
#include "adit/token_verifier.h"

#include "base/text/text.h"
#include "emulator/server/ims_fixture.h"

namespace adit::token {
namespace {

using namespace std::chrono_literals;

class ValidationsTest : public ::testing::Test {
 protected:
  /// Tokens that begin with "good" are valid for an hour after the start of the test.
  ims::Validation ask(const Secret& token, const std::string& client_id) {
    ++asked;
    if (down) throw Error::failure("request_failed", "IMS is down.");
    if (!token.reveal().starts_with("good")) return {.valid = false, .claims = {}, .reason = "revoked"};
    return {.valid = true,
            .claims = {{"client_id", client_id},
                       {"created_at", std::to_string(start.time_since_epoch().count())},
                       {"expires_in", "3600000"}},
            .reason = {}};
  }
  Validations memory(ValidationOptions options = {}) {
    return Validations([this](const Secret& token, const std::string& id) { return ask(token, id); }, options, clock);
  }

  ManualClock clock;
  WallTime start = clock.wall_now();
  std::atomic<int> asked{0};
  bool down = false;
};

TEST_F(ValidationsTest, remembers_an_answer_for_five_minutes) {
  auto validations = memory();
  for (const auto* token : {"good", "bad"}) {
    asked = 0;
    const bool valid = std::string_view(token) == "good";
    EXPECT_EQ(validations.check(Secret(token), "me")->valid, valid);
    clock.advance(5min - 1ms);
    EXPECT_EQ(validations.check(Secret(token), "me")->valid, valid);
    EXPECT_EQ(asked, 1) << token;
    clock.advance(1ms);
    static_cast<void>(validations.check(Secret(token), "me"));
    EXPECT_EQ(asked, 2) << token;
  }
}

TEST_F(ValidationsTest, never_remembers_a_token_beyond_its_expiry) {
  auto validations = memory();
  clock.advance(1h - 10s);
  static_cast<void>(validations.check(Secret("good"), "me"));
  clock.advance(10s - 1ms);
  static_cast<void>(validations.check(Secret("good"), "me"));
  EXPECT_EQ(asked, 1);
  clock.advance(1ms);
  static_cast<void>(validations.check(Secret("good"), "me"));
  EXPECT_EQ(asked, 2);
}

TEST_F(ValidationsTest, distinguishes_tokens_and_clients) {
  auto validations = memory();
  for (const auto& [token, client] : {std::pair("good1", "me"), {"good2", "me"}, {"good1", "you"}, {"good", "1me"}})
    EXPECT_EQ(string_member(validations.check(Secret(token), client)->claims, "client_id"), client);
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(validations.size(), 4U);
}

TEST_F(ValidationsTest, many_invalid_tokens_remove_no_valid_one_and_the_size_is_limited) {
  auto validations = memory({.max_valid = 3, .max_invalid = 5});
  static_cast<void>(validations.check(Secret("good"), "me"));
  for (int n = 0; n < 200; ++n) static_cast<void>(validations.check(Secret(cat("bad", n)), "me"));
  EXPECT_EQ(validations.size(), 6U);
  asked = 0;
  EXPECT_TRUE(validations.check(Secret("good"), "me")->valid);
  EXPECT_EQ(asked, 0);
  for (int n = 0; n < 10; ++n) {
    clock.advance(1ms);
    static_cast<void>(validations.check(Secret(cat("good", n)), "me"));
  }
  EXPECT_EQ(validations.size(), 8U);
  asked = 0;
  static_cast<void>(validations.check(Secret("good9"), "me"));
  EXPECT_EQ(asked, 0) << "the newest is remembered";
  static_cast<void>(validations.check(Secret("good"), "me"));
  EXPECT_EQ(asked, 1) << "the oldest was removed";
}

TEST_F(ValidationsTest, remembers_no_failures_and_nothing_if_the_limit_is_zero) {
  auto validations = memory({.max_valid = 0, .max_invalid = 0});
  static_cast<void>(validations.check(Secret("good"), "me"));
  static_cast<void>(validations.check(Secret("good"), "me"));
  EXPECT_EQ(asked, 2);
  auto other = memory();
  down = true;
  EXPECT_THROW(static_cast<void>(other.check(Secret("good"), "me")), Error);
  down = false;
  EXPECT_TRUE(other.check(Secret("good"), "me")->valid);
}

TEST_F(ValidationsTest, shares_one_request_between_concurrent_callers) {
  std::promise<void> go;
  const auto gate = go.get_future().share();
  std::atomic<int> calls{0};
  Validations validations(
      [&](const Secret& /*token*/, const std::string& /*client*/) -> ims::Validation {
        ++calls;
        gate.wait();
        throw Error::failure("request_failed", "IMS is down.");
      },
      {}, clock);
  std::atomic<int> arrived{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < 6; ++n) {
    threads.emplace_back([&] {
      ++arrived;
      try {
        static_cast<void>(validations.check(Secret("good"), "me"));
      } catch (const Error& error) {
        failed += error.code() == "request_failed" ? 1 : 0;
      }
    });
  }
  while (arrived < 6 || calls == 0) std::this_thread::yield();
  go.set_value();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 6) << "each caller gets the failure";
  // Callers after the failure sent a new request, because failures are not remembered; no two requests overlapped.
  EXPECT_GE(calls, 1);
  EXPECT_LE(calls, 6);
}

TEST_F(ValidationsTest, wakes_all_waiting_callers_after_any_exception) {
  // Without members: ThreadSanitizer does not see how the standard library counts the threads that share an exception.
  struct Unusual {};
  std::promise<void> go;
  std::atomic<int> calls{0};
  Validations validations(
      [&](const Secret& /*token*/, const std::string& /*client*/) -> ims::Validation {
        if (++calls == 1) go.get_future().wait();
        throw Unusual();
      },
      {}, clock);
  std::vector<std::future<bool>> waiting;
  for (int n = 0; n < 4; ++n) {
    waiting.push_back(std::async(std::launch::async, [&] {
      try {
        return validations.check(Secret("good"), "me")->valid;
      } catch (const Unusual&) {
        return false;
      }
    }));
  }
  while (calls == 0) std::this_thread::yield();
  go.set_value();
  for (auto& one : waiting) ASSERT_EQ(one.wait_for(2min), std::future_status::ready);
}

class ValidateByIms : public ::testing::Test, public emulator::test::TestIms {
 protected:
  std::string token() { return std::string(client().fetch_token(oauth_credentials()).value.reveal()); }
};

TEST_F(ValidateByIms, validates_tokens_of_any_client_and_reports_the_client) {
  const auto outcome = validate(Secret(token()), {}, ims());
  EXPECT_TRUE(outcome.valid) << outcome.reason;
  EXPECT_EQ(outcome.client_id, "oauth-client");
  EXPECT_THAT(outcome.scopes, ::testing::ElementsAre("openid", "AdobeID"));
  EXPECT_EQ(string_member(outcome.claims, "type"), "access_token");
  const auto other = validate(Secret(token()), "jwt-client", ims());
  EXPECT_FALSE(other.valid);
}

TEST_F(ValidateByIms, rejects_revoked_and_forged_tokens) {
  const auto revoked = token();
  client().invalidate(Secret(revoked), oauth_credentials());
  EXPECT_FALSE(validate(Secret(revoked), {}, ims()).valid);
  auto forged = token();
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(validate(Secret(forged), {}, ims()).valid);
}

TEST(ValidateWithoutIms, sends_no_request_for_a_text_that_cannot_be_a_token) {
  const ims::Ims nowhere{"http://127.0.0.1:1"};
  for (const auto* text : {"", "abc", "a b c", "a.b.c", "x\r\ny", "e30.e30.x"}) {
    const auto outcome = validate(Secret(text), {}, nowhere);
    EXPECT_FALSE(outcome.valid) << text;
    EXPECT_EQ(outcome.reason, "malformed") << text;
  }
}

}  // namespace
}  // namespace adit::token
