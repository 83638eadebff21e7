#include "app/migrate/migration.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/migrate/migration_manifest.h"
#include "app/yaml/yaml_edit.h"
#include "base/text/text.h"
#include "config/dotenv_edit.h"
#include "system/files/temporary_folder.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Migrated {
  std::string text;
  std::vector<std::string> remaining;
};

Migrated migrated(const std::string& text, bool both = false) {
  Migrated result;
  result.text = migrate_manifest(text, "ext.config.yaml", both, result.remaining);
  return result;
}

std::string manifest(std::string_view inputs) {
  return cat(
      "runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js # JWT_CLIENT_ID\n"
      "          inputs:\n",
      inputs, "          web: 'yes'\n");
}

const std::string kOAuth =
    "            IMS_OAUTH_S2S_CLIENT_ID: $IMS_OAUTH_S2S_CLIENT_ID # mine\n"
    "            LOG_LEVEL: debug\n"
    "            \"IMS_OAUTH_S2S_CLIENT_SECRET\": \"${ IMS_OAUTH_S2S_CLIENT_SECRET }\"\n"
    "            IMS_OAUTH_S2S_ORG_ID: $IMS_OAUTH_S2S_ORG_ID\n"
    "            IMS_OAUTH_S2S_SCOPES: ${IMS_OAUTH_S2S_SCOPES}\n";
const std::string kJwt =
    "            JWT_CLIENT_ID: $JWT_CLIENT_ID # mine\n"
    "            LOG_LEVEL: debug\n"
    "            \"JWT_CLIENT_SECRET\": \"${ JWT_CLIENT_SECRET }\"\n"
    "            JWT_IMS_ORG: $JWT_IMS_ORG\n"
    "            JWT_METASCOPES: ${JWT_METASCOPES}\n"
    "            JWT_TECHNICAL_ACCOUNT_ID: $JWT_TECHNICAL_ACCOUNT_ID\n"
    "            JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY\n";

TEST(MigrateManifest, renames_inputs_and_keeps_everything_else) {
  const auto result = migrated(manifest(kJwt));
  EXPECT_EQ(result.text, manifest(kOAuth));
  EXPECT_THAT(result.remaining, IsEmpty());
  EXPECT_EQ(migrated(result.text).text, result.text);
}

TEST(MigrateManifest, keeps_windows_line_ends) {
  EXPECT_EQ(migrated(replace_all(manifest(kJwt), "\n", "\r\n")).text, replace_all(manifest(kOAuth), "\n", "\r\n"));
}

TEST(MigrateManifest, completes_a_partial_migration) {
  const auto result =
      migrated(manifest("            IMS_OAUTH_S2S_CLIENT_ID: $IMS_OAUTH_S2S_CLIENT_ID\n"
                        "            JWT_CLIENT_ID: $JWT_CLIENT_ID\n"
                        "            JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY\n"));
  EXPECT_EQ(result.text, manifest("            IMS_OAUTH_S2S_CLIENT_ID: $IMS_OAUTH_S2S_CLIENT_ID\n"
                                  "            IMS_OAUTH_S2S_CLIENT_SECRET: $IMS_OAUTH_S2S_CLIENT_SECRET\n"
                                  "            IMS_OAUTH_S2S_ORG_ID: $IMS_OAUTH_S2S_ORG_ID\n"
                                  "            IMS_OAUTH_S2S_SCOPES: $IMS_OAUTH_S2S_SCOPES\n"));
}

TEST(MigrateManifest, keeps_both_if_requested) {
  const auto result = migrated(manifest(kJwt), true);
  EXPECT_THAT(result.text, HasSubstr(kJwt + "            IMS_OAUTH_S2S_CLIENT_ID: $IMS_OAUTH_S2S_CLIENT_ID\n"));
  EXPECT_EQ(migrated(result.text, true).text, result.text);
}

TEST(MigrateManifest, does_not_change_longer_names) {
  EXPECT_THAT(migrated("inputs: {A: $MY_JWT_IMS_ORG $JWT_IMS_ORG-2 $JWT_IMS_ORG}\n").text,
              HasSubstr("A: $MY_JWT_IMS_ORG $JWT_IMS_ORG-2 $IMS_OAUTH_S2S_ORG_ID"));
}

TEST(MigrateManifest, renames_variables_but_not_the_same_word_beside_them) {
  EXPECT_THAT(migrated("inputs: {A: 'JWT_IMS_ORG is $JWT_IMS_ORG', B: 'JWT_IMS_ORG${ JWT_IMS_ORG }'}\n").text,
              HasSubstr("A: 'JWT_IMS_ORG is $IMS_OAUTH_S2S_ORG_ID', B: 'JWT_IMS_ORG${ IMS_OAUTH_S2S_ORG_ID }'"));
}

