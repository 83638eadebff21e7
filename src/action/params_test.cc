#include <cstdint>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/action.h"
#include "adit/error.h"

namespace adit {
namespace {

using boost::json::object;
using testing::HasSubstr;
using testing::Not;

std::string code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return "no error";
}

TEST(Params, does_not_change_text) {
  const Params params(object{{"name", "Grüße"}, {"empty", ""}});
  EXPECT_EQ(params.get("name"), "Grüße");
  EXPECT_EQ(params.get("empty"), "");
}

TEST(Params, returns_nothing_for_missing_and_null) {
  const Params params(object{{"nothing", nullptr}});
  EXPECT_EQ(params.get("nothing"), std::nullopt);
  EXPECT_EQ(params.get("absent"), std::nullopt);
  EXPECT_FALSE(params.has("nothing"));
}

TEST(Params, get_or_returns_the_fallback_for_empty_text_as_javascript_does) {
  const Params params(object{{"LOG_LEVEL", ""}, {"count", ""}, {"zero", 0}});
  EXPECT_EQ(params.get_or("LOG_LEVEL", "info"), "info");
  EXPECT_EQ(params.get_or("absent", "info"), "info");
  EXPECT_EQ(params.get_or("count", 7), 7);
  EXPECT_EQ(params.get_or("zero", 7), 0);
}

TEST(Params, converts_scalars_without_loss) {
  const Params params(
      object{{"text", "42"}, {"number", 42}, {"whole", 42.0}, {"yes", "TRUE"}, {"one", 1}, {"half", "0.5"}});
  EXPECT_EQ(params.get<int>("text"), 42);
  EXPECT_EQ(params.get<int>("whole"), 42);
  EXPECT_EQ(params.get<std::string>("number"), "42");
  EXPECT_EQ(params.get<bool>("yes"), true);
  EXPECT_EQ(params.get<bool>("one"), true);
  EXPECT_EQ(params.get<double>("half"), 0.5);
}

TEST(Params, does_not_round_integers_that_a_double_cannot_hold) {
  const Params params(object{{"big", INT64_MAX}, {"text", "9223372036854775807"}, {"unsigned", UINT64_MAX}});
  EXPECT_EQ(params.get<std::int64_t>("big"), INT64_MAX);
  EXPECT_EQ(params.get<std::int64_t>("text"), INT64_MAX);
  EXPECT_EQ(params.get<std::uint64_t>("unsigned"), UINT64_MAX);
}

TEST(Params, refuses_lossy_conversions) {
  const Params params(object{{"half", 0.5},
                             {"big", 300},
                             {"minus", -1},
                             {"huge", 1e300},
                             {"edge", 9223372036854775808.0},
                             {"word", "5x"},
                             {"plus", "1e999"}});
  EXPECT_EQ(code_of([&] { (void)params.get<int>("half"); }), "invalid_params");
  EXPECT_EQ(code_of([&] { (void)params.get<std::int8_t>("big"); }), "invalid_params");
  EXPECT_EQ(code_of([&] { (void)params.get<unsigned>("minus"); }), "invalid_params");
  EXPECT_EQ(code_of([&] { (void)params.get<std::int64_t>("huge"); }), "invalid_params");
  EXPECT_EQ(code_of([&] { (void)params.get<std::int64_t>("edge"); }), "invalid_params");
  EXPECT_EQ(code_of([&] { (void)params.get<int>("word"); }), "invalid_params");
  EXPECT_EQ(code_of([&] { (void)params.get<double>("plus"); }), "invalid_params");
}

TEST(Params, messages_name_the_parameter_but_not_its_value) {
  const Params params(object{{"PORT", "p4ssw0rd"}});
  try {
    (void)params.get<int>("PORT");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.to_string(), HasSubstr("'PORT'"));
    EXPECT_THAT(error.to_string(), Not(HasSubstr("p4ssw0rd")));
  }
}

TEST(Params, require_throws_for_missing_and_empty_values) {
  const Params params(object{{"given", "x"}, {"empty", ""}, {"null", nullptr}, {"number", 3}});
  EXPECT_EQ(params.require("given"), "x");
  EXPECT_EQ(params.require<int>("number"), 3);
  for (const auto* name : {"empty", "null", "absent"})
    EXPECT_EQ(code_of([&] { (void)params.require(name); }), "missing_params");
}

TEST(Params, reads_objects_arrays_and_secrets) {
  const Params params(object{{"list", {1, 2}}, {"map", object{{"a", 1}}}, {"key", "s3cret"}});
  EXPECT_EQ(params.get<boost::json::array>("list")->size(), 2U);
  EXPECT_EQ(params.get<object>("map")->at("a"), 1);
  EXPECT_EQ(params.get<Secret>("key")->reveal(), "s3cret");
  EXPECT_EQ(code_of([&] { (void)params.get("map"); }), "invalid_params");
}

TEST(Params, finds_headers_in_any_letter_case) {
  const Params params(object{{"__ow_headers", object{{"x-gw-ims-org-id", "A@AdobeOrg"}}}});
  EXPECT_EQ(params.header("X-GW-IMS-Org-Id"), "A@AdobeOrg");
  EXPECT_EQ(params.header("accept"), std::nullopt);
  EXPECT_EQ(Params(object{{"__ow_headers", "text"}}).header("accept"), std::nullopt);
}

TEST(Params, convert_to_a_json_object) {
  const Params params(object{{"a", 1}});
  const boost::json::object& as_object = params;
  EXPECT_EQ(&as_object, &params.json());
}

}  // namespace
}  // namespace adit
