#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/token_store.h"

#include "system/boot_id.h"
#include "token/engine/parts_fixture.h"
#include "token/store/file_store.h"
#include "token/store/redis_server_fixture.h"
#include "token/store/sealed_record.h"

namespace adit::token {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

/// Tests that all stores must pass.
class TokenStoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "redis") redis_ = std::make_unique<RedisServer>();
    store_ = open();
  }
  /// Opens the same store as another process does; `memory:` exists only in one process.
  [[nodiscard]] std::shared_ptr<TokenStore> open() const {
    if (GetParam() == "file") return open_store(cat("file:", folder_.path(), "/tokens"));
    return open_store(redis_ ? redis_->url() : "memory:");
  }
  void empty() {
    if (redis_) redis_->cli("FLUSHALL");
    std::filesystem::remove_all(folder_.path() + "/tokens");
  }

  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
  std::shared_ptr<TokenStore> store_;
};
INSTANTIATE_TEST_SUITE_P(Stores, TokenStoreTest, ::testing::Values("memory", "file", "redis"),
                         [](const auto& info) { return info.param; });

TEST_P(TokenStoreTest, is_empty_at_first) { EXPECT_FALSE(store_->get("a")); }

TEST_P(TokenStoreTest, gives_the_lock_to_one_caller_and_the_record_to_all_others) {
  const auto mine = store_->get_or_lock("a", 0, 10s);
  ASSERT_NE(mine.fence, 0);
  const auto other = store_->get_or_lock("a", 0, 10s);
  EXPECT_EQ(other.fence, 0);
  EXPECT_FALSE(other.record);
  const std::string binary("sealed\0\n\xff", 9);
  EXPECT_TRUE(store_->put("a", binary, mine.fence, 1h));
  const auto found = store_->get_or_lock("a", 0, 10s);
  ASSERT_TRUE(found.record);
  EXPECT_EQ(found.record->sealed, binary);
  EXPECT_EQ(found.record->fence, mine.fence);
  EXPECT_EQ(store_->get("a")->sealed, binary);
}

TEST_P(TokenStoreTest, gives_the_lock_to_a_caller_that_knows_the_record) {
  const auto first = store_->get_or_lock("a", 0, 10s).fence;
  store_->put("a", "one", first, 1h);
  const auto second = store_->get_or_lock("a", first, 10s);
  EXPECT_FALSE(second.record);
  EXPECT_GT(second.fence, first);
}

TEST_P(TokenStoreTest, reports_when_the_lock_of_another_expires) {
  static_cast<void>(store_->get_or_lock("a", 0, kLongestLockTtl));
  const auto left = store_->get_or_lock("a", 0, kLongestLockTtl).lock_left;
  ASSERT_TRUE(left);
  EXPECT_GT(*left, 0s);
  EXPECT_LE(*left, kLongestLockTtl);
}

TEST_P(TokenStoreTest, a_released_lock_is_free) {
  const auto first = store_->get_or_lock("a", 0, 10s).fence;
  store_->release("a", first);
  EXPECT_GT(store_->get_or_lock("a", 0, 10s).fence, first);
}

TEST_P(TokenStoreTest, a_lock_expires_and_its_slow_holder_cannot_overwrite_a_newer_record) {
  const auto slow = store_->get_or_lock("a", 0, 1ms).fence;
  RecordOrLock next;
  for (const auto end = MonotonicClock::now() + 2min; next.fence == 0 && MonotonicClock::now() < end;)
    next = store_->get_or_lock("a", 0, 10s);
  ASSERT_GT(next.fence, slow);
  EXPECT_FALSE(store_->put("a", "old", slow, 1h));
  EXPECT_TRUE(store_->put("a", "new", next.fence, 1h));
  EXPECT_FALSE(store_->put("a", "old", slow, 1h));
  EXPECT_EQ(store_->get("a")->sealed, "new");
}

