#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http.h"

#include "http/http_date.h"

namespace adit::http {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::sys_seconds kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;

template <typename Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error::failure("none", "none");
}

Response answer_with(std::string name, std::string value) { return {429, {{std::move(name), std::move(value)}}, ""}; }

TEST(Headers, names_ignore_letter_case_and_get_returns_the_first_value) {
  Headers headers{{"Set-Cookie", "a"}, {"set-cookie", "b"}};
  EXPECT_EQ(headers.get("SET-COOKIE"), "a");
  EXPECT_EQ(headers.size(), 2U);
  headers.set("sEt-Cookie", "c");
  EXPECT_EQ(headers.size(), 1U);
  EXPECT_EQ(headers.get_or_empty("set-cookie"), "c");
  headers.remove("SET-cookie");
  EXPECT_FALSE(headers.has("set-cookie"));
}

TEST(Headers, can_be_assigned_to_themselves) {
  Headers headers{{"Authorization", "Bearer abcdefghijklmnopqrstuvwxyz"}};
  const auto& same = headers;
  headers = same;
  EXPECT_EQ(headers.get("authorization"), "Bearer abcdefghijklmnopqrstuvwxyz");
}

TEST(Headers, credentials_are_recognised_by_name_and_by_value) {
  EXPECT_TRUE(is_credential("AUTHORIZATION", "x"));
  EXPECT_TRUE(is_credential("Cookie", "x"));
  EXPECT_TRUE(is_credential("x-api-key", "x"));
  EXPECT_TRUE(is_credential("X-Client-Secret", "x"));
  EXPECT_TRUE(is_credential("X-ApiKey-Id", "x"));
  EXPECT_TRUE(is_credential("X-Auth-User", "x"));
  EXPECT_TRUE(is_credential("X-Passwd", "x"));
  EXPECT_TRUE(is_credential("x-something", "bearer abc"));
  EXPECT_TRUE(is_credential("x-something", " eyJhbGciOiJub25lIn0.e30."));
  EXPECT_FALSE(is_credential("Accept", "application/json"));
  EXPECT_FALSE(is_credential("Access-Control-Allow-Credentials", "true"));
  EXPECT_FALSE(is_credential("X-Hub-Signature", "x"));
  EXPECT_FALSE(is_credential("x-proxy-global-company-id", "example"));
}

TEST(Request, a_form_is_url_encoded_and_secret) {
  const auto request = Request::post("http://h/").form({{"client id", Secret("a&b=c ä")}, {"e", Secret("")}});
  EXPECT_EQ(request.body().reveal(), "client+id=a%26b%3Dc+%C3%A4&e=");
  EXPECT_EQ(request.headers().get("content-type"), "application/x-www-form-urlencoded");
}

TEST(Request, a_later_header_replaces_an_earlier_one) {
  const auto request = Request::get("http://h/").header("Accept", "a").header("accept", "b");
  EXPECT_EQ(request.headers().size(), 1U);
  EXPECT_EQ(request.headers().get("Accept"), "b");
}

TEST(Request, a_header_value_with_a_line_end_is_refused_and_not_quoted) {
  for (const auto* value : {"secret\r\nX-Evil: 1", "secret\n", "\rsecret"}) {
    const auto error = error_of([&] { (void)Request::get("http://h/").header("x-a", value); });
    EXPECT_EQ(error.code(), "invalid_request");
    EXPECT_THAT(error.to_string(), Not(HasSubstr("secret")));
  }
  for (const auto* name : {"", "a b", "a:", "a\r\n", "ä"})
    EXPECT_EQ(error_of([&] { (void)Request::get("http://h/").header(name, "v"); }).code(), "invalid_request") << name;
  EXPECT_EQ(error_of([&] { (void)Request::get("http://h/").header("a", std::string("x\0y", 3)); }).code(),
            "invalid_request");
}

TEST(Request, a_bearer_token_with_a_line_end_is_refused_and_not_quoted) {
  for (const auto* token : {"", "abc\n", "abc def", "abc\r\nX: y"}) {
    const auto error = error_of([&] { (void)Request::get("http://h/").bearer(Secret(token)); });
    EXPECT_EQ(error.code(), "invalid_request");
    EXPECT_THAT(error.to_string(), Not(HasSubstr("abc")));
  }
}

TEST(Request, a_reference_to_the_result_of_its_builders_stays_valid) {
  const auto& request = Request::patch("https://example.com/a").header("x-name", "value").bearer(Secret("t"));
  EXPECT_EQ(request.method(), "PATCH");
  EXPECT_EQ(request.headers().get_or_empty("x-name"), "value");
}

TEST(Request, can_be_built_in_steps_on_a_variable) {
  auto request = Request::get("https://example.com/a");
  request.header("accept", "text/csv").timeout(std::chrono::seconds(2));
  if (request.headers().has("accept")) request.query("q", "1");
  EXPECT_EQ(request.url(), "https://example.com/a?q=1");
  EXPECT_EQ(request.timeout(), std::chrono::seconds(2));
}

