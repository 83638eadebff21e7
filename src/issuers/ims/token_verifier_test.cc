#include "adit/token_verifier.h"

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"

namespace adit::ims {
namespace {

using namespace std::chrono_literals;

const jwt::SigningKey& key(int which = 0) {
  static const std::array<jwt::SigningKey, 2> made{jwt::SigningKey::generate_rsa(), jwt::SigningKey::generate_rsa()};
  return made.at(static_cast<std::size_t>(which));
}

class TokenVerifierTest : public testing::Test {
 protected:
  TokenVerifierTest()
      : cache(std::make_shared<KeyCache>(
            [this] {
              ++fetches;
              if (down) throw Error::failure("request_failed", "The server is down.");
              std::vector<jwt::Jwk> found;
              for (const int which : published)
                found.push_back({key(which).public_key(), cat("key-", which), "RS256", "sig"});
              return jwt::Jwks(std::move(found));
            },
            KeyCacheOptions{}, clock)),
        verifier(cache, {.as = "ims-na1"}, clock) {}

  std::string token(json::object changes = {}, int which = 0) {
    json::object claims{{"type", "access_token"},
                        {"client_id", "client"},
                        {"as", "ims-na1"},
                        {"scope", "openid,AdobeID"},
                        {"created_at", std::to_string(clock.wall_now().time_since_epoch().count())},
                        {"expires_in", "86400000"}};
    for (auto& change : changes) claims[change.key()] = change.value();
    return std::string(jwt::sign(claims, key(which), jwt::Algorithm::RS256, {{"kid", cat("key-", which)}}).reveal());
  }
  std::string outcome(std::string_view text) { return outcome(text, verifier); }
  static std::string outcome(std::string_view text, const TokenVerifier& verifier) {
    try {
      return verifier.verify(text).client_id;
    } catch (const Error& error) {
      return error.code();
    }
  }

