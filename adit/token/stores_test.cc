#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/token/file_store.h"
#include "adit/token/memory_store.h"
#include "adit/token/parts_test.h"
#include "adit/token/redis_server_test.h"
#include "adit/token/redis_store.h"
#include "adit/token/sealed_record.h"

namespace adit::token {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

/// What holds for every store.
class AnyStore : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") store_ = open_store("memory:");
    if (GetParam() == "file") store_ = open_store(cat("file:", folder_.path(), "/tokens"));
    if (GetParam() == "redis") {
      redis_ = std::make_unique<RedisServer>();
      store_ = open_store(redis_->url());
    }
  }

  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
  std::shared_ptr<TokenStore> store_;
};
INSTANTIATE_TEST_SUITE_P(Stores, AnyStore, ::testing::Values("memory", "file", "redis"),
                         [](const auto& info) { return info.param; });

TEST_P(AnyStore, HasNothingAtFirst) { EXPECT_FALSE(store_->get("a")); }

TEST_P(AnyStore, GivesTheLockToOneAndTheRecordToAllOthers) {
  const auto mine = store_->claim("a", 0, 10s);
  ASSERT_NE(mine.fence, 0);
  const auto other = store_->claim("a", 0, 10s);
  EXPECT_EQ(other.fence, 0);
  EXPECT_FALSE(other.record);
  const std::string binary("sealed\0\n\xff", 9);
  EXPECT_TRUE(store_->put("a", binary, mine.fence, 1h));
  const auto found = store_->claim("a", 0, 10s);
  ASSERT_TRUE(found.record);
  EXPECT_EQ(found.record->sealed, binary);
  EXPECT_EQ(found.record->fence, mine.fence);
  EXPECT_EQ(store_->get("a")->sealed, binary);
}

TEST_P(AnyStore, GivesTheLockToWhoeverKnowsTheRecordAlready) {
  const auto first = store_->claim("a", 0, 10s).fence;
  store_->put("a", "one", first, 1h);
  const auto second = store_->claim("a", first, 10s);
  EXPECT_FALSE(second.record);
  EXPECT_GT(second.fence, first);
}

TEST_P(AnyStore, AReleasedLockIsFree) {
  const auto first = store_->claim("a", 0, 10s).fence;
  store_->release("a", first);
  EXPECT_GT(store_->claim("a", 0, 10s).fence, first);
}

TEST_P(AnyStore, ALockEndsByItselfAndASlowHolderCannotOverwriteTheNextOnesToken) {
  const auto slow = store_->claim("a", 0, 1ms).fence;
  Claim next;
  for (const auto end = MonotonicClock::now() + 5s; next.fence == 0 && MonotonicClock::now() < end;)
    next = store_->claim("a", 0, 10s);
  ASSERT_GT(next.fence, slow);
  EXPECT_FALSE(store_->put("a", "old", slow, 1h));
  EXPECT_TRUE(store_->put("a", "new", next.fence, 1h));
  EXPECT_FALSE(store_->put("a", "old", slow, 1h));
  EXPECT_EQ(store_->get("a")->sealed, "new");
}

TEST_P(AnyStore, OnlyTheHolderExtendsItsLock) {
  const auto fence = store_->claim("a", 0, 10s).fence;
  EXPECT_TRUE(store_->extend("a", fence, 10s));
  EXPECT_FALSE(store_->extend("a", fence + 1, 10s));
  EXPECT_EQ(store_->claim("a", 0, 10s).fence, 0);
}

TEST_P(AnyStore, ForgetsARecordButNotANewerOneThanMeant) {
  const auto fence = store_->claim("a", 0, 10s).fence;
  store_->put("a", "one", fence, 1h);
  store_->remove("a", fence + 7);
  EXPECT_TRUE(store_->get("a"));
  store_->remove("a");
  EXPECT_FALSE(store_->get("a"));
  EXPECT_NE(store_->claim("a", 0, 10s).fence, 0);
}

TEST_P(AnyStore, KeepsNamesApart) {
  store_->put("a", "one", store_->claim("a", 0, 10s).fence, 1h);
  EXPECT_NE(store_->claim("b", 0, 10s).fence, 0);
  EXPECT_FALSE(store_->get("b"));
}

