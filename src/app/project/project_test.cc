#include "app/project/project.h"

#include "app/manifest/inputs.h"
#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ProjectTest : public ProjectFixture {};

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

TEST_F(ProjectTest, reads_the_extension_of_adobes_tutorial_by_itself) {
  write("src/dx-excshell-1/ext.config.yaml", kTutorialExtension);
  const auto root = find_project_root(path("src/dx-excshell-1"));
  EXPECT_EQ(root, path("src/dx-excshell-1"));
  const auto project = load_project(root);
  expect_seed(project, root);
  EXPECT_EQ(project.extensions.at(0).name, "dx/excshell/1");
  EXPECT_EQ(project.extensions.at(0).actions, root + "/actions");
  EXPECT_EQ(to_json(project.extensions.at(0).operations), R"({"view":[{"type":"web","impl":"index.html"}]})");
}

TEST_F(ProjectTest, reads_the_extension_of_adobes_tutorial_included_by_an_application) {
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

TEST_F(ProjectTest, finds_the_including_application_as_the_root_from_every_folder_below) {
  write("src/dx-excshell-1/ext.config.yaml", kTutorialExtension);
  write("src/dx-excshell-1/actions/generic/index.js", "");
  write("app.config.yaml", "extensions:\n  dx/excshell/1:\n    $include: src/dx-excshell-1/ext.config.yaml\n");
  for (const auto* start : {"", "src", "src/dx-excshell-1", "src/dx-excshell-1/", "src/dx-excshell-1/actions/generic",
                            "src/../src/./", "src/dx-excshell-1/ext.config.yaml"})
    EXPECT_EQ(find_project_root(path(start)), root_) << start;
}

TEST_F(ProjectTest, finds_an_extension_as_the_root_if_the_application_above_does_not_include_it) {
  write("inner/ext.config.yaml", kTutorialExtension);
  write("app.config.yaml", "application:\n");
  EXPECT_EQ(find_project_root(path("inner")), path("inner"));
}

TEST_F(ProjectTest, finds_a_broken_application_as_the_root_if_it_names_the_extension) {
  write("inner/ext.config.yaml", kTutorialExtension);
  write("app.config.yaml", "extensions:\n\tx:\n    $include: inner/ext.config.yaml\n");
  EXPECT_EQ(find_project_root(path("inner")), root_);
}

TEST_F(ProjectTest, reports_where_it_looked_for_a_project) {
  std::filesystem::create_directories(path("a/b"));
  write("a/app.config.yml", "");
  const auto error = error_of([this] { (void)find_project_root(path("a/b")); });
  EXPECT_EQ(error.code(), "no_project");
  EXPECT_THAT(error.message(), HasSubstr("looked for app.config.yaml, ext.config.yaml and manifest.yml in " +
                                         path("a/b") + ", " + path("a") + ", " + root_));
  EXPECT_THAT(error.hint(), HasSubstr("There is " + path("a/app.config.yml")));
  EXPECT_THAT(error.hint(), HasSubstr("--project DIR"));
}

TEST_F(ProjectTest, ignores_a_manifest_of_another_tool_in_a_folder_above) {
  std::filesystem::create_directories(path("mine"));
  for (const auto* foreign : {"applications:\n- name: cloud-foundry\n", "", "- a\n- b\n", "just text\n", "a: [\n"}) {
    write("manifest.yml", foreign);
    EXPECT_EQ(error_of([this] { (void)find_project_root(path("mine")); }).code(), "no_project") << foreign;
    EXPECT_EQ(find_project_root(root_), root_);
  }
  for (const auto* own :
       {"packages:\n", "packages: {p: {actions: {}}}\n", "project: {packages: {}}\n", "packages:\n\tp:\n"}) {
    write("manifest.yml", own);
    EXPECT_EQ(find_project_root(path("mine")), root_) << own;
  }
}

TEST_F(ProjectTest, ignores_packages_of_another_tool_in_a_folder_above) {
  std::filesystem::create_directories(path("mine"));
  for (const auto* foreign : {"packages:\n- a\n", "packages:\n  linux: [curl, git]\n", "packages: all\n",
                              "packages:\n  curl:\n    version: 8\n", "project: [packages]\n"}) {
    write("manifest.yml", foreign);
    EXPECT_EQ(error_of([this] { (void)find_project_root(path("mine")); }).code(), "no_project") << foreign;
  }
  for (const auto* own : {"packages: {p: {triggers: {t: }}}\n", "packages: {$include: p.yml}\n",
                          "packages: {p: {$include: p.yml}}\n", "packages: {p: }\n", "$include: all.yml\n"}) {
    write("manifest.yml", own);
    EXPECT_EQ(find_project_root(path("mine")), root_) << own;
  }
}

TEST_F(ProjectTest, ignores_a_configuration_of_another_tool_in_a_folder_above) {
  std::filesystem::create_directories(path("mine"));
  for (const auto* name : {"app.config.yaml", "ext.config.yaml"}) {
    for (const auto* foreign : {"server:\n  port: 80\n", "", "- application\n", "just text\n", "a: [\n"}) {
      write(name, foreign);
      const auto error = error_of([this] { (void)find_project_root(path("mine")); });
      EXPECT_EQ(error.code(), "no_project") << name << ": " << foreign;
      EXPECT_THAT(error.hint(), HasSubstr(cat(path(name), " has no key of an App Builder configuration."))) << foreign;
      EXPECT_EQ(find_project_root(root_), root_) << "the user's own folder";
    }
    std::filesystem::remove(path(name));
  }
  for (const auto& [name, own] :
       {std::pair("app.config.yaml", "extensions:\n"), std::pair("app.config.yaml", "application:\n\tweb: x\n"),
        std::pair("app.config.yaml", "$include: all.yaml\n"), std::pair("ext.config.yaml", "operations: {}\n"),
        std::pair("ext.config.yaml", "runtimeManifest:\n\tp:\n")}) {
    write(name, own);
    EXPECT_EQ(find_project_root(path("mine")), root_) << name << ": " << own;
    std::filesystem::remove(path(name));
  }
}

TEST_F(ProjectTest, reports_a_folder_that_does_not_exist) {
  const auto error = error_of([this] { (void)find_project_root(path("nowhere")); });
  EXPECT_EQ(error.code(), "no_project");
  EXPECT_EQ(error.message(), "The folder " + path("nowhere") + " does not exist.");
  EXPECT_EQ(load_error().code(), "no_project");
}

constexpr std::string_view kThree = R"(      first:
        actions:
          one: {function: a}
          both: {function: b}
      second:
        actions:
          both: {function: c, runtime: 'CPP:20'}
        sequences:
          chain: {actions: 'one, both', web: raw}
)";

