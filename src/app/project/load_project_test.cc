#include "app/project/load_project.h"

#include "app/project/project_fixture.h"
#include "app/project/project_root.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using LoadProjectTest = ProjectFixture;

// Copied from Adobe's page "Generate JWT access token in App Builder action".
constexpr std::string_view kTutorialExtension = R"(operations:
  view:
    - type: web
      impl: index.html
actions: actions
runtimeManifest:
  packages:
    dx-excshell-1:
      license: Apache-2.0
      actions:
        generic:
          function: actions/generic/index.js
          web: 'yes'
          runtime: nodejs:16
          inputs:
            LOG_LEVEL: debug
            JWT_CLIENT_ID: $JWT_CLIENT_ID
            JWT_TECHNICAL_ACCOUNT_ID: $JWT_TECHNICAL_ACCOUNT_ID
            JWT_IMS_ORG: $JWT_IMS_ORG
            JWT_METASCOPES: $JWT_METASCOPES
            JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY
          annotations:
            require-adobe-auth: false
            final: true

)";

void expect_seed(const Project& project, const std::string& folder) {
  const auto& action = project.find_action("");
  EXPECT_EQ(action.full_name(), "dx-excshell-1/generic");
  EXPECT_EQ(action.function, "actions/generic/index.js");
  EXPECT_EQ(action.function_path, folder + "/actions/generic/index.js");
  EXPECT_EQ(action.web, Web::yes);
  EXPECT_EQ(action.runtime, "nodejs:16");
  EXPECT_FALSE(action.is_cpp());
  EXPECT_EQ(action.inputs.size(), 6U);
  EXPECT_EQ(action.inputs.at("JWT_CLIENT_ID"), "$JWT_CLIENT_ID");
  EXPECT_EQ(action.where.line, 11);
  EXPECT_EQ(action.where.column, 9);
  EXPECT_EQ(action.input_positions.at("LOG_LEVEL").line, 16);
  EXPECT_EQ(action.input_positions.at("LOG_LEVEL").column, 24);
  EXPECT_FALSE(action.has_annotation("require-adobe-auth"));
  EXPECT_TRUE(action.has_annotation("final"));
  EXPECT_TRUE(action.has_annotation("web-export"));
  EXPECT_FALSE(action.has_annotation("raw-http"));
  EXPECT_EQ(action.limits.timeout, std::chrono::seconds(60));
  EXPECT_EQ(action.limits.memory_mb, 256);
  EXPECT_EQ(action.limits.concurrency, 200);
  EXPECT_EQ(action.limits.logs_mb, 10);
  EXPECT_EQ(project.packages.at(0).license, "Apache-2.0");
  EXPECT_EQ(project.packages.at(0).extension, "dx/excshell/1");
  EXPECT_THAT(project.warnings, IsEmpty());
}

TEST_F(LoadProjectTest, reads_the_extension_of_adobes_tutorial_by_itself) {
  write("src/dx-excshell-1/ext.config.yaml", kTutorialExtension);
  const auto root = find_project_root(path("src/dx-excshell-1"));
  EXPECT_EQ(root, path("src/dx-excshell-1"));
  const auto project = load_project(root);
  expect_seed(project, root);
  EXPECT_EQ(project.extensions.at(0).name, "dx/excshell/1");
  EXPECT_EQ(project.extensions.at(0).actions, root + "/actions");
  EXPECT_EQ(to_json(project.extensions.at(0).operations), R"({"view":[{"type":"web","impl":"index.html"}]})");
}

TEST_F(LoadProjectTest, reads_the_extension_of_adobes_tutorial_included_by_an_application) {
  write("src/dx-excshell-1/ext.config.yaml", kTutorialExtension);
  write("app.config.yaml", "extensions:\n  dx/excshell/1:\n    $include: src/dx-excshell-1/ext.config.yaml\n");
  write("package.json", R"({"name":"@adobe/my-app","version":"1.2.3"})");
  const auto project = load();
  expect_seed(project, path("src/dx-excshell-1"));
  EXPECT_EQ(project.name, "my-app");
  EXPECT_EQ(project.version, "1.2.3");
  EXPECT_THAT(project.files, ElementsAre(path("app.config.yaml"), path("src/dx-excshell-1/ext.config.yaml")));
  EXPECT_EQ(project.extensions.at(0).actions, path("src/dx-excshell-1/actions"));
  EXPECT_EQ(project.extensions.at(0).web, path("src/dx-excshell-1/web-src"));
  EXPECT_EQ(project.extensions.at(0).dist, path("dist/dx-excshell-1"));
  EXPECT_EQ(relative(project.find("generic").where().to_string()), "src/dx-excshell-1/ext.config.yaml:11:9");
}

