#include <gtest/gtest.h>

#include "adit/action.h"
#include "adit/error.h"

namespace adit {
namespace {

using boost::json::object;

TEST(Response, puts_objects_and_arrays_into_the_body) {
  EXPECT_EQ(to_json(Response::json(200, object{{"a", 1}}).result()),
            R"({"statusCode":200,"headers":{"content-type":"application/json"},"body":{"a":1}})");
}

TEST(Response, sends_json_scalars_as_text_that_openwhisk_does_not_change) {
  EXPECT_EQ(to_json(Response::json(200, "null").result().at("body")), R"("\"null\"\n")");
  EXPECT_EQ(to_json(Response::json(200, nullptr).result().at("body")), R"("null\n")");
  EXPECT_EQ(to_json(Response::json(200, 1234).result().at("body")), R"("1234\n")");
}

TEST(Response, encodes_binary_bodies_in_base64) {
  const auto result = Response::binary(200, std::string_view("\0\xff", 2), "image/png").result();
  EXPECT_EQ(to_json(result), R"({"statusCode":200,"headers":{"content-type":"image/png"},"body":"AP8="})");
}

TEST(Response, repeats_a_header_that_is_added_twice_but_replaces_the_content_type) {
  const auto response = Response::text(200, "x")
                            .header("Set-Cookie", "a=1")
                            .header("set-cookie", "b=2")
                            .header("Content-Type", "text/css");
  EXPECT_EQ(to_json(response.result().at("headers")), R"({"content-type":"text/css","Set-Cookie":["a=1","b=2"]})");
}

TEST(Response, puts_headers_of_an_error_into_the_error_object) {
  const auto response = Response::error(401, "no").header("www-authenticate", "Bearer");
  EXPECT_EQ(to_json(response.result()),
            R"({"error":{"statusCode":401,"body":{"error":"no"},"headers":{"www-authenticate":"Bearer"}}})");
}

TEST(Response, refuses_headers_that_contain_a_line_end) {
  EXPECT_THROW((void)Response::empty().header("a", "x\r\nset-cookie: y"), Error);
  EXPECT_THROW((void)Response::empty().header("a\n", "x"), Error);
  EXPECT_THROW((void)Response::empty().header("", "x"), Error);
}

TEST(Response, can_be_any_object_or_array) {
  EXPECT_EQ(to_json(Response(object{{"greeting", "Hello"}}).result()), R"({"greeting":"Hello"})");
  EXPECT_EQ(to_json(Response(boost::json::array{1, 2}).result()), "[1,2]");
}

}  // namespace
}  // namespace adit