TEST(MigrateManifest, keeps_the_actions_own_names_for_inputs) {
  const auto result = migrated(manifest("            clientId: $JWT_CLIENT_ID\n            key: $JWT_PRIVATE_KEY\n"));
  EXPECT_THAT(result.text,
              HasSubstr("            clientId: $IMS_OAUTH_S2S_CLIENT_ID\n            key: $JWT_PRIVATE_KEY\n"));
  EXPECT_THAT(result.remaining, ElementsAre(HasSubstr("ext.config.yaml:9:13: remove the input 'key'")));
}

/// Returns a manifest whose inputs are this flow map, in the middle of a line.
std::string with_flow(std::string_view map) {
  return cat("# JWT_CLIENT_ID\npackages: {é: {inputs: ", map, ", license: 'it''s {mine}'}} # inputs\n");
}

TEST(MigrateManifest, changes_flow_maps_on_one_line) {
  struct Case {
    std::string before;
    std::string after;
  };
  const std::string rest =
      ", IMS_OAUTH_S2S_CLIENT_SECRET: $IMS_OAUTH_S2S_CLIENT_SECRET, IMS_OAUTH_S2S_ORG_ID: $IMS_OAUTH_S2S_ORG_ID, "
      "IMS_OAUTH_S2S_SCOPES: $IMS_OAUTH_S2S_SCOPES";
  const std::string id = "IMS_OAUTH_S2S_CLIENT_ID: $IMS_OAUTH_S2S_CLIENT_ID";
  for (
      const auto& [before, after] : {
          Case{"{JWT_CLIENT_ID: $JWT_CLIENT_ID}", cat('{', id, rest, '}')},
          Case{"{ JWT_CLIENT_ID: $JWT_CLIENT_ID, JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY }", cat("{ ", id, rest, " }")},
          Case{"{ JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY , é: 1,JWT_CLIENT_ID: $JWT_CLIENT_ID, b: [x, 'y, }'] }",
               cat("{ é: 1,", id, rest, ", b: [x, 'y, }'] }")},
          Case{
              R"({"a": "b\\" , "JWT_TECHNICAL_ACCOUNT_ID" : "$JWT_TECHNICAL_ACCOUNT_ID", "JWT_CLIENT_ID":"$JWT_CLIENT_ID",})",
              cat(R"({"a": "b\\" , "IMS_OAUTH_S2S_CLIENT_ID":"$IMS_OAUTH_S2S_CLIENT_ID")", rest, ",}")},
          Case{"{ JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY, JWT_TECHNICAL_ACCOUNT_ID: $JWT_TECHNICAL_ACCOUNT_ID, }",
               cat("{ ", id, rest, ", }")},
          Case{"{don't: can't, JWT_PRIVATE_KEY: '${ JWT_PRIVATE_KEY }', last: {a: 1}}",
               cat("{don't: can't, ", id, rest, ", last: {a: 1}}")},
      }) {
    const auto result = migrated(with_flow(before));
    EXPECT_EQ(result.text, with_flow(after)) << before;
    EXPECT_THAT(result.remaining, IsEmpty()) << before;
    const auto again = migrated(result.text);
    EXPECT_EQ(again.text, result.text) << before;
  }
}

TEST(MigrateManifest, removes_the_last_input_of_a_flow_map) {
  const auto inputs = [](std::string_view own) {
    return cat(
        "x: &all {inputs: {IMS_OAUTH_S2S_CLIENT_ID: 1, IMS_OAUTH_S2S_CLIENT_SECRET: 1, IMS_OAUTH_S2S_ORG_ID: 1, "
        "IMS_OAUTH_S2S_SCOPES: 1",
        own, " }}\ny: *all\n");
  };
  EXPECT_EQ(migrated(inputs(", JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY")).text, inputs(""));
}

TEST(MigrateManifest, adds_to_a_flow_map_if_both_are_kept) {
  EXPECT_EQ(migrated(with_flow("{JWT_CLIENT_ID: $JWT_CLIENT_ID, a: 1}"), true).text,
            with_flow("{JWT_CLIENT_ID: $JWT_CLIENT_ID, IMS_OAUTH_S2S_CLIENT_ID: $IMS_OAUTH_S2S_CLIENT_ID, "
                      "IMS_OAUTH_S2S_CLIENT_SECRET: $IMS_OAUTH_S2S_CLIENT_SECRET, IMS_OAUTH_S2S_ORG_ID: "
                      "$IMS_OAUTH_S2S_ORG_ID, IMS_OAUTH_S2S_SCOPES: $IMS_OAUTH_S2S_SCOPES, a: 1}"));
}