TEST(OpenStore, RefusesWhatIsNoStoreWithoutQuotingPasswords) {
  for (const auto* url :
       {"", "http://x", "rediss://:geheim@host", "file:", "redis:geheim", "redis://:geheim@host:99999",
        "redis://host/x", "unix:", "redis://h?geheim=1", "redis://u:geheim%g@h"}) {
    try {
      static_cast<void>(open_store(url));
      ADD_FAILURE() << url;
    } catch (const Error& error) {
      EXPECT_TRUE(error.is_configuration()) << url;
      EXPECT_EQ(error.code(), "invalid_store");
      EXPECT_THAT(error.to_string(), Not(HasSubstr("geheim")));
    }
  }
}

TEST(RedisAddress, ReadsUrls) {
  const auto all = RedisAddress::parse("redis://us%40er:p%2Fw@[::1]:7000/3");
  EXPECT_EQ(all.user, "us@er");
  EXPECT_EQ(all.password, Secret("p/w"));
  EXPECT_EQ(all.to_string(), "redis://[::1]:7000/3");
  const auto socket = RedisAddress::parse("unix:/run/redis.sock?db=2&password=x");
  EXPECT_EQ(socket.socket, "/run/redis.sock");
  EXPECT_EQ(socket.database, 2);
  EXPECT_EQ(socket.password, Secret("x"));
  EXPECT_EQ(RedisAddress::parse("redis://").to_string(), "redis://localhost:6379");
}

class FileStoreTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string in(const std::string& name) const { return cat(path_, "/", name); }
  [[nodiscard]] static unsigned mode(const std::string& path) {
    struct stat about {};
    EXPECT_EQ(lstat(path.c_str(), &about), 0) << path;
    return about.st_mode & 0777U;
  }
  void put(const std::string& text) { store_.put("a", text, store_.claim("a", 0, 10s).fence, 1h); }

  TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/deep/tokens";
  FileStore store_{path_};
};

TEST_F(FileStoreTest, IsForItsOwnerAloneWhateverTheUmask) {
  const auto former = umask(0);
  put("one");
  umask(former);
  EXPECT_EQ(mode(path_), 0700);
  EXPECT_EQ(mode(folder_.path() + "/deep"), 0700);
  EXPECT_EQ(mode(in("a.token")), 0600);
  EXPECT_EQ(mode(in("a.lease")), 0600);
}

TEST_F(FileStoreTest, ClosesAFolderThatIsOpenToOthers) {
  std::filesystem::create_directories(path_);
  chmod(path_.c_str(), 0777);
  put("one");
  EXPECT_EQ(mode(path_), 0700);
}

TEST_F(FileStoreTest, RefusesAFolderThatIsASymbolicLink) {
  std::filesystem::create_directories(folder_.path() + "/elsewhere");
  std::filesystem::create_directories(folder_.path() + "/deep");
  std::filesystem::create_symlink(folder_.path() + "/elsewhere", path_);
  EXPECT_THROW(put("one"), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() + "/elsewhere"));
}

TEST_F(FileStoreTest, WritesThroughNoSymbolicLinkAndReadsNone) {
  std::filesystem::create_directories(path_);
  const auto victim = folder_.path() + "/victim";
  std::ofstream(victim) << "adit token 1 5\nforeign";
  std::filesystem::create_symlink(victim, in("a.token"));
  std::filesystem::create_symlink(victim, in("a.lease"));
  EXPECT_FALSE(store_.get("a"));
  put("one");
  EXPECT_EQ(store_.get("a")->sealed, "one");
  std::string text;
  std::getline(std::ifstream(victim), text);
  EXPECT_EQ(text, "adit token 1 5");
}

TEST_F(FileStoreTest, TakesGarbageForNothing) {
  std::filesystem::create_directories(path_);
  for (const auto* text : {"", "x", "adit token 1 ", "adit token 1 7", "adit token 1 0\nx", "adit token 1 -3\nx",
                           "adit token 1 99999999999999999999\nx", "adit token 1 9223372036854775807\nx"}) {
    std::ofstream(in("a.token")) << text;
    std::ofstream(in("a.lease")) << text;
    EXPECT_FALSE(store_.get("a")) << text;
    const auto fence = store_.claim("a", 0, 10s).fence;
    EXPECT_TRUE(store_.put("a", "good", fence, 1h)) << text;
    EXPECT_EQ(store_.get("a")->sealed, "good");
    std::filesystem::remove(in("a.token"));
  }
}

