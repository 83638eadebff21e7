#include "app/manifest/include_pattern.h"

#include <gmock/gmock.h>

#include "base/text/text.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> expanded(const std::string& pattern) {
  return without_braces(pattern).value_or(std::vector<std::string>{"too many"});
}

TEST(IncludePattern, expands_braces) {
  EXPECT_THAT(expanded("a{1..3}.md"), ElementsAre("a1.md", "a2.md", "a3.md"));
  EXPECT_THAT(expanded("{c..a}"), ElementsAre("c", "b", "a"));
  EXPECT_THAT(expanded("{-1..1}"), ElementsAre("-1", "0", "1"));
  EXPECT_THAT(expanded("{1..7..3}"), ElementsAre("1", "4", "7"));
  EXPECT_THAT(expanded("{5..1..-2}"), ElementsAre("5", "3", "1"));
  EXPECT_THAT(expanded("{a..d..2}"), ElementsAre("a", "c"));
  EXPECT_THAT(expanded("{1..2..0}"), ElementsAre("1", "2"));
  EXPECT_THAT(expanded("{08..10}"), ElementsAre("08", "09", "10"));
  EXPECT_THAT(expanded("{-01..1}"), ElementsAre("-01", "000", "001"));
  EXPECT_THAT(expanded("{1..10..03}"), ElementsAre("01", "04", "07", "10"));
  EXPECT_THAT(expanded("{1..2..x}"), ElementsAre("{1..2..x}"));
  EXPECT_THAT(expanded("{x,{y,z}/}"), ElementsAre("x", "y/", "z/"));
  EXPECT_THAT(expanded("{a,b}{1,2}"), ElementsAre("a1", "a2", "b1", "b2"));
  EXPECT_THAT(expanded("{q}.txt"), ElementsAre("{q}.txt")) << "one alone is no choice";
  EXPECT_THAT(expanded("{a,{q}}"), ElementsAre("a", "{q}"));
  EXPECT_THAT(expanded("{{a,b}}"), ElementsAre("{a}", "{b}"));
  EXPECT_THAT(expanded("}{a,{b,c}"), ElementsAre("}{a,b", "}{a,c"));
  EXPECT_THAT(expanded("{1..{2,3}}"), ElementsAre("{1..2}", "{1..3}"));
}

TEST(IncludePattern, expands_to_at_most_a_thousand_patterns) {
  EXPECT_THAT(expanded("{1..1000}"), testing::SizeIs(1000));
  EXPECT_THAT(expanded("{0,{1..999}}"), testing::SizeIs(1000));
  for (const std::string pattern : {"{1..1001}", "{0..1000}", "{0,{1..1000}}", "{1..40}{1..40}", "{1..1000}{a,b}",
                                    "{-2147483648..2147483647}", "{1..1000000}"})
    EXPECT_FALSE(without_braces(pattern)) << pattern;
  EXPECT_FALSE(without_braces(cat("{", std::string(1000, ','), "}")));
  EXPECT_FALSE(without_braces(cat("{", std::string(60'000, ','), "}", std::string(200'000, 'a'))));
  EXPECT_TRUE(without_braces(std::string(kLongestPattern, '{')));
  EXPECT_FALSE(without_braces(std::string(kLongestPattern + 1, 'a')));
}

TEST(IncludePattern, starts_in_the_folder_above_the_first_pattern) {
  const std::string base = "/p/a[b]{c,d}*+(x)!@?";
  const auto start = [&](const char* pattern) { return walk_of(base, pattern).start; };
  EXPECT_EQ(start("data/*.txt"), base + "/data");
  EXPECT_EQ(start("*.txt"), base);
  EXPECT_EQ(start("**/x"), base);
  EXPECT_EQ(start("./data/../x/@(a|b)"), base + "/x");
  EXPECT_EQ(start("@scope/a+b/*.txt"), base + "/@scope/a+b");
  EXPECT_EQ(start("../../x/*"), "/x");
  EXPECT_EQ(start("/q/*"), "/q");
  EXPECT_EQ(start("*/../../.."), base) << "no file that is found has such a path";
  EXPECT_THAT(walk_of(base, "data/**/x?/y").names, ElementsAre("**", "x?", "y"));
  EXPECT_THAT(walk_of(base, "data/").names, IsEmpty());
  EXPECT_EQ(start("data/"), base + "/data");
}

}  // namespace
}  // namespace adit::app
