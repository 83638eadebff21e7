#include <gtest/gtest.h>

#include "adit/action.h"
#include "adit/error.h"

namespace adit {
namespace {

using boost::json::object;

TEST(Response, givesObjectsAndArraysAsTheBody) {
  EXPECT_EQ(to_json(Response::json(200, object{{"a", 1}}).result()),
            R"({"statusCode":200,"headers":{"content-type":"application/json"},"body":{"a":1}})");
}

TEST(Response, sendsJsonScalarsAsTextThatOpenWhiskLeavesAlone) {
  EXPECT_EQ(to_json(Response::json(200, "null").result().at("body")), R"("\"null\"\n")");
  EXPECT_EQ(to_json(Response::json(200, nullptr).result().at("body")), R"("null\n")");
  EXPECT_EQ(to_json(Response::json(200, 1234).result().at("body")), R"("1234\n")");
}

TEST(Response, encodesBinaryBodies) {
  const auto result = Response::binary(200, std::string_view("\0\xff", 2), "image/png").result();
  EXPECT_EQ(to_json(result), R"({"statusCode":200,"headers":{"content-type":"image/png"},"body":"AP8="})");
}

TEST(Response, repeatsAHeaderThatIsAddedTwiceAndReplacesTheContentType) {
  const auto response = Response::text(200, "x")
                            .header("Set-Cookie", "a=1")
                            .header("set-cookie", "b=2")
                            .header("Content-Type", "text/css");
  EXPECT_EQ(to_json(response.result().at("headers")), R"({"content-type":"text/css","Set-Cookie":["a=1","b=2"]})");
}

TEST(Response, putsHeadersOfAnErrorWhereThePlatformLooksForThem) {
  const auto response = Response::error(401, "no").header("www-authenticate", "Bearer");
  EXPECT_EQ(to_json(response.result()),
            R"({"error":{"statusCode":401,"body":{"error":"no"},"headers":{"www-authenticate":"Bearer"}}})");
}

TEST(Response, refusesHeadersThatWouldBecomeTwo) {
  EXPECT_THROW((void)Response::empty().header("a", "x\r\nset-cookie: y"), Error);
  EXPECT_THROW((void)Response::empty().header("a\n", "x"), Error);
  EXPECT_THROW((void)Response::empty().header("", "x"), Error);
}

TEST(Response, isWhateverObjectOrArrayAnActionReturns) {
  EXPECT_EQ(to_json(Response(object{{"greeting", "Hello"}}).result()), R"({"greeting":"Hello"})");
  EXPECT_EQ(to_json(Response(boost::json::array{1, 2}).result()), "[1,2]");
}

}  // namespace
}  // namespace adit
