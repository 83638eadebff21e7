#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http.h"

#include "http/destination_log.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Error parse_error(std::string_view text) {
  try {
    (void)Endpoints::parse(text);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "accepted: " << text;
  return Error::failure("none", "none");
}

TEST(OriginOf, returns_the_normal_form) {
  EXPECT_EQ(origin_of("HTTPS://IMS-NA1.AdobeLogin.com:443/ims?x#y"), "https://ims-na1.adobelogin.com");
  EXPECT_EQ(origin_of("http://h:80"), "http://h");
  EXPECT_EQ(origin_of("http://h:00080/"), "http://h");
  EXPECT_EQ(origin_of("http://h:/"), "http://h");
  EXPECT_EQ(origin_of("https://h:80/"), "https://h:80");
  EXPECT_EQ(origin_of("http://[0:0:0:0:0:0:0:1]:8080/a"), "http://[::1]:8080");
  EXPECT_EQ(origin_of("http://127.0.0.1:9/"), "http://127.0.0.1:9");
}

TEST(OriginOf, leaves_userinfo_out) {
  EXPECT_EQ(origin_of("https://a.com:pw@b.com/"), "https://b.com");
  EXPECT_EQ(origin_of("https://a.com?@b.com/"), "https://a.com");
  EXPECT_EQ(origin_of("https://a.com#@b.com/"), "https://a.com");
}

TEST(OriginOf, refuses_text_that_is_not_an_absolute_http_url) {
  for (const auto* url : {"",
                          "/path",
                          "h.com",
                          "ftp://h/",
                          "file:///etc/passwd",
                          "https://",
                          "https:///a",
                          "https:h",
                          "http://h:99999/",
                          "http://h:0/",
                          "http://h:x/",
                          "http://a b/",
                          "http://h/a b",
                          "http://h/\n",
                          "http://h/\x7f",
                          "http://hä/",
                          "http://h\\@b/",
                          "http://[::1",
                          "http://::1/",
                          "http://h%00.com/",
                          "http://a%2fb/",
                          "http://@/"}) {
    try {
      ADD_FAILURE() << url << " became " << origin_of(url);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_url") << url;
      EXPECT_FALSE(error.hint().empty()) << url;
    }
  }
}

TEST(Url, its_text_for_messages_contains_no_secret) {
  EXPECT_EQ(split_url("https://user:pw@h/p/a?token=x#frag").shown(), "https://h/p/a");
  EXPECT_EQ(split_url("https://user:pw@h/p/a?token=x#frag").whole(), "https://user:pw@h/p/a?token=x#frag");
}

TEST(Endpoints, replace_only_the_origin) {
  const auto endpoints = Endpoints::parse(
      "https://ims-na1.adobelogin.com=http://127.0.0.1:9001, https://analytics.adobe.io:443 = http://[::1]:9002/");
  EXPECT_EQ(endpoints.apply("https://IMS-na1.adobelogin.com:443/ims/exchange/jwt?a=b%20c#d"),
            "http://127.0.0.1:9001/ims/exchange/jwt?a=b%20c#d");
  EXPECT_EQ(endpoints.apply("https://analytics.adobe.io"), "http://[::1]:9002");
  EXPECT_EQ(endpoints.to_string(),
            "https://ims-na1.adobelogin.com=http://127.0.0.1:9001,https://analytics.adobe.io=http://[::1]:9002");
}

TEST(Endpoints, do_not_change_other_origins) {
  const auto endpoints = Endpoints::parse("https://a.com=http://127.0.0.1:9001");
  for (const auto* url : {"http://a.com/x", "https://a.com:8443/x", "https://b.a.com/x", "https://a.com.evil/x",
                          "https://x.com/https://a.com"})
    EXPECT_EQ(endpoints.apply(url), url);
}

TEST(Endpoints, do_not_chain) {
  const auto endpoints = Endpoints::parse("http://a=http://b,http://b=http://c");
  EXPECT_EQ(endpoints.apply("http://a/x"), "http://b/x");
}

