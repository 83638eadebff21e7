#include "app/inputs/inputs.h"

#include "app/project/app_config_oracle_fixture.h"
#include "app/project/project_fixture.h"
#include "app/yaml/yaml_parse.h"
#include "base/text/long_text_fixture.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Environment environment() {
  Environment variables;
  variables.set("NAME", "value")
      .set("OTHER", "$NAME")
      .set("WITH-DASH", "dash")
      .set("EMPTY", "")
      .set("N1", "1")
      .set("DOLLARS", "$& $1 $$");
  return variables;
}

Action action_with(std::string_view inputs) {
  Action action;
  action.package = "p";
  action.name = "a";
  action.where = {"app.config.yaml", 3, 5};
  action.inputs = to_json_value(parse_yaml(inputs, nullptr)).as_object();
  return action;
}

std::string mapped(std::string_view inputs) { return to_json(map_inputs(action_with(inputs), environment()).params); }

TEST(MapInputs, replaces_variables_in_every_form) {
  EXPECT_EQ(mapped("a: $NAME\nb: ${NAME}\nc: ${ NAME }\nd: ${  NAME}\ne: $WITH-DASH\nf: $N1"),
            R"({"a":"value","b":"value","c":"value","d":"value","e":"dash","f":"1"})");
}

TEST(MapInputs, maps_each_input_as_adobes_tools_do) {
  Environment variables;
  for (const auto& [name, value] : oracle_variables()) variables.set(name, std::string(value.as_string()));
  for (const auto& one : oracle_cases("inputs")) {
    Action action;
    action.inputs["x"] = one.at(0);
    EXPECT_EQ(json::value(map_inputs(action, variables).params), one.at(1)) << to_json(one.at(0));
  }
}