TEST_P(TokenStoreTest, a_slow_holder_cannot_overwrite_a_record_written_after_the_store_was_emptied) {
  if (GetParam() == "memory") GTEST_SKIP() << "nobody can empty it";
  for (int i = 0; i < 4; ++i) store_->release("a", store_->get_or_lock("a", 0, 10s).fence);
  const auto slow = store_->get_or_lock("a", 0, 10s).fence;
  empty();  // as after a server's restart or the deletion of the folder: fences start at 1 again
  const auto newcomer = open();
  const auto fence = newcomer->get_or_lock("a", 0, 10s).fence;
  ASSERT_NE(fence, 0);
  ASSERT_LT(fence, slow);
  EXPECT_FALSE(store_->extend("a", slow, 10s));
  EXPECT_FALSE(store_->put("a", "old", slow, 1h));
  EXPECT_TRUE(newcomer->put("a", "new", fence, 1h));
  EXPECT_FALSE(store_->put("a", "old", slow, 1h));
  EXPECT_EQ(store_->get("a")->sealed, "new");
}

TEST_P(TokenStoreTest, a_holder_can_still_put_its_record_after_the_store_was_emptied) {
  if (GetParam() == "memory") GTEST_SKIP() << "nobody can empty it";
  const auto fence = store_->get_or_lock("a", 0, 10s).fence;
  empty();
  EXPECT_TRUE(store_->put("a", "one", fence, 1h));
  EXPECT_EQ(open()->get("a")->sealed, "one");
}

TEST_P(TokenStoreTest, passes_no_descriptor_to_programs_that_it_starts) {
  const auto inherited = [] {
    std::set<std::string> open;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      const auto name = entry.path().filename().string();
      const auto flags = fcntl(std::stoi(name), F_GETFD);
      if (flags >= 0 && (flags & FD_CLOEXEC) == 0) open.insert(name);
    }
    return open;
  };
  const auto before = inherited();
  const auto fence = store_->get_or_lock("b", 0, 10s).fence;
  EXPECT_EQ(inherited(), before);
  store_->put("b", "one", fence, 1h);
  EXPECT_EQ(inherited(), before);
}

TEST_P(TokenStoreTest, only_the_holder_extends_its_lock) {
  const auto fence = store_->get_or_lock("a", 0, 10s).fence;
  EXPECT_TRUE(store_->extend("a", fence, 10s));
  EXPECT_FALSE(store_->extend("a", fence + 1, 10s));
  EXPECT_EQ(store_->get_or_lock("a", 0, 10s).fence, 0);
}

TEST_P(TokenStoreTest, removes_a_record_but_not_a_newer_one) {
  const auto fence = store_->get_or_lock("a", 0, 10s).fence;
  store_->put("a", "one", fence, 1h);
  store_->remove("a", fence + 7);
  EXPECT_TRUE(store_->get("a"));
  store_->remove("a");
  EXPECT_FALSE(store_->get("a"));
  EXPECT_NE(store_->get_or_lock("a", 0, 10s).fence, 0);
}

TEST_P(TokenStoreTest, different_names_have_different_records) {
  store_->put("a", "one", store_->get_or_lock("a", 0, 10s).fence, 1h);
  EXPECT_NE(store_->get_or_lock("b", 0, 10s).fence, 0);
  EXPECT_FALSE(store_->get("b"));
}

