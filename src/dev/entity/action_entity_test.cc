#include "dev/entity/action_entity.h"

#include <gtest/gtest.h>

namespace adit::dev {
namespace {

ActionEntity entity() {
  ActionEntity made;
  made.name_space = "guest/p";
  made.name = "a";
  made.kind = "nodejs:22";
  made.main = "other";
  made.binary = true;
  made.parameters = {{"x", 1}};
  made.annotations = {{"web-export", true}, {"exec", "mine"}};
  made.updated = WallTime(std::chrono::milliseconds(7));
  return made;
}

constexpr auto kCommon = R"("annotations":[{"key":"web-export","value":true},{"key":"exec","value":"nodejs:22"},)"
                         R"({"key":"provide-api-key","value":false}],)"
                         R"("limits":{"timeout":60000,"memory":256,"logs":10,"concurrency":200},"updated":7)";

TEST(ActionEntity, summary_omits_parameters_and_says_only_whether_the_code_is_binary) {
  EXPECT_EQ(
      to_json(entity().summary()),
      std::string(R"({"namespace":"guest/p","name":"a","version":"0.0.1","publish":false,"exec":{"binary":true},)") +
          kCommon + "}");
}

TEST(ActionEntity, whole_form_has_exec_and_parameters) {
  EXPECT_EQ(to_json(entity().to_json()),
            std::string(R"({"namespace":"guest/p","name":"a","version":"0.0.1","publish":false,)"
                        R"("exec":{"kind":"nodejs:22","binary":true,"main":"other"},)") +
                kCommon + R"(,"parameters":[{"key":"x","value":1}]})");
}

TEST(ActionEntity, sequence_lists_its_components) {
  auto sequence = entity();
  sequence.kind = "sequence";
  sequence.components = {"/guest/p/a", "/guest/b"};
  EXPECT_EQ(to_json(sequence.to_json().at("exec")), R"({"kind":"sequence","components":["/guest/p/a","/guest/b"]})");
}

TEST(ActionEntity, keeps_a_given_provide_api_key_annotation) {
  auto given = entity();
  given.annotations["provide-api-key"] = true;
  EXPECT_NE(to_json(given.summary()).find(R"({"key":"provide-api-key","value":true})"), std::string::npos);
}

TEST(ActionEntity, path_omits_the_package_default) {
  EXPECT_EQ(entity_path("p", "a"), "p/a");
  EXPECT_EQ(entity_path("default", "a"), "a");
  EXPECT_EQ(entity_path("", "a"), "a");
}

TEST(ProvidesApiKey, is_true_unless_the_annotation_is_falsy) {
  for (const auto* yes :
       {"{}", R"({"provide-api-key":true})", R"({"provide-api-key":"false"})", R"({"provide-api-key":1})"})
    EXPECT_TRUE(provides_api_key(parse_json(yes, "test").as_object())) << yes;
  for (const auto* no : {R"({"provide-api-key":false})", R"({"provide-api-key":null})", R"({"provide-api-key":""})",
                         R"({"provide-api-key":0})"})
    EXPECT_FALSE(provides_api_key(parse_json(no, "test").as_object())) << no;
}

}  // namespace
}  // namespace adit::dev
