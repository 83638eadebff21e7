#include "app/project/project_root.h"

#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

using testing::HasSubstr;

using ProjectRootTest = ProjectFixture;

constexpr std::string_view kExtension = "runtimeManifest: {packages: {p: {actions: {a: {function: a.js}}}}}\n";

TEST_F(ProjectRootTest, finds_the_including_application_as_the_root_from_every_folder_below) {
  write("src/dx-excshell-1/ext.config.yaml", kExtension);
  write("src/dx-excshell-1/actions/generic/index.js", "");
  write("app.config.yaml", "extensions:\n  dx/excshell/1:\n    $include: src/dx-excshell-1/ext.config.yaml\n");
  for (const auto* start : {"", "src", "src/dx-excshell-1", "src/dx-excshell-1/", "src/dx-excshell-1/actions/generic",
                            "src/../src/./", "src/dx-excshell-1/ext.config.yaml"})
    EXPECT_EQ(find_project_root(path(start)), root_) << start;
}

TEST_F(ProjectRootTest, finds_an_extension_as_the_root_if_the_application_above_does_not_include_it) {
  write("inner/ext.config.yaml", kExtension);
  write("app.config.yaml", "application:\n");
  EXPECT_EQ(find_project_root(path("inner")), path("inner"));
}

TEST_F(ProjectRootTest, finds_a_broken_application_as_the_root_if_it_names_the_extension) {
  write("inner/ext.config.yaml", kExtension);
  write("app.config.yaml", "extensions:\n\tx:\n    $include: inner/ext.config.yaml\n");
  EXPECT_EQ(find_project_root(path("inner")), root_);
}

TEST_F(ProjectRootTest, reports_where_it_looked_for_a_project) {
  std::filesystem::create_directories(path("a/b"));
  write("a/app.config.yml", "");
  const auto error = error_of([this] { (void)find_project_root(path("a/b")); });
  EXPECT_EQ(error.code(), "no_project");
  EXPECT_THAT(error.message(), HasSubstr("looked for app.config.yaml, ext.config.yaml and manifest.yml in " +
                                         path("a/b") + ", " + path("a") + ", " + root_));
  EXPECT_THAT(error.hint(), HasSubstr("There is " + path("a/app.config.yml")));
  EXPECT_THAT(error.hint(), HasSubstr("--project DIR"));
}

TEST_F(ProjectRootTest, ignores_a_manifest_of_another_tool_in_a_folder_above) {
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

TEST_F(ProjectRootTest, ignores_packages_of_another_tool_in_a_folder_above) {
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

TEST_F(ProjectRootTest, ignores_a_configuration_of_another_tool_in_a_folder_above) {
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

TEST_F(ProjectRootTest, reports_a_folder_that_does_not_exist) {
  const auto error = error_of([this] { (void)find_project_root(path("nowhere")); });
  EXPECT_EQ(error.code(), "no_project");
  EXPECT_EQ(error.message(), "The folder " + path("nowhere") + " does not exist.");
  EXPECT_EQ(load_error().code(), "no_project");
}

}  // namespace
}  // namespace adit::app
