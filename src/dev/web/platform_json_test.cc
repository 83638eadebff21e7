#include "dev/web/platform_json.h"

#include <gtest/gtest.h>

namespace adit::dev {
namespace {

std::string written(std::string_view text) { return to_platform_json(parse_json(text, "test")); }

TEST(PlatformJson, writes_arrays_on_one_line) {
  EXPECT_EQ(written("[1,\"a\",[true,null],[]]"), R"([1, "a", [true, null], []])");
}

TEST(PlatformJson, writes_each_member_of_an_object_on_its_own_line) {
  EXPECT_EQ(written(R"({"a":{"b":[1,2]},"c":"x\"y"})"), R"({
  "a": {
    "b": [1, 2]
  },
  "c": "x\"y"
})");
  EXPECT_EQ(written(R"([{"a":1},{"b":2}])"), R"([{
  "a": 1
}, {
  "b": 2
}])");
}

}  // namespace
}  // namespace adit::dev