TEST(Endpoints, can_be_empty) {
  EXPECT_TRUE(Endpoints::parse("").empty());
  EXPECT_TRUE(Endpoints::parse(" , ").empty());
}

TEST(Endpoints, errors_name_the_pair) {
  EXPECT_THAT(parse_error("https://a.com").message(), HasSubstr("pair 1 is not of the form origin=origin"));
  const auto error = parse_error("https://ok.com=http://ok,https://a.com=127.0.0.1:9");
  EXPECT_EQ(error.code(), "invalid_endpoints");
  EXPECT_TRUE(error.is_configuration());
  EXPECT_THAT(error.message(), HasSubstr("in pair 2, the part after = is not an origin"));
  EXPECT_THAT(parse_error("https://a.com/path=http://b").message(), HasSubstr("only a scheme"));
  EXPECT_THAT(parse_error("https://a.com=http://b/path").message(), HasSubstr("only a scheme"));
  EXPECT_THAT(parse_error("https://a.com=http://b?x=1").message(), HasSubstr("only a scheme"));
  EXPECT_THAT(parse_error("http://a=http://b,http://a=http://c").message(), HasSubstr("two targets"));
  parse_error("=");
  parse_error("http://a=");
  EXPECT_THAT(parse_error("http://u:password@a=http://b").message(), Not(HasSubstr("password")));
}

TEST(Endpoints, are_read_from_the_environment_and_logged_once) {
  const testing::ScopedVariable variable("ADIT_ENDPOINTS", "https://once.example=http://127.0.0.1:1");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Endpoints::from_process().apply("https://once.example/x"), "http://127.0.0.1:1/x");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");  // not logged before a request is sent
  ::testing::internal::CaptureStderr();
  log_use_of("http://127.0.0.1:1");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("https://once.example go to http://127.0.0.1:1"));
  ::testing::internal::CaptureStderr();
  (void)Endpoints::from_process();
  log_use_of("http://127.0.0.1:1");
  log_all_pending();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Endpoints, a_star_matches_every_host_below_a_domain) {
  const auto routes = Endpoints::parse(
      "https://*.Example.com=http://127.0.0.1:1,https://api.example.com=http://127.0.0.1:2,http://"
      "*.example.com:81=http://127.0.0.1:3");
  EXPECT_EQ(routes.apply("https://a.example.com/x"), "http://127.0.0.1:1/x");
  EXPECT_EQ(routes.apply("https://a.b.example.com"), "http://127.0.0.1:1");
  EXPECT_EQ(routes.apply("https://api.example.com/"), "http://127.0.0.1:2/")
      << "a route for the host itself has precedence";
  EXPECT_EQ(routes.apply("http://a.example.com:81/"), "http://127.0.0.1:3/");
  for (const auto* url : {"https://example.com/", "https://aexample.com/", "http://a.example.com/",
                          "https://a.example.com:8443/", "https://a.example.com.evil.example/"})
    EXPECT_EQ(routes.apply(url), url);
  EXPECT_EQ(Endpoints::parse(routes.to_string()).to_string(), routes.to_string());
  for (const auto* text :
       {"https://*=http://a", "https://*.com=http://a", "https://*.*.com=http://a", "https://a.*.com=http://a",
        "https://u:p@*.example.com=http://a", "https://*.example.com/x=http://a", "https://*.[::1]=http://a",
        "https://a.com=http://*.b.com"})
    EXPECT_EQ(parse_error(text).code(), "invalid_endpoints") << text;
}

TEST(Endpoints, are_limited_to_a_hundred) {
  const auto routes = [](int count) {
    std::string text;
    for (int number = 0; number < count; ++number) text += cat("http://h", number, "=http://127.0.0.1:1,");
    return text;
  };
  EXPECT_FALSE(Endpoints::parse(routes(100)).empty());
  EXPECT_EQ(parse_error(routes(101)).code(), "invalid_endpoints");
}

}  // namespace
}  // namespace adit::http