  ManualClock clock;
  /// How often the cache of this test has asked the issuer.
  std::atomic<int> fetches{0};
  std::vector<int> published{0};
  bool down = false;
  std::shared_ptr<KeyCache> cache;
  TokenVerifier verifier;
};

TEST_F(TokenVerifierTest, accepts_a_token_until_it_expires) {
  const auto text = token();
  EXPECT_EQ(outcome(text), "client");
  clock.advance(24h - 1ms);
  EXPECT_EQ(outcome(text), "client");
  clock.advance(1ms);
  EXPECT_EQ(outcome(text), "token_expired");
}

TEST_F(TokenVerifierTest, checks_type_issuer_and_claims) {
  EXPECT_EQ(outcome(token({{"type", "refresh_token"}})), "wrong_token_type");
  EXPECT_EQ(outcome(token({{"as", "ims-na1-stg1"}})), "wrong_issuer");
  EXPECT_EQ(outcome(token({{"expires_in", "soon"}})), "invalid_jws");
  EXPECT_EQ(outcome(token({{"expires_in", "9223372036854775807"}})), "invalid_jws");
  EXPECT_EQ(outcome(token({{"created_at", std::to_string((clock.wall_now() + 1h).time_since_epoch().count())}})),
            "token_not_yet_valid");
  EXPECT_EQ(outcome(token(), TokenVerifier(cache, {.client_ids = {"other"}}, clock)), "wrong_client");
  EXPECT_EQ(outcome(token(), TokenVerifier(cache, {.scopes = {"openid", "more"}}, clock)), "missing_scope");
}

TEST_F(TokenVerifierTest, rejects_forgeries_of_a_header_that_it_has_seen) {
  const auto good = token();
  ASSERT_EQ(outcome(good), "client");
  // The header names key 0; key 1 made the signature.
  const auto first = good.find('.');
  const auto input = good.substr(0, good.rfind('.'));
  EXPECT_EQ(outcome(cat(input, '.', base64url_encode(key(1).sign(jwt::Algorithm::RS256, input)))), "invalid_signature");
  EXPECT_EQ(outcome(cat(good.substr(0, first + 1), base64url_encode("{}"), good.substr(good.rfind('.')))),
            "invalid_signature");
  EXPECT_EQ(outcome(cat("eyJhbGciOiJub25lIiwia2lkIjoia2V5LTAifQ", good.substr(first))), "invalid_signature");
  EXPECT_EQ(outcome("a.b"), "invalid_jws");
  EXPECT_EQ(outcome(cat(good, ".x")), "invalid_jws");
  EXPECT_EQ(outcome(std::string(100'000, 'a')), "invalid_jws");
  EXPECT_EQ(outcome(good), "client");
}

TEST_F(TokenVerifierTest, fetches_the_keys_for_an_unknown_key_id_once_in_each_interval) {
  ASSERT_EQ(outcome(token()), "client");
  published = {0, 1};
  EXPECT_EQ(outcome(token({}, 1)), "unknown_key");
  EXPECT_EQ(fetches, 1);
  clock.advance(30s);
  EXPECT_EQ(outcome(token({}, 1)), "client");
  EXPECT_EQ(fetches, 2);
  published = {0};
  for (int n = 0; n < 100; ++n) EXPECT_EQ(outcome(token({}, 0)), "client");
  EXPECT_EQ(fetches, 2);
}

TEST_F(TokenVerifierTest, uses_its_old_keys_while_fetches_fail) {
  ASSERT_EQ(outcome(token()), "client");
  down = true;
  clock.advance(2h);
  EXPECT_EQ(outcome(token()), "client");
  EXPECT_EQ(outcome(token()), "client");
  static_cast<void>(cache->newer_than(cache->keys()));  // waits for the fetch
  EXPECT_EQ(fetches, 2);
  clock.advance(24h);
  EXPECT_EQ(outcome(token()), "request_failed");
  down = false;
  clock.advance(30s);
  EXPECT_EQ(outcome(token()), "client");
}

TEST_F(TokenVerifierTest, retries_a_second_after_the_first_fetch_failed) {
  down = true;
  for (int n = 0; n < 5; ++n) EXPECT_EQ(outcome(token()), "request_failed");
  EXPECT_EQ(fetches, 1) << "a flood of tokens costs one request a second";
  down = false;
  clock.advance(999ms);
  EXPECT_EQ(outcome(token()), "request_failed");
  clock.advance(1ms);
  EXPECT_EQ(outcome(token()), "client");
  EXPECT_EQ(fetches, 2);
}

TEST_F(TokenVerifierTest, treats_an_empty_key_set_as_a_failure) {
  published = {};
  EXPECT_EQ(outcome(token()), "unknown_key");
  published = {0};
  clock.advance(1s);
  EXPECT_EQ(outcome(token()), "client");
}

/// A fetch that does not return before the test releases it.
class HangingIssuerTest : public TokenVerifierTest {
 protected:
  explicit HangingIssuerTest(std::chrono::milliseconds longest_wait = 50ms)
      : hanging_cache(std::make_shared<KeyCache>(
            [this] {
              ++fetches;
              fetches.notify_all();
              if (hangs) gate.wait();
              std::vector<jwt::Jwk> keys;
              keys.push_back({key(0).public_key(), "key-0", "RS256", "sig"});
              return jwt::Jwks(std::move(keys));
            },
            KeyCacheOptions{.longest_wait = longest_wait}, clock)),
        hanging(hanging_cache, {.as = "ims-na1"}, clock) {}
  ~HangingIssuerTest() override { let_go(); }
  /// Makes the first fetch, which may take longer than the longest wait.
  void fetch_keys() { ASSERT_EQ(outcome_in_the_end(), "client"); }
  /// Verifies a token again and again while the keys are pending.
  std::string outcome_in_the_end() {
    const auto text = token();
    while (true) {
      if (auto result = outcome(text, hanging); result != "keys_pending") return result;
      std::this_thread::yield();
    }
  }
  void let_go() {
    if (hangs.exchange(false)) go.set_value();
  }

  std::atomic<bool> hangs{false};
  std::promise<void> go;
  std::shared_future<void> gate = go.get_future().share();
  std::shared_ptr<KeyCache> hanging_cache;
  TokenVerifier hanging;
};

/// A caller that waits for this fetch waits until the end of the test.
class HangingIssuerWithoutLimitTest : public HangingIssuerTest {
 protected:
  HangingIssuerWithoutLimitTest() : HangingIssuerTest(24h) {}
};

TEST_F(HangingIssuerWithoutLimitTest, does_not_delay_tokens_whose_key_is_known) {
  const auto text = token();
  ASSERT_EQ(outcome(text, hanging), "client");
  hangs = true;
  clock.advance(2h);
  for (int n = 0; n < 20; ++n) EXPECT_EQ(outcome(token(), hanging), "client");
  fetches.wait(1);  // until the second fetch has begun
  EXPECT_EQ(fetches, 2);
}

TEST_F(HangingIssuerTest, delays_tokens_with_an_unknown_key_only_for_the_longest_wait) {
  fetch_keys();
  hangs = true;
  clock.advance(30s);
  for (int n = 0; n < 20; ++n) EXPECT_EQ(outcome(token({}, 1), hanging), "unknown_key");
  fetches.wait(1);  // until the second fetch has begun
  EXPECT_EQ(fetches, 2);
}

TEST_F(HangingIssuerTest, is_an_error_without_keys_and_causes_no_second_fetch) {
  hangs = true;
  for (int n = 0; n < 20; ++n) {
    EXPECT_EQ(outcome(token(), hanging), "keys_pending");
    clock.advance(10s);
  }
  let_go();
  EXPECT_EQ(outcome_in_the_end(), "client");
  EXPECT_EQ(fetches, 1);
}

TEST_F(TokenVerifierTest, turns_every_exception_of_a_fetch_into_an_error) {
  for (const std::function<void()>& thrower :
       std::initializer_list<std::function<void()>>{[] { throw std::bad_alloc(); }, [] { throw 7; }}) {
    std::atomic<int> calls{0};
    const auto faulty = std::make_shared<KeyCache>(
        [&]() -> jwt::Jwks {
          ++calls;
          thrower();
          return jwt::Jwks();
        },
        KeyCacheOptions{}, clock);
    const TokenVerifier verifier(faulty, {}, clock);
    EXPECT_THAT(outcome(token(), verifier), ::testing::AnyOf("out_of_memory", "request_failed"));
    clock.advance(1s);
    EXPECT_THAT(outcome(token(), verifier), ::testing::AnyOf("out_of_memory", "request_failed"));
    EXPECT_EQ(calls, 2);
  }
}

TEST_F(TokenVerifierTest, shares_one_fetch_between_threads) {
  const auto text = token();
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int n = 0; n < 8; ++n)
    threads.emplace_back([&] { right += verifier.verify(text).client_id == "client" ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 8);
  EXPECT_EQ(fetches, 1);
}

}  // namespace
}  // namespace adit::ims
