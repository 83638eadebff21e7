#include "dev/sources/glob.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace adit::dev {
namespace {

using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST(Glob, MatchesAsGlobbyDoes) {
  EXPECT_TRUE(matches_glob("/a/**/c.txt", "/a/c.txt"));
  EXPECT_TRUE(matches_glob("/a/**/c.txt", "/a/x/y/c.txt"));
  EXPECT_TRUE(matches_glob("/a/*b*.t", "/a/xbx.t"));
  EXPECT_FALSE(matches_glob("/a/*.t", "/a/b/c.t")) << "a star stays in its folder";
  EXPECT_FALSE(matches_glob("/a/**/c.txt", "/a/.x/c.txt"));
  EXPECT_FALSE(matches_glob("/a/[!b].t", "/a/b.t"));
  EXPECT_TRUE(matches_glob("/a/[!b].t", "/a/c.t"));
  EXPECT_FALSE(matches_glob("/a/?", "/a/bc"));
}

// globby 11 was asked for each.
TEST(Glob, HasGroups) {
  for (const auto& [pattern, name] : {std::pair("@(x|y).txt", "x.txt"),
                                      {"*.+(txt|md)", "a1.md"},
                                      {"*.+(txt|md)", "x.txt"},
                                      {"?(x).txt", "x.txt"},
                                      {"*(a)1.md", "a1.md"},
                                      {"*(a)1.md", "aaa1.md"},
                                      {"!(x).txt", "y.txt"},
                                      {"!(x).txt", ".h.txt"},
                                      {"+(a|b)[12].md", "ab1.md"},
                                      {"@(a|b@(c|d))", "bd"},
                                      {"@(x", "@(x"}})
    EXPECT_TRUE(matches_glob(pattern, name)) << pattern << ' ' << name;
  for (const auto& [pattern, name] : {std::pair("@(x|y).txt", "z.txt"),
                                      {"+(a)1.md", "1.md"},
                                      {"!(x).txt", "x.txt"},
                                      {"?(x).txt", "xx.txt"},
                                      {"*.+(txt|md)", "a.json"},
                                      {"@(a|b@(c|d))", "b"}})
    EXPECT_FALSE(matches_glob(pattern, name)) << pattern << ' ' << name;
}

TEST(Glob, TakesNoLongerForGroupsInGroups) {
  const auto name = std::string(200, 'a');
  EXPECT_FALSE(matches_glob("+(+(+(a)))+(*(a))b", name));
  EXPECT_FALSE(matches_glob("*(|a)*(|a)*(|a)b", name));
}

TEST(Glob, WritesBracesOut) {
  EXPECT_THAT(without_braces("a{1..3}.md"), UnorderedElementsAre("a1.md", "a2.md", "a3.md"));
  EXPECT_THAT(without_braces("{c..a}"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(without_braces("{x,{y,z}/}"), testing::IsSupersetOf({"x", "y/", "z/"}));
  EXPECT_THAT(without_braces("{q}.txt"), UnorderedElementsAre("{q}.txt")) << "one alone is no choice";
  EXPECT_THAT(without_braces("{a,{q}}"), UnorderedElementsAre("a", "{q}"));
  EXPECT_THAT(without_braces("{1..1000000}"), SizeIs(testing::Le(1000U)));
}

}  // namespace
}  // namespace adit::dev