TEST_F(LoadProjectTest, reads_a_legacy_manifest_and_replaces_the_package_placeholder) {
  write("package.json", R"({"name":"old-app","version":"0.0.1"})");
  write("manifest.yml",
        "packages:\n  __APP_PACKAGE__:\n    actions:\n      hi: {function: actions/hi.js}\n    sequences:\n      s: "
        "{actions: __APP_PACKAGE__/hi}\n");
  EXPECT_EQ(find_project_root(root_), root_);
  const auto project = load();
  EXPECT_EQ(project.find_action("hi").full_name(), "old-app-0.0.1/hi");
  EXPECT_EQ(project.find_action("hi").function_path, path("actions/hi.js"));
  EXPECT_THAT(project.find("s").sequence->actions, ElementsAre("old-app-0.0.1/hi"));
  EXPECT_EQ(project.extensions.at(0).name, "application");
}

TEST_F(LoadProjectTest, replaces_the_package_placeholder_in_the_new_form_too) {
  write_manifest("      __APP_PACKAGE__:\n        actions:\n          a: {function: f}\n");
  EXPECT_EQ(load().find_action("").full_name(), "unnamed-app-0.1.0/a");
}

TEST_F(LoadProjectTest, reads_the_legacy_manifest_beside_an_application_without_one) {
  write("manifest.yml", "packages: {old: {actions: {a: {function: f}}}}\n");
  write("app.config.yaml", "application:\n  actions: actions\n");
  EXPECT_EQ(load().find_action("").full_name(), "old/a");
  write_manifest("      new:\n        actions:\n          b: {function: f}\n");
  const auto project = load();
  EXPECT_EQ(project.find_action("").full_name(), "new/b");
  EXPECT_THAT(project.warnings, SizeIs(1));
}

TEST_F(LoadProjectTest, refuses_two_actions_of_the_same_name_in_one_package) {
  write("manifest.yml", "packages:\n  p:\n    actions:\n      a: {function: f}\n      a: {function: g}\n");
  const auto error = load_error();
  EXPECT_EQ(error.code(), "invalid_yaml");
  EXPECT_EQ(place_of(error), "manifest.yml:5:7");
  EXPECT_THAT(relative(error.message()), HasSubstr("the first is at manifest.yml:4:7"));
}

TEST_F(LoadProjectTest, does_not_change_hooks) {
  write("app.config.yaml", "application:\n  hooks:\n    pre-app-build: echo hi\n  dist: out\n  web: {src: my-web}\n");
  const auto project = load();
  EXPECT_EQ(to_json(project.extensions.at(0).hooks), R"({"pre-app-build":"echo hi"})");
  EXPECT_EQ(project.extensions.at(0).dist, path("out"));
  EXPECT_EQ(project.extensions.at(0).web, path("my-web"));
}

TEST_F(LoadProjectTest, warns_of_a_manifest_in_the_wrong_place) {
  write("app.config.yaml", "runtimeManifest:\n  packages: {}\n");
  const auto warnings = load().warnings;
  ASSERT_THAT(warnings, SizeIs(2));
  EXPECT_EQ(warnings[1].kind, Warning::Kind::refused);
  EXPECT_EQ(relative(warnings[0].to_string()),
            "app.config.yaml:1:1: `runtimeManifest` at the top of app.config.yaml has no effect.\n"
            "  Move it below `application:` or below an extension.");
}

TEST_F(LoadProjectTest, names_an_invalid_package_json) {
  write("app.config.yaml", "");
  write("package.json", "{");
  const auto error = load_error();
  EXPECT_EQ(error.code(), "invalid_json");
  EXPECT_EQ(place_of(error), "package.json:1:2");
}

TEST_F(LoadProjectTest, refuses_a_file_that_is_not_a_map) {
  write("app.config.yaml", "- a\n");
  const auto error = load_error();
  EXPECT_EQ(relative(error.message()), "app.config.yaml must be a map (`key: value` lines), but here is a list.");
  EXPECT_EQ(place_of(error), "app.config.yaml:1:1");
}

}  // namespace
}  // namespace adit::app