TEST(MigrateManifest, describes_the_change_for_flow_maps_of_several_lines) {
  const auto result = migrated(
      "packages:\n  p:\n    inputs: {\n      JWT_CLIENT_ID: $JWT_CLIENT_ID, # mine\n"
      "      JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY\n    }\n");
  EXPECT_EQ(result.text,
            "packages:\n  p:\n    inputs: {\n      IMS_OAUTH_S2S_CLIENT_ID: $IMS_OAUTH_S2S_CLIENT_ID, # mine\n"
            "      JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY\n    }\n");
  EXPECT_THAT(result.remaining,
              ElementsAre(HasSubstr("ext.config.yaml:5:7: remove the input 'JWT_PRIVATE_KEY'"),
                          HasSubstr("add the input IMS_OAUTH_S2S_CLIENT_SECRET: $IMS_OAUTH_S2S_CLIENT_SECRET"),
                          HasSubstr("add the input IMS_OAUTH_S2S_ORG_ID"), HasSubstr("IMS_OAUTH_S2S_SCOPES")));
}

TEST(MigrateManifest, changes_values_inside_an_input_and_reports_those_without_a_replacement) {
  const auto result =
      migrated(manifest("            config:\n"
                        "              pair: ${JWT_CLIENT_ID}:${ JWT_CLIENT_SECRET }\n"
                        "              list: [$JWT_IMS_ORG, {key: $JWT_PRIVATE_KEY}]\n"));
  EXPECT_EQ(result.text, manifest("            config:\n"
                                  "              pair: ${IMS_OAUTH_S2S_CLIENT_ID}:${ IMS_OAUTH_S2S_CLIENT_SECRET }\n"
                                  "              list: [$IMS_OAUTH_S2S_ORG_ID, {key: $JWT_PRIVATE_KEY}]\n"));
  EXPECT_THAT(result.remaining, ElementsAre(HasSubstr("ext.config.yaml:10:42: take out $JWT_PRIVATE_KEY")));
}

TEST(MigrateManifest, changes_every_setting_that_one_input_names) {
  const auto result = migrated(manifest("            pair: $JWT_CLIENT_ID:$JWT_CLIENT_SECRET\n"));
  EXPECT_THAT(result.text, HasSubstr("            pair: $IMS_OAUTH_S2S_CLIENT_ID:$IMS_OAUTH_S2S_CLIENT_SECRET\n"));
}

TEST(MigrateManifest, renames_a_variable_everywhere_in_a_value) {
  EXPECT_THAT(
      migrated("inputs: {B: ['${JWT_IMS_ORG}-$JWT_IMS_ORG ${ JWT_IMS_ORG }'], A: $JWT_IMS_ORG$JWT_IMS_ORG}\n").text,
      HasSubstr("{B: ['${IMS_OAUTH_S2S_ORG_ID}-$IMS_OAUTH_S2S_ORG_ID ${ IMS_OAUTH_S2S_ORG_ID }'], "
                "A: $IMS_OAUTH_S2S_ORG_ID$IMS_OAUTH_S2S_ORG_ID, "));
  EXPECT_THAT(migrated("inputs: {A: ! &$JWT_IMS_ORG $JWT_IMS_ORG, B: *$JWT_IMS_ORG}\n").text,
              HasSubstr("{A: ! &$JWT_IMS_ORG $IMS_OAUTH_S2S_ORG_ID, B: *$JWT_IMS_ORG, "));
}

TEST(MigrateManifest, reports_values_that_are_not_written_literally_and_changes_nothing_else) {
  for (const std::string value :
       {"\"\\x24JWT_IMS_ORG\" # $JWT_IMS_ORG", "\"$JWT_IMS_ORG \\x24JWT_IMS_ORG\"",
        "$JWT_IMS_ORG and\n    $JWT_IMS_ORG", "'$JWT_IMS_ORG\n    $JWT_IMS_ORG'", "|\n    $JWT_IMS_ORG",
        "|- # $JWT_IMS_ORG\n    $JWT_IMS_ORG", ">-\n    $JWT_IMS_ORG\n    $JWT_IMS_ORG"}) {
    const auto text = cat("inputs:\n  A: ", value, "\n  B: 1\n");
    const auto result = migrated(text);
    EXPECT_EQ(result.text, text);
    EXPECT_THAT(result.remaining,
                Contains(HasSubstr("ext.config.yaml:2:3: replace JWT_IMS_ORG with IMS_OAUTH_S2S_ORG_ID")))
        << value;
  }
  const std::string key = "inputs:\n  \"JWT\\x5fIMS_ORG\": $JWT_IMS_ORG # JWT_IMS_ORG\n";
  EXPECT_EQ(migrated(key).text, key);
}

