// Servers that are not Redis, and Redis servers that were tampered with or stopped.
#include <csignal>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "http/server/raw_peers_fixture.h"
#include "token/store/redis_server_fixture.h"
#include "token/store/redis_store.h"
#include "token/store/sealed_record.h"

namespace adit::token {
namespace {

using namespace testing;
using http::testing::RawServer;
using http::testing::RawSocket;
using ::testing::HasSubstr;

/// Returns the largest memory that this process has had, in MB.
long peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

struct Reply {
  const char* name;
  /// True: the reply is sent until the connection accepts no more.
  std::string text;
  bool repeated = false;
};
void PrintTo(const Reply& reply, std::ostream* out) { *out << reply.name; }

class HostileRedis : public ::testing::TestWithParam<Reply> {
 protected:
  RawServer server_{[](RawSocket& socket, int) {
    const auto& reply = GetParam();
    while (socket.receive_more()) {
      while (::send(socket.descriptor(), reply.text.data(), reply.text.size(), MSG_NOSIGNAL) > 0 && reply.repeated) {
      }
    }
  }};
  std::string url_ = cat("redis://127.0.0.1:", server_.port());
};

INSTANTIATE_TEST_SUITE_P(
    Replies, HostileRedis,
    ::testing::Values(Reply{"ListOfTwoThousandMillion", "*2147483647\r\n:1\r\n"},
                      Reply{"ListOfMillions", "*1000000\r\n:1\r\n"}, Reply{"NegativeList", "*-5\r\n"},
                      Reply{"Nested", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"},
                      Reply{"ManyLists", "*16\r\n*16\r\n*16\r\n", true},
                      Reply{"BulkWithoutEnd", "$536870000\r\n" + std::string(100'000, 'x'), true},
                      Reply{"LineWithoutEnd", "+" + std::string(100'000, 'x'), true},
                      Reply{"ErrorWithoutEnd", "-ERR " + std::string(100'000, 'x'), true}, Reply{"Trickle", "*3\r\n:"},
                      Reply{"Nothing", ""}, Reply{"NoRedis", "220 mail.example ESMTP\r\n"}, Reply{"Number", ":1\r\n"},
                      Reply{"Nil", "$-1\r\n"}, Reply{"EmptyList", "*0\r\n"}, Reply{"ShortList", "*1\r\n:1\r\n"},
                      Reply{"ListOfTexts", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"},
                      Reply{"HugeNumber", "*3\r\n$-1\r\n:0\r\n:9223372036854775807\r\n"},
                      Reply{"NegativeNumber", "*3\r\n$-1\r\n:0\r\n:-5\r\n"},
                      Reply{"TwoReplies", "*3\r\n$-1\r\n:0\r\n:1\r\n*3\r\n$-1\r\n:0\r\n:1\r\n"},
                      Reply{"LockedForEver", "*3\r\n$-1\r\n:0\r\n:0\r\n"},
                      Reply{"UselessRecord",
                            "*3\r\n$600002\r\n5 " + std::string(600'000, 'x') + "\r\n:100000\r\n:0\r\n"},
                      Reply{"Escapes", "-ERR \x1b[2J\x1b]0;title\x07\r\n"}),
    [](const auto& info) { return info.param.name; });

TEST_P(HostileRedis, uses_little_memory_and_callers_get_their_token) {
  FakeIssuer ims(Clock::system());
  EngineOptions options;
  options.store = open_store(url_);
  TokenEngine engine(std::move(options));
  const auto before = peak_mb();
  ::testing::internal::CaptureStderr();
  auto source = engine.source(oauth(), ims.issuer());
  EXPECT_EQ(source.get().reveal(), "token-1");
  EXPECT_EQ(source.get({.fresh = true}).reveal(), "token-2");
  const auto said = ::testing::internal::GetCapturedStderr();
  if (std::string_view(GetParam().name).starts_with("ListOf")) {
    EXPECT_EQ(said.find("in time"), std::string::npos) << "the call waited for the elements that the header announces";
  }
  EXPECT_LT(peak_mb() - before, 100);
  EXPECT_LE(split_list(said, '\n').size(), 1) << said;
  EXPECT_LT(said.size(), 1000);
  EXPECT_EQ(said.find('\x1b'), std::string::npos);
}

// A password that is a command of another service, in the address of that service.
TEST(RedisPassword, is_sent_only_to_redis) {
  for (const std::string answer :
       {"ERROR\r\n", "+OK\r\n", "-ERR unknown command\r\n", "500 what?\r\n", ":1\r\n", "$4\r\nPONG\r\n"}) {
    std::string received;
    {
      RawServer other([&](RawSocket& socket, int) {
        for (std::string byte; !(byte = socket.read_exactly(1)).empty();) {
          received += byte;
          if (received.ends_with("\r\nPING\r\n")) socket.send(answer);
        }
      });
      const auto address = RedisAddress::parse(cat("redis://quit:flush_all@127.0.0.1:", other.port()));
      EXPECT_THROW(RedisConnection(address, std::chrono::steady_clock::now() + 2min), ConnectionFailure) << answer;
    }
    EXPECT_THAT(received, HasSubstr("PING")) << answer;
    EXPECT_THAT(received, Not(HasSubstr("flush_all"))) << answer;
    EXPECT_THAT(received, Not(HasSubstr("quit"))) << answer;
  }
}

class TamperedRedis : public ::testing::Test {
 protected:
  std::string key(const std::string& more = {}) { return cat("adit:token:{", seal_.name(), "}", more); }
  std::string get(const TokenOptions& how = {}) {
    EngineOptions options;
    options.store = open_store(redis_.url());
    TokenEngine engine(std::move(options));
    return std::string(engine.source(oauth(), ims_.issuer()).get(how).reveal());
  }
  /// Returns a token. Throws if the engine schedules something for later, such as a wait for a lock.
  std::string get_without_waiting() {
    const ManualClock clock(Clock::system().wall_now());
    EngineOptions options;
    options.clock = &clock;
    options.threads = 0;
    options.store = open_store(redis_.url());
    TokenEngine engine(std::move(options));
    return std::string(engine.source(oauth(), ims_.issuer()).get().reveal());
  }
  RedisServer redis_;
  FakeIssuer ims_{Clock::system()};
  RecordSeal seal_{oauth(), ims_.issuer()->id()};
};

TEST_F(TamperedRedis, a_lock_that_never_expires_or_is_not_a_lock_is_replaced) {
  for (const std::string command : {"SET KEY 5", "SET KEY 5 EX 999999", "SET KEY garbage", "LPUSH KEY x",
                                    "HSET KEY a b", "SADD KEY a", "ZADD KEY 1 a", "XADD KEY * a b"}) {
    redis_.cli("FLUSHALL");
    redis_.cli(replace_all(command, "KEY", key(":lock")));
    const auto token = get_without_waiting();
    EXPECT_EQ(get(), token) << command << ": it is in the store";
  }
}

TEST_F(TamperedRedis, a_key_of_another_type_is_absent_and_reading_does_not_change_it) {
  for (const auto* end : {"", ":lock", ":fence"}) {
    redis_.cli("FLUSHALL");
    redis_.cli(cat("LPUSH ", key(end), " x"));
    const auto store = open_store(redis_.url());
    EXPECT_FALSE(store->get(seal_.name()));
    EXPECT_EQ(redis_.cli(cat("LLEN ", key(end))), "1") << end;
    const auto token = get();
    EXPECT_EQ(get(), token) << end;
  }
}

TEST_F(TamperedRedis, fences_start_again_after_an_impossible_number) {
  for (const auto* number : {"9223372036854775807", "1e308", "inf", "nan", "-7", "0x7fffffffffffffff", "1.5"}) {
    redis_.cli("FLUSHALL");
    redis_.cli(cat("SET ", key(":fence"), " ", number));
    const auto token = get();
    EXPECT_EQ(get(), token) << number;
  }
}

TEST_F(TamperedRedis, a_lock_taken_for_a_caller_that_has_given_up_expires_soon) {
  redis_.signal(SIGSTOP);
  EXPECT_EQ(get(), "token-1") << "without the store";
  redis_.signal(SIGCONT);
  // The server now executes the command that it got while it was stopped: it takes a lock for a caller that has given
  // up.
  for (const auto end = MonotonicClock::now() + 2min; redis_.cli(cat("EXISTS ", key(":fence"))) != "1";)
    ASSERT_LT(MonotonicClock::now(), end);
  EXPECT_LE(std::stol(redis_.cli(cat("PTTL ", key(":lock")))), 5'000);
  EXPECT_EQ(get(), "token-2");
  EXPECT_EQ(get(), "token-2") << "the store works again";
}

TEST(RedisFiles, only_regular_files_are_read) {
  for (const auto* file : {"/dev/zero", "/dev/stdin", "/proc"}) {
    RawServer server([](RawSocket& socket, int) { socket.read_to_end(); });
    try {
      static_cast<void>(open_store(cat("rediss://127.0.0.1:", server.port(), "?ca=", file))->get("a"));
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_THAT(error.message(), HasSubstr(cat(file, " cannot be read: it is not a regular file")));
    }
  }
}

}  // namespace
}  // namespace adit::token
