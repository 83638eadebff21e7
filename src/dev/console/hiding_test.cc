#include "dev/console/hiding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace adit::dev {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Hiding with_secret() {
  Environment settings;
  settings.set("JWT_CLIENT_SECRET", "s3cr3t-value").set("GREETING", "hello there");
  return Hiding(settings);
}

TEST(Hiding, hides_a_known_secret_in_any_text) {
  const auto hiding = with_secret();
  EXPECT_EQ(hiding.text("got s3cr3t-value!"), "got <hidden>!");
  EXPECT_EQ(hiding.text("hello there"), "hello there");
  EXPECT_EQ(to_json(hiding.value(json::array{json::object{{"s3cr3t-value", "a s3cr3t-value b"}}})),
            R"([{"<hidden>":"a <hidden> b"}])");
}

TEST(Hiding, hides_everything_that_a_log_hides) {
  const Hiding hiding;
  EXPECT_EQ(to_json(hiding.value(json::object{{"access_token", "abc"}, {"n", 1}})),
            R"({"access_token":"<hidden>","n":1})");
  EXPECT_EQ(hiding.line("2026 stdout: eyJhbGciOi.abc.def"), "<hidden>");
  EXPECT_EQ(hiding.line("plain words"), "plain words");
}

TEST(Hiding, hides_headers_with_credentials) {
  http::Headers headers;
  headers.set("authorization", "Bearer abc");
  headers.set("accept", "text/html");
  EXPECT_EQ(to_json(Hiding().headers(headers)), R"([["authorization","<hidden>"],["accept","text/html"]])");
}

TEST(Hiding, reads_a_body_as_json_form_or_text) {
  const auto hiding = with_secret();
  EXPECT_EQ(hiding.body(R"({"password":"x","name":"Ada"})"), R"({"password":"<hidden>","name":"Ada"})");
  EXPECT_EQ(hiding.body("client_secret=x&a=b"), "<hidden>");
  EXPECT_EQ(hiding.body("just words"), "just words");
  EXPECT_EQ(hiding.body(""), "");
}

TEST(Hiding, hides_a_secret_before_it_cuts_the_text) {
  const auto hiding = with_secret();
  const auto body = std::string(Hiding::kMostShown - 5, 'x') + "s3cr3t-value" + std::string(100, 'y');
  EXPECT_THAT(hiding.body(body), Not(HasSubstr("s3cr3")));
  EXPECT_THAT(hiding.body(body), HasSubstr("bytes more"));
}

}  // namespace
}  // namespace adit::dev
