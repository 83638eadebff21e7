#include "dev/entity/entity_body.h"

#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/text/text.h"
#include "dev/entity/json_form.h"
#include "dev/entity/limits.h"

namespace adit::dev {
namespace {

/// Returns the status and message of the rejection, without the prefix that all "malformed content" messages have; or
/// "accepted".
std::string rejection_of_body(std::string_view body) {
  try {
    (void)read_action_put(body, "guest");
    return "accepted";
  } catch (const Error& error) {
    std::string_view message = error.message();
    constexpr std::string_view kMalformed = "The request content was malformed:\n";
    if (message.starts_with(kMalformed)) message.remove_prefix(kMalformed.size());
    return cat(error.http_status(), ' ', message);
  }
}

std::string with_limits(std::string_view limits) {
  return rejection_of_body(cat(R"({"exec":{"kind":"nodejs:22","code":"x"},"limits":{)", limits, "}}"));
}

TEST(ActionPut, reads_every_member) {
  const auto put = read_action_put(
      R"({"exec":{"kind":"NodeJS:22","code":"function main","main":"start"},"parameters":[{"key":"a","value":1},{"key":"b"}],
          "annotations":[{"key":"web-export","value":true}],"limits":{"timeout":100,"concurrency":5},"publish":true,"version":"1.2.3",
          "delAnnotations":["old"]})",
      "guest");
  EXPECT_EQ(put.exec->kind, "nodejs:22");
  EXPECT_EQ(put.exec->main, "start");
  EXPECT_FALSE(put.exec->binary);
  EXPECT_EQ(to_json(*put.parameters), R"({"a":1,"b":null})");
  EXPECT_EQ(put.limits.timeout, std::chrono::milliseconds(100));
  EXPECT_FALSE(put.limits.memory_mb);
  EXPECT_EQ(put.version, "1.2.3");
  EXPECT_EQ(put.deleted_annotations, std::vector<std::string>{"old"});
  EXPECT_FALSE(read_action_put("", "guest").exec);
}

TEST(ActionPut, resolves_the_components_of_a_sequence_to_full_names) {
  const auto put =
      read_action_put(R"({"exec":{"kind":"sequence","components":["/_/a","/guest/p/b","other/p/c"]}})", "guest");
  ASSERT_EQ(put.exec->components.size(), 3U);
  EXPECT_EQ(put.exec->components[0].to_string(), "/guest/a");
  EXPECT_EQ(put.exec->components[1].to_string(), "/guest/p/b");
  EXPECT_EQ(put.exec->components[2].to_string(), "/other/p/c");
}

TEST(ActionPut, accepts_empty_code) {
  EXPECT_EQ(read_action_put(R"({"exec":{"kind":"nodejs:22","code":""}})", "guest").exec->code, "");
  EXPECT_EQ(read_action_put(R"({"exec":{"kind":"blackbox","image":"i"}})", "guest").exec->code, "");
}

TEST(ActionPut, is_rejected_with_the_controllers_messages) {
  EXPECT_EQ(rejection_of_body("[]"), "400 Object expected");
  EXPECT_EQ(rejection_of_body(R"({"exec":{}})"), "400 'kind' must be a string defined in 'exec'");
  EXPECT_EQ(rejection_of_body(R"({"exec":{"kind":"nodejs:22"}})"),
            "400 'code' must be a string or attachment object defined in 'exec' for 'nodejs:22' actions");
  EXPECT_EQ(rejection_of_body(R"({"exec":{"kind":"blackbox"}})"),
            "400 'image' must be a string defined in 'exec' for 'blackbox' actions");
  EXPECT_TRUE(
      rejection_of_body(R"({"exec":{"kind":"cobol:1","code":"x"}})").starts_with("400 kind 'cobol:1' not in Set("));
  EXPECT_EQ(rejection_of_body(R"({"exec":{"kind":"sequence"}})"), "400 'components' must be defined for sequence kind");
  EXPECT_EQ(rejection_of_body(R"({"exec":{"kind":"sequence","components":["a"]}})"),
            "400 requirement failed: The fully qualified name of the entity must contain at least the namespace and "
            "the name of the entity.");
  EXPECT_EQ(rejection_of_body(R"({"parameters":{"a":1}})"), "400 parameters malformed!");
  EXPECT_EQ(rejection_of_body(R"({"annotations":[{"value":1}]})"), "400 parameters malformed!");
  EXPECT_EQ(rejection_of_body(R"({"version":"1.2"})"), "400 bad semantic version");
  EXPECT_EQ(
      rejection_of_body(cat(R"({"parameters":[{"key":"a","value":")", std::string(kMaxParameterBytes, 'x'), "\"}]}")),
      cat("413 Parameters larger than allowed: ", kMaxParameterBytes + 8, " > 1048576 bytes."));
}

TEST(ActionPut, accepts_only_limits_within_their_ranges) {
  EXPECT_EQ(with_limits(R"("timeout":100,"memory":128,"logs":0,"concurrency":1)"), "accepted");
  EXPECT_EQ(with_limits(R"("timeout":10800000,"memory":4096,"logs":10,"concurrency":500)"), "accepted");
  EXPECT_EQ(with_limits(R"("timeout":99)"),
            "400 requirement failed: duration 99 milliseconds below allowed threshold of 100 milliseconds");
  EXPECT_EQ(with_limits(R"("memory":64)"),
            "400 requirement failed: memory 64 MB below allowed threshold of 134217728 B");
  EXPECT_EQ(with_limits(R"("logs":11)"), "400 requirement failed: size 11 MB exceeds allowed threshold of 10485760 B");
  EXPECT_EQ(with_limits(R"("concurrency":501)"),
            "400 requirement failed: concurrency 501 exceeds allowed threshold of 500");
  EXPECT_EQ(with_limits(R"("memory":"much")"), "400 memory limit malformed");
  EXPECT_EQ(with_limits(R"("memory":1e300)"),
            "400 requirement failed: memory 1000000000 MB exceeds allowed threshold of 4294967296 B");
}

TEST(EntityName, accepts_the_controllers_characters) {
  for (const auto* good : {"a", "_", "7", "a b", "a@b.c-d", "A_1"}) EXPECT_TRUE(is_entity_name(good)) << good;
  for (const auto* bad : {"", " a", "a ", ".a", "-a", "a/b", "a$", "\xc3\xa4", "a\n"})
    EXPECT_FALSE(is_entity_name(bad)) << bad;
  EXPECT_TRUE(is_entity_name(std::string(256, 'x')));
  EXPECT_FALSE(is_entity_name(std::string(257, 'x')));
}

TEST(IsBinaryCode, accepts_only_text_that_is_base64_throughout) {
  EXPECT_TRUE(is_binary_code("UEsDBA=="));
  EXPECT_TRUE(is_binary_code("UEsDBAAA\n"));
  for (const auto* text : {"", "x", "function main() {}", "UEsDBA=", "UE=DBA=="})
    EXPECT_FALSE(is_binary_code(text)) << text;
}

TEST(NextVersion, increments_the_last_number) {
  EXPECT_EQ(next_version("0.0.1"), "0.0.2");
  EXPECT_EQ(next_version("1.2.9"), "1.2.10");
}

}  // namespace
}  // namespace adit::dev