TEST(Request, a_query_is_percent_encoded_and_put_before_the_fragment) {
  EXPECT_EQ(Request::get("https://example.com").query("a b", "1&2=\xC3\xA9+~").url(),
            "https://example.com?a%20b=1%262%3D%C3%A9%2B~");
  EXPECT_EQ(Request::get("https://example.com/p?a=1#end").query("b", "2").query("c", "").url(),
            "https://example.com/p?a=1&b=2&c=#end");
  EXPECT_EQ(Request::get("https://example.com/p?").query("b", "2").url(), "https://example.com/p?b=2");
  EXPECT_EQ(Request::get("https://example.com/p#a?b").query("c", "3").url(), "https://example.com/p?c=3#a?b");
}

TEST(Response, a_header_is_found_by_its_name) {
  const Response response(200, {{"Content-Type", "text/csv"}}, "");
  EXPECT_EQ(response.header("content-type"), "text/csv");
  EXPECT_FALSE(response.header("x-none"));
}

TEST(Response, retry_after_can_be_in_seconds) {
  EXPECT_EQ(answer_with("Retry-After", "120").retry_after(kNow), 120s);
  EXPECT_EQ(answer_with("Retry-After", " 0 ").retry_after(kNow), 0s);
}

TEST(Response, retry_after_as_a_date_is_a_wait_from_now_and_never_negative) {
  EXPECT_EQ(answer_with("Retry-After", "Sun, 01 Mar 2026 12:00:30 GMT").retry_after(kNow), 30s);
  EXPECT_EQ(answer_with("Retry-After", "Sun, 01 Mar 2026 11:00:30 GMT").retry_after(kNow), 0s);
}

TEST(Response, an_invalid_retry_after_is_ignored) {
  for (const auto* text : {"", "-5", "1.5", "soon", "5s", "Sun, 32 Mar 2026 12:00:30 GMT"})
    EXPECT_EQ(answer_with("Retry-After", text).retry_after(kNow), std::nullopt) << text;
  EXPECT_EQ(Response().retry_after(kNow), std::nullopt);
}

TEST(Response, a_huge_retry_after_does_not_overflow) {
  EXPECT_EQ(answer_with("Retry-After", "99999999999999999999999999").retry_after(kNow), 1'000'000'000s);
}

TEST(Response, its_date_is_read) {
  EXPECT_EQ(answer_with("date", "Sun, 01 Mar 2026 12:00:00 GMT").date(), kNow);
  EXPECT_EQ(answer_with("date", "yesterday").date(), std::nullopt);
}

TEST(Response, a_body_that_is_not_json_is_described_but_not_quoted) {
  const auto message = [](std::string body, std::string type) {
    const auto error = error_of([&] { (void)Response(502, {{"Content-Type", type}}, body).json(); });
    EXPECT_EQ(error.code(), "invalid_response_body");
    EXPECT_EQ(error.http_status(), 502);
    EXPECT_FALSE(error.hint().empty());
    EXPECT_THAT(error.to_string(), Not(HasSubstr("s3cret")));
    return error.message();
  };
  EXPECT_EQ(message("", "application/json"), "The answer should be JSON, but is an empty body (status 502).");
  EXPECT_EQ(message("  \n<!DOCTYPE html><p>s3cret", "text/html"),
            "The answer should be JSON, but is an HTML page (status 502).");
  EXPECT_EQ(message("<error>s3cret</error>", "text/xml"),
            "The answer should be JSON, but is XML or HTML (status 502).");
  EXPECT_EQ(message(R"({"a":"s3cr)", "application/json"),
            "The answer should be JSON, but is JSON that is cut off after 10 bytes (status 502).");
  EXPECT_EQ(message("s3cret down", "text/plain; charset=utf-8"),
            "The answer should be JSON, but is a body of type text/plain (status 502).");
  EXPECT_THAT(message(R"({"a":s3cret})", "application/json"), HasSubstr("line 1"));
}

TEST(Response, a_json_body_is_read_whatever_its_content_type) {
  EXPECT_EQ(Response(200, {{"Content-Type", "text/html"}}, R"({"a":1})").json().at("a").as_int64(), 1);
}

TEST(HttpDate, reads_all_three_forms) {
  const std::chrono::sys_seconds expected{784111777s};  // RFC 9110 section 5.6.7
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow), expected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow), expected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", kNow), expected);
  EXPECT_EQ(format_http_date(expected), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpDate, two_digit_years_are_at_most_fifty_years_ahead) {
  const auto year = [](std::string_view text) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(parse_http_date(text, kNow).value()));
    return static_cast<int>(date.year());
  };
  EXPECT_EQ(year("Sunday, 06-Nov-76 08:49:37 GMT"), 2076);
  EXPECT_EQ(year("Sunday, 06-Nov-77 08:49:37 GMT"), 1977);
}

TEST(HttpDate, refuses_other_text) {
  for (const auto* text :
       {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT+1",
        "Xxx, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", "Sun, 31 Feb 1994 08:49:37 GMT"})
    EXPECT_EQ(parse_http_date(text, kNow), std::nullopt) << text;
}

}  // namespace
}  // namespace adit::http