TEST(OpenStore, rejects_invalid_urls_without_quoting_passwords) {
  for (const auto* url :
       {"", "http://x", "rediss://:geheim@host?cert=x", "redis://h?ca=geheim", "file:", "redis:geheim",
        "redis://:geheim@host:99999", "redis://host/x", "unix:", "redis://h?geheim=1", "redis://u:geheim%g@h"}) {
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

TEST(OpenStore, rejects_control_characters_in_every_part) {
  for (const std::string control : {"%00", "%0a", "%0D", "%1b", "%7f", "\n", "\r", "\x01", "\x7f"}) {
    for (const auto& url : {cat("redis://us", control, "er:geheim@h"), cat("redis://user:geheim", control, "x@h"),
                            cat("redis://:geheim@h", control, "x:6379"), cat("redis://h:63", control, "79"),
                            cat("redis://h/1", control, "2"), cat("rediss://h?ca=/a", control, "b"),
                            cat("rediss://h?cert=/a", control, "b&key=c"),
                            cat("rediss://h?cert=/a&key=c", control, "d"), cat("unix:/run/a", control, "b"),
                            cat("unix:/run/a?db=1", control, "2"), cat("unix:/run/a?password=geheim", control, "x")}) {
      // A host's name is not percent-decoded.
      if (url.find("@h%") != std::string::npos) continue;
      EXPECT_THROW(static_cast<void>(open_store(url)), Error) << url;
    }
    if (control.front() == '%') continue;
    EXPECT_THROW(static_cast<void>(open_store(cat("file:/a", control, "b"))), Error);
  }
  EXPECT_NO_THROW(static_cast<void>(open_store("redis://user:%20%C3%A9%ff@h")));
}

class FileStoreTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string in(const std::string& name) const { return cat(path_, "/", name); }
  [[nodiscard]] static unsigned mode(const std::string& path) {
    struct stat about {};
    EXPECT_EQ(lstat(path.c_str(), &about), 0) << path;
    return about.st_mode & 0777U;
  }
  void put(const std::string& text) { store_.put("a", text, store_.get_or_lock("a", 0, 10s).fence, 1h); }

  TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/deep/tokens";
  FileStore store_{path_};
};

TEST_F(FileStoreTest, is_readable_only_by_its_owner_with_any_umask) {
  const auto former = umask(0);
  put("one");
  umask(former);
  EXPECT_EQ(mode(path_), 0700);
  EXPECT_EQ(mode(folder_.path() + "/deep"), 0700);
  EXPECT_EQ(mode(in("a.token")), 0600);
  EXPECT_EQ(mode(in("a.lease")), 0600);
}

TEST_F(FileStoreTest, never_changes_the_mode_of_an_existing_folder) {
  std::filesystem::create_directories(path_);
  for (const unsigned open : {0755U, 0750U, 0777U, 0775U, 0770U, 01777U}) {
    chmod(path_.c_str(), open);
    const bool others_write = (open & 022U) != 0;
    if (others_write) {
      EXPECT_THROW(put("one"), Error) << std::oct << open;
      EXPECT_THROW(static_cast<void>(store_.get("a")), Error) << std::oct << open;
    } else {
      put(cat("one", open));
      EXPECT_EQ(mode(in("a.token")), 0600);
    }
    EXPECT_EQ(mode(path_), open & 0777U);
  }
}

TEST_F(FileStoreTest, reading_and_removing_make_no_folder) {
  EXPECT_FALSE(store_.get("a"));
  store_.remove("a", 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/deep"));
}

TEST_F(FileStoreTest, a_lock_that_expires_too_late_is_free) {
  std::filesystem::create_directories(path_);
  std::ofstream(in("a.lease")) << cat("adit lease 1 7 ", std::int64_t{1} << 60, ' ', boot_id(), '\n');
  const Descriptor holder(open(in("a.lease").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(flock(holder.get(), LOCK_EX), 0);
  EXPECT_EQ(store_.get_or_lock("a", 0, 10s).fence, 8);
}

TEST_F(FileStoreTest, waits_once_for_a_process_that_keeps_the_folder_locked) {
  std::filesystem::create_directories(path_);
  const Descriptor stopped(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(flock(stopped.get(), LOCK_EX), 0);
  ManualClock clock;
  FileStore store(path_, clock);
  auto call = std::async(std::launch::async, [&] { return store.get_or_lock("a", 0, 10s); });
  while (call.wait_for(1ms) != std::future_status::ready) clock.advance(100ms);
  try {
    call.get();
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), cat("The token store ", path_, " cannot be used: another process keeps it locked."));
  }
  // The clock stands still now: a call that waits would never return.
  for (int i = 0; i < 10; ++i) EXPECT_THROW(static_cast<void>(store.get_or_lock("a", 0, 10s)), Error);
}

TEST_F(FileStoreTest, does_not_block_on_pipes_or_large_files_under_its_names) {
  std::filesystem::create_directories(path_);
  for (const auto* name : {"a.token", "a.lease"}) ASSERT_EQ(mkfifo(in(name).c_str(), 0600), 0);
  EXPECT_FALSE(store_.get("a"));
  put("one");
  EXPECT_EQ(store_.get("a")->sealed, "one");
  std::filesystem::resize_file(in("a.token"), std::uintmax_t{1} << 40U);  // sparse
  EXPECT_FALSE(store_.get("a"));
  for (const auto* name : {"a.token", "a.lease"}) {
    std::filesystem::remove(in(name));
    std::filesystem::create_directory(in(name));
  }
  EXPECT_FALSE(store_.get("a"));
  EXPECT_THROW(static_cast<void>(store_.get_or_lock("a", 0, 10s)), Error);
}

TEST_F(FileStoreTest, rejects_a_folder_that_is_a_symbolic_link) {
  std::filesystem::create_directories(folder_.path() + "/elsewhere");
  std::filesystem::create_directories(folder_.path() + "/deep");
  std::filesystem::create_symlink(folder_.path() + "/elsewhere", path_);
  EXPECT_THROW(put("one"), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() + "/elsewhere"));
}

TEST_F(FileStoreTest, follows_no_symbolic_links) {
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

TEST_F(FileStoreTest, ignores_garbage) {
  std::filesystem::create_directories(path_);
  for (const auto* text : {"", "x", "adit token 1 ", "adit token 1 7", "adit token 1 0\nx", "adit token 1 -3\nx",
                           "adit token 1 99999999999999999999\nx", "adit token 1 9223372036854775807\nx"}) {
    std::ofstream(in("a.token")) << text;
    std::ofstream(in("a.lease")) << text;
    EXPECT_FALSE(store_.get("a")) << text;
    const auto fence = store_.get_or_lock("a", 0, 10s).fence;
    EXPECT_TRUE(store_.put("a", "good", fence, 1h)) << text;
    EXPECT_EQ(store_.get("a")->sealed, "good");
    std::filesystem::remove(in("a.token"));
  }
}

TEST_F(FileStoreTest, deletes_only_its_own_old_files) {
  std::filesystem::create_directories(path_);
  const std::map<std::string, std::string> files{{"github.token", "ghp"},
                                                 {"notes.lease", "until May"},
                                                 {"draft.tmp", "x"},
                                                 {"old.token", "adit token 1 5\nsealed"},
                                                 {"old.lease", "adit lease 1 5 0 boot\n"},
                                                 {"old.123.1.99.tmp", "adit token 1 5\n"}};
  for (const auto& [name, text] : files) {
    std::ofstream(in(name)) << text;
    std::filesystem::last_write_time(in(name), std::filesystem::file_time_type::clock::now() - 24h * 40);
  }
  std::ofstream(in("new.123.1.99.tmp")) << "somebody is writing";
  put("one");
  std::set<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) left.insert(entry.path().filename().string());
  EXPECT_THAT(left, ::testing::ElementsAre("a.lease", "a.token", "draft.tmp", "github.token", "new.123.1.99.tmp",
                                           "notes.lease"));
}

TEST_F(FileStoreTest, works_after_the_folder_was_deleted) {
  put("one");
  std::filesystem::remove_all(path_);
  EXPECT_FALSE(store_.get("a"));
  put("two");
  EXPECT_EQ(store_.get("a")->sealed, "two");
}

TEST_F(FileStoreTest, says_that_the_folder_is_a_file) {
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

TEST(RecordSealTest, opens_only_what_it_sealed) {
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

TEST(RecordSealTest, reveals_neither_token_nor_credential_and_never_repeats_bytes) {
  const RecordSeal seal(oauth(), "ims");
  const auto sealed = seal.seal(Secret("the token"), 7);
  EXPECT_THAT(sealed, Not(HasSubstr("the token")));
  EXPECT_NE(sealed, seal.seal(Secret("the token"), 7));
  EXPECT_EQ(seal.name().size(), 43);
  EXPECT_NE(seal.name(), RecordSeal(oauth(), "ims2").name());
  EXPECT_EQ(seal.name(), RecordSeal(oauth(), "ims").name());
}

}  // namespace
}  // namespace adit::token
