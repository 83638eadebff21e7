#include "dev/web/parameters.h"

#include <gtest/gtest.h>

#include "adit/base64.h"

#include "dev/entity/limits.h"
#include "dev/web/web_fixture.h"

namespace adit::dev {
namespace {

json::object params_of(const http::ServerRequest& incoming, const WebRules& with = rules(), const Caller& caller = {}) {
  auto given = web_parameters(incoming, WebPath{.package = "p", .action = "a", .rest = "/x"}, with, caller);
  EXPECT_FALSE(given.refusal) << given.refusal->body;
  return given.params;
}

int refusal_of(const http::ServerRequest& incoming, const WebRules& with = rules()) {
  const auto given = web_parameters(incoming, WebPath{.package = "p", .action = "a", .rest = {}}, with, {});
  return given.refusal ? given.refusal->status : 0;
}

TEST(WebParameters, contain_the_request) {
  auto incoming = request("GET");
  incoming.headers.add("X-Thing", "One");
  incoming.headers.add("x-thing", "Two");
  const auto params = params_of(incoming);
  EXPECT_EQ(params.at("__ow_method"), "get");
  EXPECT_EQ(params.at("__ow_path"), "/x");
  EXPECT_EQ(params.at("__ow_headers").at("x-thing"), "Two");
  EXPECT_FALSE(params.contains("__ow_body"));
  EXPECT_FALSE(params.contains("__ow_query"));
  EXPECT_FALSE(params.contains("__ow_user"));
}

TEST(WebParameters, report_the_method_head) {
  auto incoming = request("GET");
  incoming.head = true;
  EXPECT_EQ(params_of(incoming).at("__ow_method"), "head");
}

TEST(WebParameters, name_the_caller_only_if_authenticated) {
  EXPECT_EQ(params_of(request("GET"), rules(), Caller{"guest"}).at("__ow_user"), "guest");
}

TEST(WebParameters, contain_query_parameters_as_strings_the_last_one_wins) {
  const auto params = params_of(request("GET", "a=1&b=x+y%21&a=2&c"));
  EXPECT_EQ(params.at("a"), "2");
  EXPECT_EQ(params.at("b"), "x y!");
  EXPECT_EQ(params.at("c"), "");
}

TEST(WebParameters, merge_a_json_object_over_the_query) {
  const auto params = params_of(request("POST", "a=1&b=2", R"({"a":{"n":3}})", "application/json; charset=utf-8"));
  EXPECT_EQ(to_json(params.at("a")), R"({"n":3})");
  EXPECT_EQ(params.at("b"), "2");
  EXPECT_FALSE(params.contains("__ow_body"));
}

TEST(WebParameters, contain_other_json_as_body) {
  EXPECT_EQ(to_json(params_of(request("POST", "", "[1,2]", "application/json")).at("__ow_body")), "[1,2]");
  EXPECT_EQ(to_json(params_of(request("POST", "", "null", "application/json")).at("__ow_body")), "null");
  EXPECT_EQ(to_json(params_of(request("POST", "", "7", "application/vnd.x+json")).at("__ow_body")), "7");
}

TEST(WebParameters, contain_an_empty_body_with_a_type_unless_it_is_json_or_a_form) {
  for (const auto* method : {"POST", "PUT", "GET", "DELETE"}) {
    for (const auto* type : {"text/plain", "text/html; charset=utf-8", "application/octet-stream", "image/png",
                             "application/xml", "multipart/form-data; boundary=x"})
      EXPECT_EQ(params_of(request(method, "", "", type)).at("__ow_body"), "") << method << ' ' << type;
    for (const auto* type : {"", "application/json", "application/vnd.x+json", "application/x-www-form-urlencoded"})
      EXPECT_FALSE(params_of(request(method, "", "", type)).contains("__ow_body")) << method << ' ' << type;
  }
}

TEST(WebParameters, reject_malformed_json_with_400) {
  EXPECT_EQ(refusal_of(request("POST", "", "{\"a\":", "application/json")), 400);
}

TEST(WebParameters, merge_a_form_as_strings) {
  const auto params =
      params_of(request("POST", "a=1", "a=2&b=%C3%A4&b=c+d", "application/x-www-form-urlencoded; charset=UTF-8"));
  EXPECT_EQ(params.at("a"), "2");
  EXPECT_EQ(params.at("b"), "c d");
}

TEST(WebParameters, contain_text_as_text_and_binary_data_as_base64) {
  EXPECT_EQ(params_of(request("POST", "", "h\xC3\xA9", "text/plain")).at("__ow_body"), "h\xC3\xA9");
  EXPECT_EQ(params_of(request("POST", "", "<a/>", "application/xml")).at("__ow_body"), "<a/>");
  const std::string bytes("\x00\xFF\x01", 3);
  for (const auto* type : {"application/octet-stream", "image/png", "image/svg+xml", "multipart/form-data; boundary=x",
                           "application/x-unknown", "nonsense", ""})
    EXPECT_EQ(params_of(request("POST", "", bytes, type)).at("__ow_body").as_string(), base64_encode(bytes)) << type;
  EXPECT_EQ(params_of(request("POST", "", "x", "application/x-unknown; charset=utf-8")).at("__ow_body"), "x");
}

TEST(WebParameters, replace_bytes_that_are_not_utf_8) {
  EXPECT_EQ(params_of(request("POST", "", "a\xFFz", "text/plain")).at("__ow_body"), "a\xEF\xBF\xBDz");
}

TEST(WebParameters, of_raw_actions_contain_query_and_body_unparsed) {
  const auto raw = rules(R"({"web-export":true,"raw-http":true})", R"({"fixed":"x"})");
  const auto json_body =
      params_of(request("POST", "a=1&fixed=2&__ow_body=3", R"({"fixed":1})", "application/json"), raw);
  EXPECT_EQ(json_body.at("__ow_query"), "a=1&fixed=2&__ow_body=3");
  EXPECT_EQ(json_body.at("__ow_body").as_string(), base64_encode(R"({"fixed":1})"));
  EXPECT_FALSE(json_body.contains("a"));
  EXPECT_FALSE(json_body.contains("fixed"));
  EXPECT_EQ(params_of(request("POST", "", "a=b", "application/x-www-form-urlencoded"), raw).at("__ow_body"), "a=b");
  const auto nothing = params_of(request("GET"), raw);
  EXPECT_EQ(nothing.at("__ow_query"), "");
  EXPECT_EQ(nothing.at("__ow_body"), "");
}

TEST(WebParameters, reject_reserved_properties) {
  for (const auto* name : {"__ow_method", "__ow_headers", "__ow_path", "__ow_user", "__ow_query", "__ow_body"}) {
    EXPECT_EQ(refusal_of(request("GET", cat(name, "=1"))), 400) << name;
    EXPECT_EQ(refusal_of(request("POST", "", cat("{\"", name, "\":1}"), "application/json")), 400) << name;
    EXPECT_EQ(refusal_of(request("POST", "", cat(name, "=1"), "application/x-www-form-urlencoded")), 400) << name;
  }
  const auto given = web_parameters(request("GET", "__ow_body=1"), {}, rules(), {});
  EXPECT_EQ(error_of(*given.refusal),
            "400 Request defines parameters that are not allowed (e.g., reserved properties).");
}

TEST(WebParameters, prefer_the_callers_value_unless_the_action_is_final) {
  constexpr auto kInputs = R"({"set":"x"})";
  for (const auto* annotations :
       {R"({"web-export":true})", R"({"web-export":true,"final":false})", R"({"web-export":true,"final":"true"})",
        R"({"web-export":true,"final":"yes"})", R"({"web-export":true,"final":1})"}) {
    EXPECT_EQ(refusal_of(request("GET", "set=1"), rules(annotations, kInputs)), 0) << annotations;
    EXPECT_EQ(params_of(request("GET", "set=1"), rules(annotations, kInputs)).at("set"), "1") << annotations;
  }
  EXPECT_EQ(refusal_of(request("GET", "set=1"), rules(R"({"web-export":true,"final":true})", kInputs)), 400);
  EXPECT_EQ(
      refusal_of(request("GET", "set=1"), rules(R"({"web-export":true,"final":true})", kInputs).with_adobe_auth()), 0)
      << "a sequence replaces the action";
}

TEST(WebParameters, of_final_actions_protect_only_inputs_that_have_a_value) {
  const auto with = rules(R"({"web-export":true,"final":true})", R"({"set":"x","number":0,"empty":"","nothing":null})");
  EXPECT_EQ(refusal_of(request("GET", "set=1"), with), 400);
  EXPECT_EQ(refusal_of(request("GET", "number=1"), with), 400);
  EXPECT_EQ(refusal_of(request("POST", "", R"({"set":1})", "application/json"), with), 400);
  EXPECT_EQ(refusal_of(request("GET", "empty=1&nothing=2&other=3"), with), 0);
}

TEST(WebParameters, reject_payloads_over_a_megabyte_with_413) {
  EXPECT_FALSE(refuse_size(request("POST", "", std::string(kMaxPayloadBytes, 'x'))));
  const auto refusal = refuse_size(request("POST", "", std::string(kMaxPayloadBytes + 1, 'x')));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(error_of(*refusal), "413 Request larger than allowed: 1048577 > 1048576 bytes.");
}

}  // namespace
}  // namespace adit::dev
