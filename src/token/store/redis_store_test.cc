#include "token/store/redis_store.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "token/engine/parts_fixture.h"
#include "token/store/redis_server_fixture.h"
#include "token/store/sealed_record.h"

namespace adit::token {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RedisAddress, reads_urls) {
  const auto all = RedisAddress::parse("redis://us%40er:p%2Fw@[::1]:7000/3");
  EXPECT_EQ(all.user, "us@er");
  EXPECT_EQ(all.password, Secret("p/w"));
  EXPECT_EQ(all.to_string(), "redis://[::1]:7000/3");
  const auto socket = RedisAddress::parse("unix:/run/redis.sock?db=2&password=x");
  EXPECT_EQ(socket.socket, "/run/redis.sock");
  EXPECT_EQ(socket.database, 2);
  EXPECT_EQ(socket.password, Secret("x"));
  EXPECT_EQ(RedisAddress::parse("redis://").to_string(), "redis://localhost:6379");
  const auto tls = RedisAddress::parse("rediss://:x@cache.example:7001/2?ca=/etc/a%20b.pem&cert=c.pem&key=k.pem");
  EXPECT_TRUE(tls.tls);
  EXPECT_EQ(tls.ca_file, "/etc/a b.pem");
  EXPECT_EQ(tls.to_string(), "rediss://cache.example:7001/2");
}

TEST(RedisAddress, printed_text_reads_as_the_same_address) {
  for (const std::string path : {"/run/redis.sock", "/run/a%b?c d", "//run/x", "relative"}) {
    RedisAddress address;
    address.socket = path;
    EXPECT_EQ(RedisAddress::parse(address.to_string()).socket, path) << address.to_string();
  }
}

class RedisTest : public ::testing::Test {
 protected:
  TokenSource source(TokenEngine& engine) { return engine.source(oauth(), ims_.issuer()); }
  std::unique_ptr<TokenEngine> make_engine() {
    EngineOptions options;
    options.store = open_store(redis_.url());
    return std::make_unique<TokenEngine>(std::move(options));
  }
  RedisServer redis_;
  FakeIssuer ims_{Clock::system()};
};

TEST_F(RedisTest, contains_no_readable_token_and_every_key_expires) {
  auto engine = make_engine();
  source(*engine).get();
  const auto keys = split_list(redis_.cli("KEYS *"), '\n');
  EXPECT_EQ(keys.size(), 2);
  for (const auto& key : keys) {
    EXPECT_THAT(redis_.cli("GET " + key), Not(HasSubstr("token-1")));
    EXPECT_GT(std::stol(redis_.cli("TTL " + key)), 0);
  }
}

TEST_F(RedisTest, uses_memory_while_the_server_is_down_and_shares_again_afterwards) {
  auto engine = make_engine();
  auto mine = source(*engine);
  EXPECT_EQ(mine.get().reveal(), "token-1");
  redis_.stop();
  EXPECT_EQ(mine.get().reveal(), "token-1");
  EXPECT_EQ(mine.get({.fresh = true}).reveal(), "token-2");
  redis_.start();
  // After failures, the store does not connect for up to 5 s; a new store connects at once.
  auto later = make_engine();
  EXPECT_EQ(source(*later).get().reveal(), "token-3");
  auto last = make_engine();
  EXPECT_EQ(source(*last).get().reveal(), "token-3");
  EXPECT_EQ(ims_.calls, 3);
}

TEST_F(RedisTest, logs_once_that_the_server_is_down_and_once_that_it_works_again) {
  auto engine = make_engine();
  auto mine = source(*engine);
  mine.get();
  redis_.stop();
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) mine.get({.fresh = true});
  redis_.start();
  for (const auto end = MonotonicClock::now() + 2min; MonotonicClock::now() < end && redis_.cli("KEYS *").empty();)
    mine.get({.fresh = true});
  mine.get({.fresh = true});
  const auto said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(split_list(said, '\n').size(), 2) << said;
  EXPECT_THAT(said, HasSubstr("does not work, tokens are kept only in this process"));
  EXPECT_THAT(said, HasSubstr("works again"));
}

TEST_F(RedisTest, callers_get_tokens_while_the_server_stops_and_starts) {
  auto engine = make_engine();
  auto mine = source(*engine);
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&, fresh = i % 2 == 0] {
      while (!stop) {
        try {
          mine.get({.fresh = fresh});
        } catch (const Error&) {
          ++failed;
        }
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    redis_.stop();
    redis_.start();
  }
  stop = true;
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
}

TEST_F(RedisTest, a_restart_between_two_calls_does_not_matter) {
  const auto store = open_store(redis_.url());
  EXPECT_FALSE(store->get("a"));
  redis_.stop();
  redis_.start();
  EXPECT_FALSE(store->get("a"));
}

TEST_F(RedisTest, a_full_server_only_prevents_sharing) {
  redis_.cli("CONFIG SET maxmemory 1");
  auto engine = make_engine();
  EXPECT_EQ(source(*engine).get().reveal(), "token-1");
  EXPECT_EQ(source(*engine).get().reveal(), "token-1");
  redis_.cli("CONFIG SET maxmemory 0");
}

TEST_F(RedisTest, a_server_that_is_full_after_the_exchange_delays_no_caller) {
  ims_.before = [this] { redis_.cli("CONFIG SET maxmemory 1"); };
  auto one = make_engine();
  EXPECT_EQ(source(*one).get().reveal(), "token-1");
  // This call throws if it has to wait for a lock, because nothing advances the clock.
  const ManualClock clock(Clock::system().wall_now());
  EngineOptions options;
  options.clock = &clock;
  options.threads = 0;
  options.store = open_store(redis_.url());
  TokenEngine two(std::move(options));
  EXPECT_EQ(source(two).get().reveal(), "token-2") << "the lock of the other was released";
  redis_.cli("CONFIG SET maxmemory 0");
}

TEST_F(RedisTest, an_altered_record_is_absent_and_replaced) {
  const RecordSeal seal(oauth(), ims_.issuer()->id());
  const auto key = cat("adit:token:{", seal.name(), "}");
  for (const auto* command : {"SET", "SETRANGE", "LPUSH", "HUGE", "FENCE"}) {
    const auto before = ims_.issued;
    redis_.cli("FLUSHALL");
    { source(*make_engine()).get(); }
    if (std::string_view(command) == "SET") redis_.cli(cat("SET ", key, " garbage"));
    if (std::string_view(command) == "SETRANGE") redis_.cli(cat("SETRANGE ", key, " 40 xxxx"));
    if (std::string_view(command) == "LPUSH") redis_.cli(cat("DEL ", key)), redis_.cli(cat("LPUSH ", key, " x"));
    if (std::string_view(command) == "HUGE") redis_.cli(cat("SET ", key, " '99999999999999999999 x'"));
    if (std::string_view(command) == "FENCE") redis_.cli(cat("SET ", key, ":fence nonsense"));
    auto engine = make_engine();
    source(*engine).get();
    EXPECT_EQ(ims_.issued, before + (std::string_view(command) == "FENCE" ? 1 : 2)) << command;
    auto other = make_engine();
    EXPECT_EQ(source(*other).get().reveal(), source(*engine).get().reveal()) << command;
  }
}

}  // namespace
}  // namespace adit::token
