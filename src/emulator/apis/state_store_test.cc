#include "emulator/apis/state_store.h"

#include <gmock/gmock.h>

#include "base/text/text.h"
#include "emulator/apis/namespace_keys.h"

namespace adit::emulator {
namespace {

constexpr WallTime kNow{std::chrono::milliseconds(1'000'000)};
constexpr WallTime kLater = kNow + std::chrono::seconds(10);

StateStore::Value value(std::string bytes, WallTime expires = kLater) { return {std::move(bytes), expires}; }

TEST(Glob, a_star_matches_any_text) {
  for (const auto* pattern : {"*", "key-1", "k*", "*1", "k*1", "*e*-*", "**key**"}) {
    EXPECT_TRUE(matches_glob(pattern, "key-1")) << pattern;
  }
  for (const auto* pattern : {"", "key", "k*2", "*ey", "base.*-1", "key-1*1"}) {
    EXPECT_FALSE(matches_glob(pattern, "key-1")) << pattern;
  }
  EXPECT_TRUE(matches_glob("*", ""));
}

TEST(Glob, matches_many_stars_in_linear_time) {
  EXPECT_FALSE(matches_glob(replace_all(std::string(512, 'x'), "x", "a*") + "b", std::string(1024, 'a')));
}

TEST(StateStore, forgets_a_value_when_it_expires) {
  StateStore store;
  ASSERT_TRUE(store.put("c", "k", value("v"), kNow));
  EXPECT_EQ(store.get("c", "k", kLater - std::chrono::milliseconds(1))->bytes, "v");
  EXPECT_FALSE(store.get("c", "k", kLater));
  EXPECT_FALSE(store.remove("c", "k", kLater));
  EXPECT_FALSE(store.size_of("c", kLater)) << "no container without keys";
}

TEST(StateStore, counts_keys_and_bytes_of_a_container) {
  StateStore store;
  ASSERT_TRUE(store.put("c", "one", value("1234"), kNow));
  ASSERT_TRUE(store.put("c", "three", value("12"), kNow));
  ASSERT_TRUE(store.put("c", "one", value("1"), kNow));
  const auto size = store.size_of("c", kNow);
  ASSERT_TRUE(size);
  EXPECT_EQ(size->keys, 2U);
  EXPECT_EQ(size->bytes_keys, 8U);
  EXPECT_EQ(size->bytes_values, 3U);
  EXPECT_FALSE(store.size_of("other", kNow));
}

TEST(StateStore, lists_each_key_once_while_others_are_added_and_removed) {
  StateStore store;
  for (int i = 0; i < 2500; ++i) ASSERT_TRUE(store.put("c", cat("stays-", i), value("v"), kNow));
  std::vector<std::string> listed;
  std::uint64_t cursor = 0;
  int pages = 0;
  do {
    const auto page = store.list("c", "stays-*", cursor, kNow);
    ASSERT_TRUE(page);
    listed.insert(listed.end(), page->keys.begin(), page->keys.end());
    cursor = page->cursor;
    // What was listed is replaced, and what came in between is deleted again.
    ASSERT_TRUE(store.put("c", "stays-1", value("again"), kNow));
    ASSERT_TRUE(store.put("c", cat("comes-", pages), value("v"), kNow));
    if (pages > 0) store.remove("c", cat("comes-", pages - 1), kNow);
    ++pages;
  } while (cursor != 0);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(listed.size(), 2500U);
  std::ranges::sort(listed);
  EXPECT_EQ(std::ranges::adjacent_find(listed), listed.end());
}

TEST(StateStore, removes_the_keys_that_match) {
  StateStore store;
  for (const auto* key : {"a-1", "a-2", "b-1"}) ASSERT_TRUE(store.put("c", key, value("v"), kNow));
  EXPECT_EQ(store.remove_matching("c", "a-*", kNow), 2U);
  EXPECT_EQ(store.remove_matching("c", "a-*", kNow), 0U);
  EXPECT_EQ(store.remove_matching("c", "*", kNow), 1U);
  EXPECT_EQ(store.remove_matching("c", "*", kNow), std::nullopt) << "the last key was the container's end";
}

TEST(StateStore, refuses_more_than_its_limit_until_something_expires) {
  StateStore store(2000);
  ASSERT_TRUE(store.put("c", "k", value(std::string(1000, 'x')), kNow));
  EXPECT_FALSE(store.put("d", "k", value(std::string(1000, 'x'), kLater + std::chrono::hours(1)), kNow));
  EXPECT_TRUE(store.put("c", "k", value(std::string(1700, 'x')), kNow)) << "in the place of the old value";
  EXPECT_TRUE(store.put("d", "k", value(std::string(1000, 'x'), kLater + std::chrono::hours(1)), kLater));
  EXPECT_FALSE(store.get("c", "k", kLater));
}

TEST(NamespaceKeys, belong_to_the_namespace_that_they_were_first_used_with) {
  NamespaceKeys keys;
  EXPECT_TRUE(keys.belongs("user", "123-one"));
  EXPECT_FALSE(keys.belongs("user", "123-two"));
  EXPECT_TRUE(keys.belongs("other", "123-one")) << "a namespace may have several keys";
  EXPECT_TRUE(keys.belongs("user", "123-one"));
}

}  // namespace
}  // namespace adit::emulator
