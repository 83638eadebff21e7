#include "dev/web/path.h"

#include <gtest/gtest.h>

namespace adit::dev {
namespace {

TEST(WebPath, accepts_five_extensions_and_defaults_to_http) {
  const auto extension = [](std::string_view path) { return parse_web_path(path)->extension; };
  EXPECT_EQ(extension("p/a"), WebExtension::http);
  EXPECT_EQ(extension("p/a.http"), WebExtension::http);
  EXPECT_EQ(extension("p/a.json"), WebExtension::json);
  EXPECT_EQ(extension("p/a.html"), WebExtension::html);
  EXPECT_EQ(extension("p/a.svg"), WebExtension::svg);
  EXPECT_EQ(extension("p/a.text"), WebExtension::text);
}

TEST(WebPath, keeps_any_other_ending_in_the_name) {
  EXPECT_EQ(parse_web_path("p/a.js")->action, "a.js");
  EXPECT_EQ(parse_web_path("p/a.json.http")->action, "a.json");
  EXPECT_EQ(parse_web_path("p/a.JSON")->action, "a.JSON");
}

TEST(WebPath, keeps_the_rest_encoded) {
  EXPECT_EQ(parse_web_path("p/a")->rest, "");
  EXPECT_EQ(parse_web_path("p/a/")->rest, "/");
  EXPECT_EQ(parse_web_path("p/a.json/b%20c/d.html")->rest, "/b%20c/d.html");
}

TEST(WebPath, decodes_names) {
  EXPECT_EQ(parse_web_path("my%20p/a%2Db")->package, "my p");
  EXPECT_EQ(parse_web_path("my%20p/a%2Db")->action, "a-b");
}

TEST(WebPath, parses_the_path_of_every_name_back_to_the_name) {
  EXPECT_EQ(path_to("p/a", true), "/api/v1/web/p/a");
  EXPECT_EQ(path_to("my p/a.js", true), "/api/v1/web/my%20p/a.js");
  EXPECT_EQ(path_to("p/data.json", true), "/api/v1/web/p/data.json.http");
  EXPECT_EQ(path_to("p/data.json", false), "/api/v1/p/data.json");
  for (const auto* name : {"a", "a.js", "a.json", "a.http", "a.text.http", "grün & 50%", "a?b#c"}) {
    const auto path = path_to(std::string("p/") + name, true).substr(std::string("/api/v1/web/").size());
    EXPECT_EQ(parse_web_path(path)->action, name);
    EXPECT_EQ(parse_web_path(path)->extension, WebExtension::http) << path;
  }
}

TEST(WebPath, rejects_paths_that_name_no_action) {
  using namespace std::string_view_literals;
  for (const auto path :
       {""sv, "p"sv, "p/"sv, "/a"sv, "p/.json"sv, "p/a%"sv, "p/a%4"sv, "p/a%00"sv, "p/a\0"sv, "p/a%2Fb"sv})
    EXPECT_FALSE(parse_web_path(path)) << path;
}

}  // namespace
}  // namespace adit::dev
