#include "app/manifest/manifest_keys.h"

#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace adit::app {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(ManifestKeys, lists_each_key_of_a_place_once_with_its_use) {
  std::set<std::pair<KeyPlace, std::string_view>> seen;
  for (const auto& one : manifest_keys()) {
    EXPECT_TRUE(seen.emplace(one.place, one.key).second) << one.key;
    EXPECT_EQ(one.about.empty(), one.use == KeyUse::without_effect) << one.key;
    EXPECT_THAT(place_name(one.place), Not(IsEmpty()));
  }
  EXPECT_THAT(keys_of(KeyPlace::action), Contains("include"));
  EXPECT_THAT(keys_of(KeyPlace::sequence, KeyUse::without_effect), SizeIs(1));
}

}  // namespace
}  // namespace adit::app