TEST_F(ProjectTest, finds_actions_by_full_and_by_unique_names) {
  write_manifest(kThree);
  const auto project = load();
  EXPECT_EQ(project.find_action("first/one").function, "a");
  EXPECT_EQ(project.find_action("one").function, "a");
  EXPECT_EQ(project.find_action("second/both").function, "c");
  EXPECT_TRUE(project.find_action("second/both").is_cpp());
  EXPECT_EQ(project.find("chain").sequence->web, Web::raw);
  EXPECT_THAT(project.actions(), SizeIs(3));
  EXPECT_THAT(project.sequences(), SizeIs(1));
}

TEST_F(ProjectTest, lists_the_meanings_of_an_ambiguous_name) {
  write_manifest(kThree);
  const auto project = load();
  auto error = error_of([&] { (void)project.find_action("both"); });
  EXPECT_EQ(error.code(), "ambiguous_action");
  EXPECT_EQ(error.message(), "More than one package has an action 'both'.");
  EXPECT_EQ(relative(error.hint()),
            "Name one as package/action:\n  first/both (app.config.yaml:7:11)\n  second/both (app.config.yaml:10:11)");
  error = error_of([&] { (void)project.find_action(""); });
  EXPECT_EQ(error.code(), "ambiguous_action");
  EXPECT_EQ(error.message(), "Which action? The project has more than one.");
}

