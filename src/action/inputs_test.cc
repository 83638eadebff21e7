#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/action.h"
#include "adit/json.h"

#include "base/text/long_text_fixture.h"
#include "base/text/text.h"

namespace adit {
namespace {

using boost::json::object;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The expected messages are those of checkMissingRequestInputs in Adobe's template.

TEST(MissingInputs, returns_nothing_if_no_input_is_missing) {
  EXPECT_EQ(missing_inputs(object{{"a", "1"}, {"b", 2}}, {"a", "b"}), std::nullopt);
  EXPECT_EQ(missing_inputs(object{}, {}), std::nullopt);
}

TEST(MissingInputs, names_parameters_in_the_given_order) {
  EXPECT_EQ(missing_inputs(object{{"b", "1"}}, {"c", "b", "a"}), "missing parameter(s) 'c,a'");
}

TEST(MissingInputs, names_headers_first_in_lower_case) {
  EXPECT_EQ(missing_inputs(object{}, {"c", "d"}, {"A", "x-B"}),
            "missing header(s) 'a,x-b' and missing parameter(s) 'c,d'");
  EXPECT_EQ(missing_inputs(object{{"c", 1}}, {"c"}, {"Authorization"}), "missing header(s) 'authorization'");
  EXPECT_EQ(missing_inputs(object{{"__ow_headers", object{{"authorization", "Bearer x"}}}}, {}, {"Authorization"}),
            std::nullopt);
}

TEST(MissingInputs, counts_only_empty_text_as_missing) {
  EXPECT_EQ(missing_inputs(object{{"empty", ""}, {"null", nullptr}, {"no", false}, {"zero", 0}, {"blank", " "}},
                           {"empty", "null", "no", "zero", "blank"}),
            "missing parameter(s) 'empty'");
}

TEST(MissingInputs, follows_dots_into_objects_and_arrays) {
  const object params{
      {"a", object{{"b", object{{"c", "x"}, {"e", ""}}}}}, {"list", {object{{"id", 1}}}}, {"text", "x"}};
  EXPECT_EQ(missing_inputs(params, {"a.b.c", "list.0.id"}), std::nullopt);
  EXPECT_EQ(missing_inputs(params, {"a.b.d", "a.b.e", "a.x.y", "text.b", "list.1.id", "list.x", "", "a.", ".a"}),
            "missing parameter(s) 'a.b.d,a.b.e,a.x.y,text.b,list.1.id,list.x,,a.,.a'");
}

TEST(ErrorResponse, has_the_same_shape_as_in_adobes_template) {
  const auto response = error_response(400, "missing parameter(s) 'a'", Logger("main", "error"));
  EXPECT_EQ(to_json(response.result()), R"({"error":{"statusCode":400,"body":{"error":"missing parameter(s) 'a'"}}})");
  EXPECT_TRUE(response.is_error());
}

TEST(ErrorResponse, logs_status_and_message_at_level_info) {
  ::unsetenv("__OW_ACTION_NAME");
  testing::internal::CaptureStderr();
  (void)error_response(400, "bad", Logger("main"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::MatchesRegex("[0-9-]+T[0-9:]+\\.[0-9][0-9][0-9]Z \\[main\\] info: 400: bad\n"));
}

TEST(StringParameters, hides_secrets_by_name) {
  const object params{
      {"JWT_CLIENT_ID", "visible-id"},
      {"JWT_CLIENT_SECRET", "HIDE"},
      {"JWT_PRIVATE_KEY", "HIDE"},
      {"apiKey", "HIDE"},
      {"API_KEY_2", "HIDE"},
      {"privateKeyPem", "HIDE"},
      {"accessKey1", "HIDE"},
      {"basic_auth", "HIDE"},
      {"x-auth-user", "HIDE"},
      {"jwt", "HIDE"},
      {"Pwd", "HIDE"},
      {"passwort", "HIDE"},
      {"signature", "HIDE"},
      {"accessToken", "HIDE"},
      {"PASSWORD", "HIDE"},
      {"__ims_oauth_s2s", object{{"client_id", "id"}, {"client_secret", "HIDE"}}},
      {"nested", {object{{"refresh_token", {"HIDE"}}}}},
      {"__ow_headers", object{{"authorization", "Bearer HIDE"}, {"cookie", "HIDE"}, {"accept", "visible-accept"}}}};
  EXPECT_THAT(string_parameters(params),
              AllOf(Not(HasSubstr("HIDE")), HasSubstr("visible-id"), HasSubstr("visible-accept"),
                    HasSubstr("\"JWT_PRIVATE_KEY\":\"<hidden>\"")));
}

TEST(StringParameters, hides_secrets_by_their_format) {
  const object params{{"a", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"},
                      {"b", "-----BEGIN PRIVATE KEY-----\nMIIE"},
                      {"c", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t"},
                      {"d", "bearer abc"},
                      {"e", {"see eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"}}};
  EXPECT_EQ(string_parameters(params),
            R"({"a":"<hidden>","b":"<hidden>","c":"<hidden>","d":"<hidden>","e":["<hidden>"]})");
}

TEST(StringParameters, hides_raw_request_text_that_names_a_secret) {
  const object params{
      {"__ow_query", "access_token=abc"}, {"__ow_body", "eyJjbGllbnRfc2VjcmV0IjoieCJ9"}, {"text", "a token of love"}};
  EXPECT_EQ(string_parameters(params), R"({"__ow_query":"<hidden>","__ow_body":"<hidden>","text":"a token of love"})");
  for (const auto* text : {"passwd=abc", "a=1&X-Amz-Signature=abc", "signing_key=abc"})
    EXPECT_EQ(string_parameters(object{{"__ow_body", text}}), R"({"__ow_body":"<hidden>"})") << text;
}

TEST(StringParameters, shows_values_that_are_not_secret) {
  const object params{{"monkey", "business"}, {"jwtIssuer", "a"},  {"author", "b"},  {"count", 3},
                      {"empty_secret", ""},   {"has_token", true}, {"none", nullptr}};
  EXPECT_EQ(
      string_parameters(params),
      R"({"monkey":"business","jwtIssuer":"a","author":"b","count":3,"empty_secret":"","has_token":true,"none":null})");
}

std::optional<Secret> bearer_of(std::string_view header) {
  return bearer_token(object{{"__ow_headers", object{{"authorization", header}}}});
}

TEST(BearerToken, is_the_text_after_the_scheme) {
  EXPECT_EQ(bearer_of("Bearer abc.def"), Secret("abc.def"));
  EXPECT_EQ(bearer_of("bearer abc"), Secret("abc"));
  EXPECT_EQ(bearer_of(" Bearer abc "), Secret("abc"));
}

TEST(BearerToken, is_missing_without_a_valid_header) {
  for (const auto* header : {"", "Bearer", "Bearer ", "Basic abc", "Bearerabc"})
    EXPECT_EQ(bearer_of(header), std::nullopt) << header;
  EXPECT_EQ(bearer_token(object{}), std::nullopt);
  EXPECT_EQ(bearer_token(object{{"__ow_headers", object{{"authorization", 5}}}}), std::nullopt);
}

TEST(Logger, writes_only_its_level_and_more_severe_ones) {
  testing::internal::CaptureStderr();
  const Logger log("main", "warn");
  log.error("e");
  log.warn("w");
  log.info("i");
  const auto text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, AllOf(HasSubstr("error: e\n"), HasSubstr("warn: w\n"), Not(HasSubstr("info"))));
}

TEST(Logger, names_the_action_if_it_runs_in_one) {
  ::setenv("__OW_ACTION_NAME", "/ns/pkg/act", 1);
  testing::internal::CaptureStderr();
  Logger("main").info("x");
  ::unsetenv("__OW_ACTION_NAME");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("Z [main /ns/pkg/act] info: x\n"));
}

TEST(Logger, writes_an_entry_on_one_line) {
  testing::internal::CaptureStderr();
  Logger("main").info("a\nb\r\nforged");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("info: a\\nb\\r\\nforged\n"));
}

TEST(Logger, treats_an_unknown_level_as_info) {
  EXPECT_TRUE(Logger("main", "loud").enabled("info"));
  EXPECT_FALSE(Logger("main", "loud").enabled("debug"));
  EXPECT_TRUE(Logger("main", "DEBUG").enabled("debug"));
}

TEST(StringParameters, takes_linear_time_for_long_text) {
  const auto text = repeated("eyJ", 1U << 20U);
  EXPECT_EQ(string_parameters({{"a", text}}), cat(R"({"a":")", text, R"("})"));
  EXPECT_EQ(string_parameters({{"a", text + ".b.c"}}), R"({"a":"<hidden>"})");
  EXPECT_EQ(string_parameters({{"a", cat(text, " x.y.z")}}), cat(R"({"a":")", text, R"( x.y.z"})"));
  EXPECT_EQ(string_parameters({{"__ow_body", repeated("=", 1U << 20U)}}).size(), (1U << 20U) + 16);
}

}  // namespace
}  // namespace adit