TEST(MapInputs, replaces_variables_inside_a_text_with_other_words) {
  EXPECT_EQ(mapped("a: https://$NAME/x?y=${NAME}z\nb: $NAME$NAME\nc: ${NAME}-$NAME.json\nd: '{\"k\":\"$NAME\"}'"),
            R"({"a":"https://value/x?y=valuez","b":"valuevalue","c":"value-value.json","d":"{\"k\":\"value\"}"})");
}

TEST(RemedyOfAnUnsetVariable, says_what_to_write_in_the_file_and_in_the_input) {
  Environment variables;
  variables.set("KNOWN", "x");
  const auto remedy = [&variables](std::string name, bool is_well_formed = true) {
    return remedy_of({std::move(name), "input", {}, is_well_formed}, variables, ".env");
  };
  EXPECT_EQ(remedy("NAME"), "add to .env: NAME=…");
  EXPECT_EQ(remedy("known"), "write $KNOWN: Adobe's tools read the names in .env in upper case");
  EXPECT_EQ(remedy("Other"), "write $OTHER, for names in .env are read in upper case, and add to .env: OTHER=…");
  EXPECT_EQ(remedy("", false), "write $NAME or ${NAME}, with both braces");
}

TEST(MapInputs, reports_a_reference_that_is_not_closed) {
  const auto mapped = map_inputs(action_with(R"({"a":"${NAME","b":"$NAME"})"), Environment());
  ASSERT_EQ(mapped.unset.size(), 2U);
  EXPECT_FALSE(mapped.unset[0].is_well_formed);
  EXPECT_TRUE(mapped.unset[1].is_well_formed);
}

TEST(MapInputs, leaves_dollar_signs_that_name_nothing) {
  EXPECT_EQ(mapped("a: $\nb: 5$\nc: $$NAME\nd: ${}\ng: $ NAME\nh: $.x"),
            R"({"a":"$","b":"5$","c":"$value","d":"${}","g":"$ NAME","h":"$.x"})");
}

TEST(MapInputs, replaces_unset_variables_with_nothing_and_lists_them) {
  auto action = action_with("A: x${GONE}y\nB: {deep: [$LOST]}\nC: $EMPTY");
  action.input_positions["A"] = {"app.config.yaml", 9, 4};
  action.input_positions["B/deep/0"] = {"app.config.yaml", 10, 12};
  const auto result = map_inputs(action, environment());
  EXPECT_EQ(to_json(result.params), R"({"A":"xy","B":{"deep":[""]},"C":""})");
  const auto empty = empty_variables(action, environment());
  ASSERT_THAT(empty, SizeIs(1));
  EXPECT_EQ(empty[0].name, "EMPTY");
  EXPECT_EQ(empty[0].input, "C");
  ASSERT_THAT(result.unset, SizeIs(2));
  EXPECT_EQ(result.unset[0].name, "GONE");
  EXPECT_EQ(result.unset[0].input, "A");
  EXPECT_EQ(result.unset[0].where.to_string(), "app.config.yaml:9:4");
  EXPECT_EQ(result.unset[1].name, "LOST");
  EXPECT_EQ(result.unset[1].input, "B");
  EXPECT_EQ(result.unset[1].where.to_string(), "app.config.yaml:10:12");
}

TEST(MapInputs, keeps_the_type_of_values_that_are_not_strings) {
  EXPECT_EQ(mapped("a: 1\nb: 1.5\nc: true\nd: ~\ne: [1, $NAME, {f: $NAME}]\ng: yes\nh: '5'"),
            R"({"a":1,"b":1.5,"c":true,"d":null,"e":[1,"value",{"f":"value"}],"g":"yes","h":"5"})");
}

TEST(MapInputs, replaces_type_names_with_empty_defaults) {
  EXPECT_EQ(mapped("a: string\nb: integer\nc: number\nd: {e: string}\nf: [number]\ng: String\nh: boolean"),
            R"({"a":"","b":0,"c":0,"d":{"e":""},"f":[0],"g":"String","h":"boolean"})");
}

TEST(MapInputs, replaces_a_map_with_its_value_or_default) {
  EXPECT_EQ(mapped("a: {type: string, value: $NAME}\nb: {default: 5}\nd: {value: string}\ng: {h: {default: $NAME}}"),
            R"({"a":"value","b":5,"d":"string","g":{"h":"value"}})");
}

TEST(MapInputs, keeps_inputs_named_value_or_default) {
  EXPECT_EQ(mapped("value: $NAME\ndefault: 1"), R"({"value":"value","default":1})");
}

TEST(MapInputs, lists_the_variables_of_a_text) {
  EXPECT_THAT(variables_in("$A ${ B } $$C ${D $-"), ElementsAre("A", "B", "C", "", "-"));
  EXPECT_THAT(variables_in("nothing here"), IsEmpty());
}

TEST(MapInputs, adds_ims_credentials_if_the_annotation_is_set) {
  auto action = action_with("{}");
  action.annotations["include-ims-credentials"] = true;
  Environment variables;
  variables.set("IMS_OAUTH_S2S_CLIENT_ID", "id")
      .set("IMS_OAUTH_S2S_CLIENT_SECRET", "secret")
      .set("IMS_OAUTH_S2S_ORG_ID", "org");
  variables.set("IMS_OAUTH_S2S_SCOPES", R"(["a","b"])");
  EXPECT_EQ(
      to_json(map_inputs(action, variables).params),
      R"({"__ims_oauth_s2s":{"client_id":"id","client_secret":"secret","org_id":"org","scopes":["a","b"]},"__ims_env":"prod"})");
  variables.set("IMS_OAUTH_S2S_SCOPES", "a,b").set("AIO_CLI_ENV", "stage");
  EXPECT_EQ(
      to_json(map_inputs(action, variables).params),
      R"({"__ims_oauth_s2s":{"client_id":"id","client_secret":"secret","org_id":"org","scopes":"a,b"},"__ims_env":"stage"})");
}

TEST(MapInputs, names_the_missing_parts_of_ims_credentials) {
  auto action = action_with("{}");
  action.annotations["include-ims-credentials"] = true;
  Environment variables;
  variables.set("IMS_OAUTH_S2S_CLIENT_ID", "id").set("IMS_OAUTH_S2S_ORG_ID", "");
  try {
    (void)map_inputs(action, variables);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "missing_params");
    EXPECT_EQ(error.message(),
              "The action 'p/a' needs IMS credentials (include-ims-credentials). Not set: IMS_OAUTH_S2S_CLIENT_SECRET, "
              "IMS_OAUTH_S2S_SCOPES. Empty: IMS_OAUTH_S2S_ORG_ID.");
    EXPECT_EQ(error.where()->to_string(), "app.config.yaml:3:5");
    EXPECT_TRUE(error.is_configuration());
  }
  action.annotations["include-ims-credentials"] = false;
  EXPECT_EQ(to_json(map_inputs(action, variables).params), "{}");
}

Environment with_file(const std::string& text, Environment environment = {}) {
  environment.add_file(EnvFile::parse(text, ".env"));
  return environment;
}

TEST(MapInputs, finds_the_origin_of_the_secret_that_the_user_controls_most) {
  const auto secret = [](std::string_view inputs, const Environment& environment) {
    const auto found = map_inputs(action_with(inputs), environment).secret;
    return found ? found->name : std::string("none");
  };
  const auto project = with_file("A_SECRET=1\nNAME=2\n");
  EXPECT_EQ(secret("a: $NAME", project), "none");
  EXPECT_EQ(secret("a: $A_SECRET", project), "A_SECRET");
  EXPECT_EQ(secret("a: literal", project), "none");
  const auto both = with_file("A_SECRET=1\n", Environment().set("B_SECRET", "2").set("C_SECRET", ""));
  EXPECT_EQ(secret("a: $A_SECRET\nb: {c: ['x$B_SECRET']}", both), "B_SECRET");
  EXPECT_EQ(secret("b: $B_SECRET\na: $A_SECRET", both), "B_SECRET");
  EXPECT_EQ(secret("a: $A_SECRET\nc: $C_SECRET", both), "A_SECRET");
}

TEST(MapInputs, does_not_send_the_users_credential_to_an_ims_that_the_project_names) {
  auto action = action_with("{}");
  action.annotations["include-ims-credentials"] = true;
  const std::string credential =
      "IMS_OAUTH_S2S_CLIENT_ID=i\nIMS_OAUTH_S2S_CLIENT_SECRET=s\nIMS_OAUTH_S2S_ORG_ID=o\nIMS_OAUTH_S2S_SCOPES=x\n";
  const auto own = Environment().set("IMS_OAUTH_S2S_CLIENT_SECRET", "mine");
  const auto code = [&action](const Environment& environment) {
    try {
      (void)map_inputs(action, environment);
      return std::string("none");
    } catch (const Error& error) {
      return error.code();
    }
  };
  EXPECT_EQ(code(with_file(credential + "AIO_CLI_ENV=stage\n")), "none");
  EXPECT_EQ(code(with_file(credential + "AIO_CLI_ENV=prod\n", own)), "none");
  EXPECT_EQ(code(with_file(credential + "AIO_CLI_ENV=stage\n", own)), "untrusted_destination");
  EXPECT_EQ(code(with_file(credential + "aio_cli_env=stage\n", own)), "untrusted_destination");
  EXPECT_EQ(code(with_file(credential, Environment(own).set("AIO_CLI_ENV", "stage"))), "none");
  EXPECT_EQ(map_inputs(action, with_file(credential, own)).secret->source, SettingSource::environment);
}

class EnvironmentForTest : public ProjectFixture {};

TEST_F(EnvironmentForTest, refuses_a_key_file_outside_the_project) {
  const auto outside = root_ + "-outside.key";
  std::ofstream(outside) << "x";
  write("inside.key", "x");
  write(".env", cat("KEY=", outside, "\nINSIDE=inside.key\n"));
  std::filesystem::create_symlink(outside, path("link.key"));
  const auto code = [this](const std::string& input, const Environment& process = {}) {
    auto action = action_with(cat("JWT_PRIVATE_KEY: ", input));
    action.input_positions["JWT_PRIVATE_KEY"] = {"app.config.yaml", 4, 9};
    const auto environment = environment_for(root_, std::nullopt, process).environment;
    return error_of([&] { (void)map_inputs(action, environment); }).to_string();
  };
  const auto refused = HasSubstr("app.config.yaml:4:9: JWT_PRIVATE_KEY names a file outside of the project.");
  EXPECT_THAT(code("$KEY"), refused);
  EXPECT_THAT(code(outside), refused);
  EXPECT_THAT(code("link.key"), refused);
  EXPECT_THAT(code(cat("../", std::filesystem::path(outside).filename().string())), refused);
  EXPECT_THAT(code(cat("'$NOTHING", outside, "'")), refused);
  EXPECT_THAT(code("$INSIDE"), HasSubstr("nothing was thrown"));
  EXPECT_THAT(code("$MINE", Environment().set("MINE", outside)), HasSubstr("nothing was thrown"));
  std::filesystem::remove(outside);
}

TEST_F(EnvironmentForTest, lets_the_process_environment_override_the_file) {
  write(".env", "A=file\nB=file\n");
  const auto result = environment_for(root_, std::nullopt, Environment().set("A", "process"));
  EXPECT_TRUE(result.env_file_found);
  EXPECT_EQ(result.environment.get("A"), "process");
  EXPECT_EQ(result.environment.get("B"), "file");
  EXPECT_EQ(result.environment.find("B")->origin.line, 2);
  EXPECT_EQ(result.env_file, path(".env"));
}

TEST_F(EnvironmentForTest, allows_the_default_file_to_be_missing_and_reports_it) {
  const auto result = environment_for(root_, std::nullopt, Environment());
  EXPECT_FALSE(result.env_file_found);
  EXPECT_EQ(result.env_file, path(".env"));
}

TEST_F(EnvironmentForTest, requires_an_explicit_file_to_exist) {
  const auto error = error_of([this] { (void)environment_for(root_, path("other.env"), Environment()); });
  EXPECT_EQ(error.code(), "file_unreadable");
  EXPECT_TRUE(error.is_configuration());
  EXPECT_THAT(error.message(), HasSubstr(path("other.env")));
  write("other.env", "A=other\n");
  write(".env", "A=default\n");
  EXPECT_EQ(environment_for(root_, path("other.env"), Environment()).environment.get("A"), "other");
}

TEST_F(EnvironmentForTest, refuses_a_folder_instead_of_a_file) {
  const auto error = error_of([this] { (void)environment_for(root_, root_, Environment()); });
  EXPECT_EQ(error.code(), "file_unreadable");
}

TEST(MapInputs, refuses_inputs_that_variables_make_too_long) {
  auto variables = environment();
  variables.set("LONG", std::string(1U << 20U, 'x'));
  EXPECT_EQ(map_inputs(action_with("a: $LONG$LONG$LONG"), variables).params.at("a").get_string().size(), 3U << 20U);
  try {
    (void)map_inputs(action_with(cat("a: ", repeated("$LONG", 500'000))), variables);
    FAIL() << "should have been refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "inputs_too_long");
  }
}

}  // namespace
}  // namespace adit::app