TEST_F(ProjectTest, suggests_the_nearest_name_for_an_unknown_action) {
  write_manifest(kThree);
  const auto project = load();
  const auto error = error_of([&] { (void)project.find_action("first/onne"); });
  EXPECT_EQ(error.code(), "unknown_action");
  EXPECT_EQ(error.message(), "There is no action 'first/onne'.");
  EXPECT_THAT(error.hint(), HasSubstr("Did you mean 'first/one'?"));
  EXPECT_THAT(relative(error.hint()), HasSubstr("\n  second/chain (app.config.yaml:12:11)"));
}

TEST_F(ProjectTest, refuses_a_sequence_instead_of_an_action) {
  write_manifest(kThree);
  const auto project = load();
  const auto error = error_of([&] { (void)project.find_action("second/chain"); });
  EXPECT_EQ(error.code(), "is_sequence");
  EXPECT_EQ(place_of(error), "app.config.yaml:12:11");
  EXPECT_THAT(error.hint(), HasSubstr("second/one, second/both"));
}

TEST_F(ProjectTest, warns_of_a_sequence_with_missing_actions) {
  write_manifest(kThree);
  const auto project = load();
  ASSERT_THAT(project.warnings, SizeIs(1));
  EXPECT_EQ(relative(project.warnings[0].to_string()),
            "app.config.yaml:12:11: The sequence 'second/chain' runs 'second/one', which the package 'second' does not "
            "have.\n"
            "  Correct the name, or define the action.");
}

TEST_F(ProjectTest, warns_of_sequences_that_no_platform_accepts) {
  std::string half = "one";
  for (int i = 0; i < 25; ++i) half += ", one";
  write_manifest(cat("      first:\n        actions:\n          one: {function: a}\n        sequences:\n",  //
                     "          itself: {actions: 'one, itself'}\n", "          by: {actions: '/_/first/way'}\n",
                     "          way: {actions: by}\n", "          half: {actions: '", half, "'}\n",
                     "          whole: {actions: 'half, half'}\n", "          long: {actions: '", half, ", ", half,
                     "'}\n", "          twice: {actions: 'one, one'}\n"));
  std::vector<std::string> messages;
  for (const auto& warning : load().warnings) {
    EXPECT_EQ(warning.kind, Warning::Kind::refused);
    messages.push_back(warning.message);
  }
  constexpr auto kItself = "' contains itself; no platform accepts it.";
  constexpr auto kLong = "' runs more than 50 actions, including those of the sequences in it; no platform accepts it.";
  EXPECT_THAT(messages, ElementsAre(cat("The sequence 'first/by", kItself), cat("The sequence 'first/itself", kItself),
                                    cat("The sequence 'first/long", kLong), cat("The sequence 'first/way", kItself),
                                    cat("The sequence 'first/whole", kLong)));
}

TEST_F(ProjectTest, reports_a_project_without_actions) {
  write("app.config.yaml", "");
  const auto project = load();
  const auto error = error_of([&] { (void)project.find_action(""); });
  EXPECT_EQ(error.code(), "no_actions");
  EXPECT_TRUE(error.is_configuration());
}

