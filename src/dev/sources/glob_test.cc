#include "dev/sources/glob.h"

#include <gmock/gmock.h>

#include "app/manifest/include_pattern.h"
#include "base/text/text.h"

namespace adit::dev {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
  return matches_glob(app::names_of_path(pattern), path);
}

TEST(Glob, matches_as_globby_does) {
  EXPECT_TRUE(matches("/a/**/c.txt", "/a/c.txt"));
  EXPECT_TRUE(matches("/a/**/c.txt", "/a/x/y/c.txt"));
  EXPECT_TRUE(matches("/a/*b*.t", "/a/xbx.t"));
  EXPECT_FALSE(matches("/a/*.t", "/a/b/c.t")) << "a star stays in its folder";
  EXPECT_FALSE(matches("/a/**/c.txt", "/a/.x/c.txt"));
  EXPECT_FALSE(matches("/a/[!b].t", "/a/b.t"));
  EXPECT_TRUE(matches("/a/[!b].t", "/a/c.t"));
  EXPECT_FALSE(matches("/a/?", "/a/bc"));
}

// The expectations are the answers of globby 11.
TEST(Glob, matches_groups) {
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
    EXPECT_TRUE(matches(pattern, name)) << pattern << ' ' << name;
  for (const auto& [pattern, name] : {std::pair("@(x|y).txt", "z.txt"),
                                      {"+(a)1.md", "1.md"},
                                      {"!(x).txt", "x.txt"},
                                      {"?(x).txt", "xx.txt"},
                                      {"*.+(txt|md)", "a.json"},
                                      {"@(a|b@(c|d))", "b"}})
    EXPECT_FALSE(matches(pattern, name)) << pattern << ' ' << name;
}

// The expectations are the answers of globby 11.
TEST(Glob, matches_hidden_files_only_if_a_dot_a_set_or_a_group_begins_the_segment) {
  for (const auto* pattern : {".env", ".*", "@(.env|x)", "*(.env)", "[.]env", "[!x]env", "!(*.js)", "@(*)", "?(.)env",
                              "?(x)*", "@(a|@(.env))", "@(a|*env)", "!(x)?", "?(x)[.]env", "**/*(*)"})
    EXPECT_TRUE(matches(pattern, ".env")) << pattern;
  for (const auto* pattern : {"*", "?env", "@(?env)", "+(?)env", "**", "*(.)js", "!(.env)", "*!(x)", "?(x)?env"})
    EXPECT_FALSE(matches(pattern, ".env")) << pattern;
  EXPECT_TRUE(matches("!(q)/f", ".folder/f"));
}

TEST(Glob, keeps_spaces_in_names) {
  EXPECT_TRUE(matches("a/ b*", "a/ b "));
  EXPECT_FALSE(matches("a/b", "a/b "));
}

TEST(Glob, is_fast_for_groups_that_match_in_many_ways) {
  const auto name = std::string(200, 'a');
  for (const auto* pattern : {"+(+(+(a)))+(*(a))", "*(|a)*(|a)*(|a)", "*(*)", "*(*(*))*(?(a)*)"}) {
    EXPECT_TRUE(matches(pattern, name)) << pattern;
    EXPECT_FALSE(matches(cat(pattern, 'b'), name)) << pattern;
  }
}

TEST(Glob, rejects_patterns_with_too_many_groups) {
  std::string pattern;
  for (int count = 0; count < 200; ++count) pattern += "*(|a)";
  EXPECT_THROW(matches(pattern + 'b', std::string(200, 'a')), PatternTooComplex);
}

TEST(Glob, is_fast_for_many_double_stars) {
  std::string path;
  for (int depth = 0; depth < 100; ++depth) path += "a/";
  const auto times = [](int count, std::string_view part) {
    std::string text;
    for (int i = 0; i < count; ++i) text += part;
    return text;
  };
  for (const int count : {14, 100}) {
    EXPECT_FALSE(matches(times(count, "**/") + "zzz", path));
    EXPECT_TRUE(matches(times(count, "**/") + "a", path));
  }
  EXPECT_FALSE(matches(times(50, "**/a/") + "zzz", path));
  EXPECT_TRUE(matches(times(50, "**/a/") + "**", path));
  EXPECT_FALSE(matches(times(101, "**/a/") + "**", path));
}

TEST(Glob, tries_every_depth_if_a_hidden_folder_is_in_the_path) {
  EXPECT_TRUE(matches("**/@(a|.x)/**/z", "a/.x/z")) << "the group matches the folder .x";
  EXPECT_FALSE(matches("**/a/**/z", "a/.x/z"));
}

}  // namespace
}  // namespace adit::dev
