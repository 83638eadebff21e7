#include "dev/web/answer.h"

#include <gtest/gtest.h>

#include "adit/base64.h"

#include "dev/web/web_fixture.h"

namespace adit::dev {
namespace {

using Status = ActivationStatus;

http::ServerResponse http_answer(std::string_view result) {
  return web_answer(Status::success, j(result), WebExtension::http);
}

constexpr auto kNotHttp = "400 Response is not valid 'message/http'.";
constexpr auto kMismatch = "400 Response type in header did not match generated content type.";

// The extension .http

TEST(HttpAnswer, defaults_to_200_or_to_204_without_a_body) {
  EXPECT_EQ(http_answer(R"({"body":"x"})").status, 200);
  for (const auto* result : {"{}", R"({"body":null})", R"({"body":""})", R"({"other":1})"})
    EXPECT_EQ(http_answer(result).status, 204) << result;
}

TEST(HttpAnswer, keeps_the_status_and_drops_the_content_type_of_an_empty_body) {
  const auto answer =
      http_answer(R"({"statusCode":302,"headers":{"Content-Type":"nonsense","location":"/x"},"body":""})");
  EXPECT_EQ(answer.status, 302);
  EXPECT_FALSE(answer.headers.has("content-type"));
  EXPECT_EQ(answer.headers.get("location"), "/x");
}

TEST(HttpAnswer, accepts_a_status_that_is_a_whole_number_or_a_string_of_one) {
  EXPECT_EQ(http_answer(R"({"statusCode":"404","body":"x"})").status, 404);
  EXPECT_EQ(http_answer(R"({"statusCode":201.0,"body":"x"})").status, 201);
  EXPECT_EQ(http_answer(R"({"statusCode":599,"body":"x"})").status, 599);
  EXPECT_EQ(http_answer(R"({"statusCode":444,"body":"x"})").status, 444);
  for (const auto* code : {"200.5", "\"abc\"", "\"\"", "true", "null", "[]", "-1", "1e99", "100", "1000", "\"200 \""})
    EXPECT_EQ(error_of(http_answer(cat(R"({"statusCode":)", code, R"(,"body":"x"})"))), kNotHttp) << code;
}

TEST(HttpAnswer, requires_an_object_as_result) {
  for (const auto* result : {"[1]", "\"x\"", "7", "null"}) EXPECT_EQ(error_of(http_answer(result)), kNotHttp) << result;
}

TEST(HttpAnswer, accepts_strings_numbers_booleans_and_lists_of_these_as_headers) {
  const auto answer = http_answer(R"({"headers":{"a":"x","b":7,"c":true,"Set-Cookie":["one=1","two=2"]},"body":"x"})");
  EXPECT_EQ(answer.headers.get("a"), "x");
  EXPECT_EQ(answer.headers.get("b"), "7");
  EXPECT_EQ(answer.headers.get("c"), "true");
  std::vector<std::string> cookies;
  for (const auto& [name, value] : answer.headers)
    if (name == "Set-Cookie") cookies.push_back(value);
  EXPECT_EQ(cookies, (std::vector<std::string>{"one=1", "two=2"}));
  for (const auto* headers : {R"("x")", "[]", R"({"a":{}})", R"({"a":null})", R"({"a":["x",{}]})"})
    EXPECT_EQ(error_of(http_answer(cat(R"({"headers":)", headers, R"(,"body":"x"})"))), kNotHttp) << headers;
}

TEST(HttpAnswer, rejects_a_header_that_would_add_another_one) {
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"a":"x\r\nSet-Cookie: y=1"},"body":"x"})")), kNotHttp);
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"a b":"x"},"body":"x"})")), kNotHttp);
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"":"x"},"body":"x"})")), kNotHttp);
}

TEST(HttpAnswer, sends_a_string_without_content_type_as_html) {
  const auto answer = http_answer(R"({"body":"<b>ä</b>"})");
  EXPECT_EQ(answer.headers.get("content-type"), "text/html; charset=UTF-8");
  EXPECT_EQ(answer.body, "<b>ä</b>");
}

TEST(HttpAnswer, sends_other_values_as_json) {
  for (const auto* body : {R"({"a":1})", "[1,2]", "7", "true", "false", "{}"}) {
    const auto answer = http_answer(cat(R"({"body":)", body, "}"));
    EXPECT_EQ(answer.status, 200) << body;
    EXPECT_EQ(answer.headers.get("content-type"), "application/json");
    EXPECT_EQ(answer.body, body);
  }
}

// Accept

std::string accepted(std::string_view accept, std::string_view result, WebExtension extension = WebExtension::http,
                     Status status = Status::success) {
  const auto answer = web_answer(status, j(result), extension, accept);
  return answer.status == 406 ? error_of(answer) : std::to_string(answer.status);
}