TEST_F(FileStoreTest, SurvivesThatSomebodyRemovesTheFolder) {
  put("one");
  std::filesystem::remove_all(path_);
  EXPECT_FALSE(store_.get("a"));
  put("two");
  EXPECT_EQ(store_.get("a")->sealed, "two");
}

TEST_F(FileStoreTest, SaysWhatIsWrongWhereTheFolderIsAFile) {
  std::filesystem::create_directories(folder_.path() + "/deep");
  std::ofstream(path_) << "x";
  try {
    put("one");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "store_unavailable");
    EXPECT_THAT(error.message(), HasSubstr(path_));
  }
}

TEST(RecordSealTest, OpensWhatItSealedAndNothingElse) {
  const RecordSeal seal(oauth(), "ims");
  const auto sealed = seal.seal(Secret("the token"), 7);
  EXPECT_EQ(seal.open(sealed, 7)->reveal(), "the token");
  EXPECT_FALSE(seal.open(sealed, 8));
  EXPECT_FALSE(RecordSeal(oauth(), "other ims").open(sealed, 7));
  EXPECT_FALSE(RecordSeal(oauth("client-1", "other secret"), "ims").open(sealed, 7));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(seal.open(altered, 7)) << i;
    EXPECT_FALSE(seal.open(std::string_view(sealed).substr(0, i), 7)) << i;
  }
}

TEST(RecordSealTest, ShowsNeitherTokenNorCredentialAndNeverTheSameBytesTwice) {
  const RecordSeal seal(oauth(), "ims");
  const auto sealed = seal.seal(Secret("the token"), 7);
  EXPECT_THAT(sealed, Not(HasSubstr("the token")));
  EXPECT_NE(sealed, seal.seal(Secret("the token"), 7));
  EXPECT_EQ(seal.name().size(), 43);
  EXPECT_NE(seal.name(), RecordSeal(oauth(), "ims2").name());
  EXPECT_EQ(seal.name(), RecordSeal(oauth(), "ims").name());
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

TEST_F(RedisTest, HoldsNoReadableTokenAndEveryKeyEnds) {
  auto engine = make_engine();
  source(*engine).get();
  const auto keys = split_list(redis_.cli("KEYS *"), '\n');
  EXPECT_EQ(keys.size(), 2);
  for (const auto& key : keys) {
    EXPECT_THAT(redis_.cli("GET " + key), Not(HasSubstr("token-1")));
    EXPECT_GT(std::stol(redis_.cli("TTL " + key)), 0);
  }
}

TEST_F(RedisTest, WorksOnFromMemoryWhileTheServerIsDownAndSharesAgainAfterwards) {
  auto engine = make_engine();
  auto mine = source(*engine);
  EXPECT_EQ(mine.get().reveal(), "token-1");
  redis_.stop();
  EXPECT_EQ(mine.get().reveal(), "token-1");
  EXPECT_EQ(mine.get({.fresh = true}).reveal(), "token-2");
  redis_.start();
  // The store rests for up to 5 s after failures; a fresh store connects at once.
  auto later = make_engine();
  EXPECT_EQ(source(*later).get().reveal(), "token-3");
  auto last = make_engine();
  EXPECT_EQ(source(*last).get().reveal(), "token-3");
  EXPECT_EQ(ims_.calls, 3);
}

TEST_F(RedisTest, ARestartBetweenTwoCallsIsNotNoticed) {
  const auto store = open_store(redis_.url());
  EXPECT_FALSE(store->get("a"));
  redis_.stop();
  redis_.start();
  EXPECT_FALSE(store->get("a"));
}

TEST_F(RedisTest, AFullMemoryCostsTheSharingButNotTheToken) {
  redis_.cli("CONFIG SET maxmemory 1");
  auto engine = make_engine();
  EXPECT_EQ(source(*engine).get().reveal(), "token-1");
  EXPECT_EQ(source(*engine).get().reveal(), "token-1");
  redis_.cli("CONFIG SET maxmemory 0");
}

TEST_F(RedisTest, ARecordAlteredByHandIsAbsentAndReplaced) {
  const RecordSeal seal(oauth(), ims_.issuer()->id);
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