TEST(OAuthScopesFor, returns_the_scopes_that_adobe_documents) {
  EXPECT_THAT(*oauth_scopes_for("https://ims-na1.adobelogin.com/s/event_receiver_api"),
              ElementsAre("event_receiver", "event_receiver_api"));
  EXPECT_FALSE(oauth_scopes_for("ent_marketing_sdk"));
}

class MigrationPlan : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] Migration plan(bool both = false) const {
    return plan_migration(root_.string(), (root_ / ".env").string(), both);
  }
  const TemporaryFolder folder_{testing::TempDir() + "adit-migrate"};
  const fs::path root_ = folder_.path();
};

TEST_F(MigrationPlan, changes_env_and_every_included_manifest_and_is_then_complete) {
  put("app.config.yaml", "extensions:\n  dx/excshell/1:\n    $include: src/é one/ext.config.yaml\n");
  put("src/é one/ext.config.yaml", manifest(kJwt));
  put("src/é one/a.js", "const auth = require('@adobe/jwt-auth')\n\nauth(params.JWT_CLIENT_ID)\n");
  put(".env",
      "# top\r\nJWT_CLIENT_ID=id\r\nJWT_CLIENT_SECRET='a b'\r\nJWT_IMS_ORG=o@AdobeOrg\r\n"
      "JWT_METASCOPES=https://ims/s/ent_adobeio_sdk,ent_x\r\nJWT_PRIVATE_KEY=abc\r\nOTHER=1\r\n");
  const auto first = plan();
  ASSERT_EQ(first.changes.size(), 3U);
  replace_files(first.changes);
  const auto env = DotenvText::read((root_ / ".env").string());
  EXPECT_THAT(env.keys(), ElementsAre("IMS_OAUTH_S2S_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_SECRET", "IMS_OAUTH_S2S_ORG_ID",
                                      "IMS_OAUTH_S2S_SCOPES", "OTHER"));
  EXPECT_EQ(env.get("IMS_OAUTH_S2S_CLIENT_SECRET"), "a b");
  EXPECT_EQ(env.get("IMS_OAUTH_S2S_SCOPES"),
            R"(["openid","AdobeID","adobeio_api","additional_info.roles","additional_info.projectedProductContext"])");
  EXPECT_THAT(env.text(), HasSubstr("# top\r\nIMS_OAUTH_S2S_CLIENT_ID=id\r\n"));
  EXPECT_THAT(read_file(first.backup), HasSubstr("JWT_PRIVATE_KEY=abc"));
  EXPECT_THAT(first.remaining, ::testing::Contains(HasSubstr("ent_x")));
  ASSERT_EQ(first.sources.size(), 2U);
  EXPECT_EQ(first.sources[0].where.line, 1);
  EXPECT_EQ(first.sources[1].what, "JWT_CLIENT_ID");
  EXPECT_THAT(plan().changes, IsEmpty());
}

TEST_F(MigrationPlan, keeps_the_key_and_needs_no_backup_with_both) {
  put("ext.config.yaml", manifest(kJwt));
  put(".env", "JWT_CLIENT_ID=id\nJWT_PRIVATE_KEY=abc\n");
  const auto first = plan(true);
  EXPECT_EQ(first.backup, "");
  replace_files(first.changes);
  EXPECT_EQ(read_file((root_ / ".env").string()),
            "IMS_OAUTH_S2S_CLIENT_ID=id\nJWT_CLIENT_ID=id\nJWT_PRIVATE_KEY=abc\n");
  EXPECT_THAT(plan(true).changes, IsEmpty());
}

TEST_F(MigrationPlan, keeps_existing_oauth_values) {
  put("ext.config.yaml", "runtimeManifest: {}\n");
  put(".env", "IMS_OAUTH_S2S_CLIENT_ID=new\nJWT_CLIENT_ID=old\n");
  const auto first = plan();
  replace_files(first.changes);
  EXPECT_EQ(read_file((root_ / ".env").string()), "IMS_OAUTH_S2S_CLIENT_ID=new\n");
  EXPECT_THAT(first.remaining, ::testing::Contains(HasSubstr("differ")));
}

}  // namespace
}  // namespace adit::app