constexpr auto kOnlyHtml = "406 Resource representation is only available with these types:\ntext/html; charset=UTF-8";

TEST(Accept, leads_to_406_if_it_does_not_admit_the_type) {
  for (const auto* accept : {"application/json", "text/plain, application/*", "text/html;q=0",
                             "text/*;q=0.0, image/png", "text/html;q=0, */*", "text/html;level=1;q=0"})
    EXPECT_EQ(accepted(accept, R"({"body":"plain"})"), kOnlyHtml) << accept;
  EXPECT_EQ(accepted("text/html", R"({"body":{"a":1}})"),
            "406 Resource representation is only available with these types:\napplication/json");
  EXPECT_EQ(accepted("text/html", R"({"headers":{"content-type":"image/png"},"body":"AP8B"})"),
            "406 Resource representation is only available with these types:\nimage/png");
}

TEST(Accept, admits_matching_types_and_everything_if_empty_or_malformed) {
  for (const auto* accept :
       {"", "*/*", "text/*", "TEXT/HTML", "application/json, text/html;q=0.1", "text/html; level=1",
        "application/json, */*;q=0.1", "text/html;q=0.5, text/*;q=0", "nonsense", "text/html;q=x"})
    EXPECT_EQ(accepted(accept, R"({"body":"plain"})"), "200") << accept;
}

TEST(Accept, is_checked_for_every_extension) {
  EXPECT_EQ(accepted("text/html", "{}", WebExtension::json),
            "406 Resource representation is only available with these types:\napplication/json");
  EXPECT_EQ(accepted("application/json", R"({"html":"x"})", WebExtension::html), kOnlyHtml);
  EXPECT_EQ(accepted("text/html", R"({"svg":"x"})", WebExtension::svg),
            "406 Resource representation is only available with these types:\nimage/svg+xml");
  EXPECT_EQ(accepted("text/html", R"({"text":"x"})", WebExtension::text),
            "406 Resource representation is only available with these types:\ntext/plain");
}

TEST(Accept, is_not_checked_for_errors_and_empty_answers) {
  EXPECT_EQ(accepted("text/html", R"({"statusCode":404,"body":{"a":1}})"), "404");
  EXPECT_EQ(accepted("text/html", R"({"statusCode":302,"body":{"a":1}})"), "302");
  EXPECT_EQ(accepted("image/png", R"({"statusCode":200})"), "200");
  EXPECT_EQ(accepted("image/png", "{}"), "204");
  EXPECT_EQ(accepted("image/png", "[1]"), "400");
  EXPECT_EQ(accepted("text/html", R"({"error":{"statusCode":500,"body":{"a":1}}})", WebExtension::http,
                     Status::application_error),
            "500");
}

TEST(HttpAnswer, accepts_only_json_types_for_other_values) {
  const auto answer = http_answer(R"({"headers":{"content-type":"application/vnd.api+json"},"body":{"a":1}})");
  EXPECT_EQ(answer.headers.get("content-type"), "application/vnd.api+json");
  EXPECT_EQ(parse_json(answer.body, "body"), j(R"({"a":1})"));
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"content-type":"text/html"},"body":{"a":1}})")), kMismatch);
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"content-type":"image/png"},"body":[1]})")), kMismatch);
}

TEST(HttpAnswer, decodes_the_base64_of_a_binary_type) {
  const auto answer = http_answer(R"({"headers":{"Content-Type":"image/png"},"body":"AP8B"})");
  EXPECT_EQ(answer.headers.get("content-type"), "image/png");
  EXPECT_EQ(answer.body, std::string("\x00\xFF\x01", 3));
  EXPECT_EQ(error_of(http_answer(R"({"headers":{"Content-Type":"image/png"},"body":"no base64!"})")), kMismatch);
}