TEST_F(ProjectTest, reads_a_legacy_manifest_and_replaces_the_package_placeholder) {
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

TEST_F(ProjectTest, replaces_the_package_placeholder_in_the_new_form_too) {
  write_manifest("      __APP_PACKAGE__:\n        actions:\n          a: {function: f}\n");
  EXPECT_EQ(load().find_action("").full_name(), "unnamed-app-0.1.0/a");
}

TEST_F(ProjectTest, reads_the_legacy_manifest_beside_an_application_without_one) {
  write("manifest.yml", "packages: {old: {actions: {a: {function: f}}}}\n");
  write("app.config.yaml", "application:\n  actions: actions\n");
  EXPECT_EQ(load().find_action("").full_name(), "old/a");
  write_manifest("      new:\n        actions:\n          b: {function: f}\n");
  const auto project = load();
  EXPECT_EQ(project.find_action("").full_name(), "new/b");
  EXPECT_THAT(project.warnings, SizeIs(1));
}

TEST_F(ProjectTest, refuses_two_actions_of_the_same_name_in_application_and_extension) {
  write("app.config.yaml",
        "application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a: {function: f}\n"
        "extensions:\n  dx/excshell/1:\n    $include: ext.yaml\n");
  write("ext.yaml", "runtimeManifest:\n  packages:\n    p:\n      actions:\n        a: {function: f}\n");
  const auto error = load_error();
  EXPECT_EQ(error.code(), "two_actions");
  EXPECT_EQ(relative(error.message()), "'p/a' is defined twice: at app.config.yaml:6:11 and at ext.yaml:5:9.");
  EXPECT_EQ(place_of(error), "ext.yaml:5:9");
}

TEST_F(ProjectTest, refuses_a_sequence_with_the_name_of_an_action) {
  const auto error =
      manifest_error("      p:\n        actions: {a: {function: f}}\n        sequences: {a: {actions: b}}\n");
  EXPECT_EQ(error.code(), "two_actions");
}

TEST_F(ProjectTest, refuses_two_actions_of_the_same_name_in_one_package) {
  write("manifest.yml", "packages:\n  p:\n    actions:\n      a: {function: f}\n      a: {function: g}\n");
  const auto error = load_error();
  EXPECT_EQ(error.code(), "invalid_yaml");
  EXPECT_EQ(place_of(error), "manifest.yml:5:7");
  EXPECT_THAT(relative(error.message()), HasSubstr("the first is at manifest.yml:4:7"));
}

TEST_F(ProjectTest, does_not_change_hooks) {
  write("app.config.yaml", "application:\n  hooks:\n    pre-app-build: echo hi\n  dist: out\n  web: {src: my-web}\n");
  const auto project = load();
  EXPECT_EQ(to_json(project.extensions.at(0).hooks), R"({"pre-app-build":"echo hi"})");
  EXPECT_EQ(project.extensions.at(0).dist, path("out"));
  EXPECT_EQ(project.extensions.at(0).web, path("my-web"));
}

TEST_F(ProjectTest, warns_of_a_manifest_in_the_wrong_place) {
  write("app.config.yaml", "runtimeManifest:\n  packages: {}\n");
  const auto warnings = load().warnings;
  ASSERT_THAT(warnings, SizeIs(2));
  EXPECT_EQ(warnings[1].kind, Warning::Kind::refused);
  EXPECT_EQ(relative(warnings[0].to_string()),
            "app.config.yaml:1:1: `runtimeManifest` at the top of app.config.yaml has no effect.\n"
            "  Move it below `application:` or below an extension.");
}

TEST_F(ProjectTest, names_an_invalid_package_json) {
  write("app.config.yaml", "");
  write("package.json", "{");
  const auto error = load_error();
  EXPECT_EQ(error.code(), "invalid_json");
  EXPECT_EQ(place_of(error), "package.json:1:2");
}

TEST_F(ProjectTest, refuses_a_file_that_is_not_a_map) {
  write("app.config.yaml", "- a\n");
  const auto error = load_error();
  EXPECT_EQ(relative(error.message()), "app.config.yaml must be a map (`key: value` lines), but here is a list.");
  EXPECT_EQ(place_of(error), "app.config.yaml:1:1");
}

}  // namespace
}  // namespace adit::app
