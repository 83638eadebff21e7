#include "adit/dev/web/path.h"

#include <gtest/gtest.h>

namespace adit::dev {
namespace {

TEST(WebPath, TakesTheFiveExtensionsAndAssumesHttp) {
  const auto extension = [](std::string_view path) { return parse_web_path(path)->extension; };
  EXPECT_EQ(extension("p/a"), WebExtension::http);
  EXPECT_EQ(extension("p/a.http"), WebExtension::http);
  EXPECT_EQ(extension("p/a.json"), WebExtension::json);
  EXPECT_EQ(extension("p/a.html"), WebExtension::html);
  EXPECT_EQ(extension("p/a.svg"), WebExtension::svg);
  EXPECT_EQ(extension("p/a.text"), WebExtension::text);
}

TEST(WebPath, AnyOtherEndingBelongsToTheName) {
  EXPECT_EQ(parse_web_path("p/a.js")->action, "a.js");
  EXPECT_EQ(parse_web_path("p/a.json.http")->action, "a.json");
  EXPECT_EQ(parse_web_path("p/a.JSON")->action, "a.JSON");
}

TEST(WebPath, KeepsTheRestAsItCame) {
  EXPECT_EQ(parse_web_path("p/a")->rest, "");
  EXPECT_EQ(parse_web_path("p/a/")->rest, "/");
  EXPECT_EQ(parse_web_path("p/a.json/b%20c/d.html")->rest, "/b%20c/d.html");
}

TEST(WebPath, DecodesNames) {
  EXPECT_EQ(parse_web_path("my%20p/a%2Db")->package, "my p");
  EXPECT_EQ(parse_web_path("my%20p/a%2Db")->action, "a-b");
}

TEST(WebPath, RefusesWhatNamesNoAction) {
  for (const auto* path : {"", "p", "p/", "/a", "p/.json", "p/a%", "p/a%4", "p/a%00", "p/a%2Fb"})
    EXPECT_FALSE(parse_web_path(path)) << path;
}

}  // namespace
}  // namespace adit::dev