TEST(HttpAnswer, accepts_text_or_base64_for_a_json_type) {
  const auto with = [](std::string_view body) {
    return http_answer(cat(R"({"headers":{"content-type":"application/json"},"body":)", body, "}")).body;
  };
  EXPECT_EQ(with(R"("{\"a\":1}")"), R"({"a":1})");
  EXPECT_EQ(with(cat('"', base64_encode(R"({"a":1})"), '"')), R"({"a":1})");
}

TEST(HttpAnswer, reports_a_malformed_content_type_of_a_string) {
  for (const auto* type :
       {"nonsense", "", "text/", "/html", "text/html; =x", "a/b/c", R"(text/html; a=\"b\"c\")", R"(text/html; a=\"b)"})
    EXPECT_EQ(error_of(http_answer(cat(R"({"headers":{"content-type":")", type, R"("},"body":"x"})"))),
              "400 Response did not specify a known content-type.")
        << type;
}

// The other extensions

TEST(JsonAnswer, is_the_whole_object_or_array) {
  const auto answer = [](std::string_view result) {
    return web_answer(Status::success, j(result), WebExtension::json);
  };
  EXPECT_EQ(answer(R"({"statusCode":500,"body":"x"})").status, 200);
  EXPECT_EQ(answer(R"({"statusCode":500,"body":"x"})").body, R"({"statusCode":500,"body":"x"})");
  EXPECT_EQ(answer("[1]").headers.get("content-type"), "application/json");
  EXPECT_EQ(error_of(answer("\"x\"")), "400 Response is not valid 'application/json'.");
}

TEST(DocumentAnswer, is_the_member_body_or_the_member_named_after_the_extension) {
  const auto html = [](std::string_view result) { return web_answer(Status::success, j(result), WebExtension::html); };
  EXPECT_EQ(html(R"({"body":"<b>","html":"<i>"})").body, "<b>");
  EXPECT_EQ(html(R"({"html":"<i>"})").headers.get("content-type"), "text/html; charset=UTF-8");
  EXPECT_EQ(error_of(html("{}")), "400 Response is not valid 'text/html'.");
  EXPECT_EQ(error_of(html(R"({"body":{}})")), "400 Response is not valid 'text/html'.");
  const auto svg = [](std::string_view result) { return web_answer(Status::success, j(result), WebExtension::svg); };
  EXPECT_EQ(svg(R"({"svg":"<svg/>"})").headers.get("content-type"), "image/svg+xml");
  EXPECT_EQ(error_of(svg(R"({"html":"<i>"})")), "400 Response is not valid 'image/svg+xml'.");
}

TEST(TextAnswer, accepts_any_value) {
  const auto text = [](std::string_view result) { return web_answer(Status::success, j(result), WebExtension::text); };
  EXPECT_EQ(text(R"({"body":"x"})").body, "x");
  EXPECT_EQ(text(R"({"text":"y"})").headers.get("content-type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(text(R"({"body":7.5})").body, "7.5");
  EXPECT_EQ(text(R"({"body":null})").body, "null");
  EXPECT_EQ(text(R"({"body":{"a":1}})").body, "{\n  \"a\": 1\n}");
  EXPECT_EQ(text(R"({"body":[1,"x",[]]})").body, R"([1, "x", []])");
  EXPECT_EQ(text("[1,2]").body, "[1, 2]");
  EXPECT_EQ(error_of(text("{}")), "404 Response does not include requested property.");
}

// Errors

TEST(ErrorAnswer, treats_an_application_error_as_the_result) {
  const auto error = [](std::string_view result, WebExtension extension = WebExtension::http) {
    return web_answer(Status::application_error, j(result), extension);
  };
  const auto answer = error(R"({"error":{"statusCode":500,"body":{"error":"boom"}}})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, R"({"error":"boom"})");
  EXPECT_EQ(error_of(error(R"({"error":"boom"})")), kNotHttp);
  EXPECT_EQ(error(R"({"error":"boom"})", WebExtension::text).body, "boom");
  EXPECT_EQ(error(R"({"error":{"a":1}})", WebExtension::json).body, R"({"a":1})");
}

TEST(ErrorAnswer, does_not_take_a_thrown_error_for_an_http_answer) {
  const auto answer = [](std::string_view error) {
    return web_answer(Status::application_error, j(cat(R"({"error":)", error, "}")), WebExtension::http);
  };
  EXPECT_EQ(error_of(answer(R"({"name":"Error","message":"shelf is empty","stack":"Error: at"})")), kNotHttp);
  EXPECT_EQ(error_of(answer(R"({"statusCode":404,"name":"Error","message":"","stack":""})")), kNotHttp);
  // An object that the action builds itself is an HTTP answer.
  EXPECT_EQ(answer(R"({"statusCode":404,"body":"no","name":"Error","message":"","stack":""})").status, 404);
  EXPECT_EQ(answer("{}").status, 204);
  EXPECT_EQ(answer(R"({"message":"x"})").status, 204);
}

TEST(ErrorAnswer, hides_the_details_of_a_developer_error) {
  const auto answer = web_answer(Status::developer_error, j(R"({"error":"secret details"})"), WebExtension::http);
  EXPECT_EQ(error_of(answer), "400 There was an error processing your request.");
}

TEST(ErrorAnswer, is_202_while_the_activation_runs) {
  EXPECT_EQ(error_of(not_ready_answer()), "202 Response not yet ready.");
}

}  // namespace
}  // namespace adit::dev
