#include "app/manifest/manifest.h"

#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class ManifestTest : public ProjectFixture {
 protected:
  /// Writes a manifest with the action 'p/a' and these lines in it; the first of them is line 8 of app.config.yaml.
  void write_action(const std::string& lines) const {
    std::string text = "      p:\n        actions:\n          a:\n            function: f\n";
    for (const auto& line : split_list(lines, '\n')) text += cat("            ", line, "\n");
    write_manifest(text);
  }
  [[nodiscard]] Action action(const std::string& lines) const {
    write_action(lines);
    return load().find_action("");
  }
  [[nodiscard]] Error action_error(const std::string& lines) const {
    write_action(lines);
    return load_error();
  }
};

TEST_F(ManifestTest, accepts_web_in_every_form) {
  EXPECT_EQ(action("").web, Web::no);
  for (const auto* yes : {"yes", "'yes'", "true"}) EXPECT_EQ(action(cat("web: ", yes)).web, Web::yes) << yes;
  for (const auto* no : {"no", "'no'", "false", "'false'", "", "~", "'true'", "maybe", "on", "Yes", "'TRUE'"})
    EXPECT_EQ(action(cat("web: ", no)).web, Web::no) << no;
  EXPECT_EQ(action("web: raw").web, Web::raw);
  EXPECT_EQ(action("annotations: {web-export: true}").web, Web::yes);
  EXPECT_EQ(action("annotations: {web-export: raw}").web, Web::raw);
  EXPECT_EQ(action("web: yes\nannotations: {raw-http: true}").web, Web::raw);
  EXPECT_EQ(action("annotations: {raw-http: true}").web, Web::no);
  EXPECT_EQ(to_json(action("web: raw").annotations), R"({"web-export":true,"raw-http":true})");
}

TEST_F(ManifestTest, warns_of_texts_that_adobes_tools_do_not_accept_for_web) {
  for (const auto* line :
       {"web: 'true'", "web: maybe", "annotations: {web-export: 'true'}", "annotations: {raw-http: on}"}) {
    write_action(line);
    const auto warnings = load().warnings;
    ASSERT_THAT(warnings, SizeIs(1)) << line;
    EXPECT_THAT(warnings[0].message, HasSubstr("does not make a web action")) << line;
  }
}

TEST_F(ManifestTest, refuses_values_of_other_types_for_web) {
  const auto error = action_error("web: 1");
  EXPECT_EQ(error.code(), "invalid_config");
  EXPECT_EQ(error.message(), "`web` of action 'p/a' must be yes, no, true, false or raw, but here is a number.");
  EXPECT_EQ(place_of(error), "app.config.yaml:8:18");
  EXPECT_EQ(action_error("web: [yes]").code(), "invalid_config");
}

TEST_F(ManifestTest, accepts_limits_at_their_bounds) {
  auto limits = action("limits: {timeout: 100, memory: 128, concurrency: 1, logs: 0}").limits;
  EXPECT_EQ(limits.timeout.count(), 100);
  EXPECT_EQ(limits.memory_mb, 128);
  EXPECT_EQ(limits.concurrency, 1);
  EXPECT_EQ(limits.logs_mb, 0);
  limits = action("limits: {timeout: 10800000, memory: 4096, concurrency: 500, logs: 10}").limits;
  EXPECT_EQ(limits.timeout, std::chrono::hours(3));
  EXPECT_EQ(limits.memory_mb, 4096);
  limits = action("limits: {memorySize: 512, logSize: 5, concurrentActivations: 7, timeout: 1e3}").limits;
  EXPECT_EQ(limits.memory_mb, 512);
  EXPECT_EQ(limits.logs_mb, 5);
  EXPECT_EQ(limits.concurrency, 7);
  EXPECT_EQ(limits.timeout.count(), 1000);
  EXPECT_EQ(action("limits:").limits.memory_mb, 256);
}

TEST_F(ManifestTest, refuses_limits_outside_their_range) {
  const auto timeout = action_error("limits: {timeout: 99}");
  EXPECT_EQ(timeout.code(), "invalid_limit");
  EXPECT_EQ(timeout.message(),
            "The limit `timeout` of action 'p/a' is 99; it must be a whole number from 100 to 10800000 milliseconds.");
  EXPECT_EQ(timeout.hint(), "The default is 60000.");
  EXPECT_EQ(place_of(timeout), "app.config.yaml:8:31");
  for (const auto* wrong : {"timeout: 10800001", "memory: 127", "memory: 4097", "concurrency: 0", "concurrency: 501",
                            "logs: -1", "logs: 11", "timeout: 100.5", "timeout: 99999999999999999999"})
    EXPECT_EQ(action_error(cat("limits: {", wrong, "}")).code(), "invalid_limit") << wrong;
}

TEST_F(ManifestTest, refuses_limits_that_are_not_numbers) {
  const auto error = action_error("limits: {memory: '512MB'}");
  EXPECT_EQ(error.message(),
            "The limit `memory` of action 'p/a' must be a number (128 to 4096 megabytes), but here is a string.");
  EXPECT_EQ(error.hint(), "Write the number without quotes and without a unit.");
}

TEST_F(ManifestTest, names_the_limit_as_the_user_wrote_it) {
  EXPECT_THAT(action_error("limits: {logSize: much}").message(), HasSubstr("The limit `logSize` of action 'p/a'"));
  EXPECT_THAT(action_error("limits: {concurrentActivations: 501}").message(),
              HasSubstr("The limit `concurrentActivations` of action 'p/a' is 501"));
}

TEST_F(ManifestTest, warns_of_unknown_keys_with_the_nearest_known_one) {
  write_action(
      "runtme: nodejs:20\nlimits: {memroy: 512}\nrequire-adobe-auth: true\nannotations: {require-adobe-atuh: true, "
      "own: x}");
  const auto warnings = load().warnings;
  ASSERT_THAT(warnings, SizeIs(4));
  EXPECT_EQ(
      relative(warnings[0].to_string()),
      "app.config.yaml:10:13: The key `require-adobe-auth` of action 'p/a' is an annotation and does nothing here.\n"
      "  Move it below `annotations:`.");
  EXPECT_EQ(relative(warnings[1].to_string()),
            "app.config.yaml:8:13: The key `runtme` of action 'p/a' has no effect here.\n  Did you mean `runtime`?");
  EXPECT_EQ(warnings[2].hint, "Did you mean `require-adobe-auth`?");
  EXPECT_EQ(warnings[3].hint, "Did you mean `memory`?");
}

TEST_F(ManifestTest, refuses_values_of_wrong_types_and_says_what_is_expected) {
  struct Case {
    std::string line;
    std::string message;
    std::string place;
  };
  for (const auto& [line, message, place] : {
           Case{"inputs: [a]", "`inputs` of action 'p/a' must be a map (`name: value` lines), but here is a list.",
                "8:21"},
           Case{"inputs: text", "`inputs` of action 'p/a' must be a map (`name: value` lines), but here is a string.",
                "8:21"},
           Case{"annotations: true",
                "`annotations` of action 'p/a' must be a map (`name: value` lines), but here is a boolean.", "8:26"},
           Case{"runtime: 20", "`runtime` of action 'p/a' must be a string, but here is a number.", "8:22"},
           Case{"main: [x]", "`main` of action 'p/a' must be a string, but here is a list.", "8:19"},
           Case{"limits: 5", "`limits` of action 'p/a' must be a map (`name: value` lines), but here is a number.",
                "8:21"},
           Case{"include: x", "`include` of action 'p/a' must be a list of `[pattern, folder]`, but here is a string.",
                "8:22"},
           Case{"include: [x]",
                "Each entry of `include` of action 'p/a' must be a list of a pattern and, optionally, a folder, but "
                "here is a string.",
                "8:23"},
       }) {
    const auto error = action_error(line);
    EXPECT_EQ(error.code(), "invalid_config") << line;
    EXPECT_EQ(error.message(), message);
    EXPECT_EQ(place_of(error), "app.config.yaml:" + place) << line;
  }
}

TEST_F(ManifestTest, refuses_values_of_wrong_types_above_actions) {
  auto error = manifest_error("      p:\n        actions: text\n");
  EXPECT_EQ(error.message(), "`actions` of package 'p' must be a map (`name: value` lines), but here is a string.");
  EXPECT_EQ(place_of(error), "app.config.yaml:5:18");
  error = manifest_error("      p:\n        actions:\n          a: index.js\n");
  EXPECT_EQ(error.message(), "The action 'p/a' must be a map with at least `function:`, but here is a string.");
  error = manifest_error("      p: [a]\n");
  EXPECT_EQ(error.message(), "The package 'p' must be a map with `actions:`, but here is a list.");
  error = manifest_error("      p:\n        sequences:\n          s: {actions: [a, b]}\n");
  EXPECT_EQ(error.message(), "`actions` of sequence 'p/s' must be a string, but here is a list.");
  error = manifest_error("      p:\n        sequences:\n          s: {actions: ' , '}\n");
  EXPECT_EQ(error.message(), "The sequence 'p/s' has no `actions`.");
  EXPECT_EQ(place_of(error), "app.config.yaml:6:11");
}

TEST_F(ManifestTest, requires_a_function_unless_there_is_a_container) {
  const auto error = manifest_error("      p:\n        actions:\n          a: {runtime: cpp}\n");
  EXPECT_EQ(error.message(), "The action 'p/a' has no `function`.");
  EXPECT_EQ(place_of(error), "app.config.yaml:6:11");
  EXPECT_EQ(manifest_error("      p:\n        actions:\n          a: {docker: me/image}\n").code(), "none");
  EXPECT_EQ(load().find_action("").docker, "me/image");
}

TEST_F(ManifestTest, resolves_functions_beside_the_file_that_names_them) {
  const auto function_path = [this](const std::string& function) {
    write("deep/part.yaml",
          cat("packages: {p: {actions: {a: {function: '", function, "', include: [[assets/*.txt, data/]]}}}}\n"));
    write("app.config.yaml", "application:\n  runtimeManifest:\n    $include: deep/part.yaml\n");
    const auto project = load();
    EXPECT_EQ(project.find_action("").include.at(0).base, path("deep"));
    EXPECT_EQ(project.find_action("").include.at(0).source, "assets/*.txt");
    EXPECT_EQ(project.find_action("").include.at(0).destination, "data/");
    return project.find_action("").function_path;
  };
  EXPECT_EQ(function_path("actions/a"), path("deep/actions/a"));
  EXPECT_EQ(function_path("./actions/a/"), path("deep/actions/a"));
  EXPECT_EQ(function_path("../actions/a"), path("actions/a"));
  EXPECT_EQ(function_path("actions\\a\\index.js"), path("deep/actions/a/index.js"));
  EXPECT_EQ(function_path(path("elsewhere/./x/../a")), path("elsewhere/a"));
  EXPECT_EQ(function_path("."), path("deep"));
}

TEST_F(ManifestTest, uses_package_inputs_as_defaults) {
  write_manifest(
      "      p:\n        inputs: {A: package, B: {x: 1}}\n        actions:\n          a: {function: f, inputs: {A: "
      "action, C: 3}}\n");
  const auto project = load();
  const auto& action = project.find_action("");
  EXPECT_EQ(to_json(action.inputs), R"({"A":"action","B":{"x":1},"C":3})");
  EXPECT_EQ(relative(action.input_positions.at("A").to_string()), "app.config.yaml:7:40");
  EXPECT_EQ(relative(action.input_positions.at("B/x").to_string()), "app.config.yaml:5:37");
}

TEST_F(ManifestTest, accepts_names_with_blanks_and_letters_of_every_script) {
  write_manifest(
      "      Müllers Paket:\n        actions:\n          grüße senden@1.0: {function: f}\n          日本: {function: "
      "g}\n");
  const auto project = load();
  EXPECT_EQ(project.find_action("日本").full_name(), "Müllers Paket/日本");
  EXPECT_EQ(project.find_action("Müllers Paket/grüße senden@1.0").function, "f");
}

TEST_F(ManifestTest, refuses_names_that_openwhisk_refuses) {
  for (const auto* name : {"a/b", "''", "..", "a..b", "'a '", "' a'", "-a", "'@a'", "a:b", "'a\\b'", "\"a\\tb\""}) {
    const auto error = manifest_error(cat("      p:\n        actions:\n          ", name, ": {function: f}\n"));
    EXPECT_EQ(error.code(), "invalid_name") << name;
    EXPECT_EQ(place_of(error), "app.config.yaml:6:11") << name;
  }
  EXPECT_EQ(manifest_error(cat("      ", std::string(256, 'p'), ": {}\n")).code(), "none");
  EXPECT_EQ(manifest_error(cat("      ", std::string(257, 'p'), ": {}\n")).code(), "invalid_name");
  EXPECT_EQ(manifest_error("      a/b: {}\n").message(), "The name 'a/b' of a package contains '/'.");
}

TEST_F(ManifestTest, accepts_empty_maps_and_says_that_adobes_tools_do_not) {
  write_manifest("      p:\n      q:\n        actions:\n        inputs:\n        sequences:\n");
  const auto project = load();
  EXPECT_THAT(project.packages, SizeIs(2));
  ASSERT_THAT(project.warnings, SizeIs(3));
  for (const auto& warning : project.warnings) EXPECT_EQ(warning.kind, Warning::Kind::refused);
}

TEST_F(ManifestTest, warns_of_keys_without_effect) {
  write_action("version: 1.0\ndescription: of mine\nlimits: {logs: 5}");
  const auto warnings = load().warnings;
  ASSERT_THAT(warnings, SizeIs(3));
  EXPECT_EQ(warnings[0].kind, Warning::Kind::without_effect);
  EXPECT_THAT(warnings[0].message, HasSubstr("The key `version` of action 'p/a' has no effect"));
  EXPECT_THAT(warnings[2].message, HasSubstr("they read `logSize`"));
}

TEST_F(ManifestTest, reports_keys_that_only_adobes_tools_act_on) {
  write_action("docker: me/image\nannotations: {conductor: true, final: true}");
  const auto warnings = load().warnings;
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].kind, Warning::Kind::left_to_aio);
  EXPECT_EQ(warnings[0].key, "docker");
  EXPECT_THAT(warnings[0].message, HasSubstr("adit does not act on the key `docker` of action"));
}

TEST_F(ManifestTest, prefers_the_long_name_of_a_limit) {
  const auto limits = action("limits: {memory: 128, memorySize: 512, logSize: 3, logs: 9}").limits;
  EXPECT_EQ(limits.memory_mb, 512);
  EXPECT_EQ(limits.logs_mb, 3);
}

TEST_F(ManifestTest, recognises_cpp_in_every_letter_case) {
  for (const auto* cpp : {"cpp", "CPP", "Cpp:20", "cpp:default"})
    EXPECT_TRUE(action(cat("runtime: ", cpp)).is_cpp()) << cpp;
  for (const auto* other : {"cppx", "nodejs:20", "c++"})
    EXPECT_FALSE(action(cat("runtime: ", other)).is_cpp()) << other;
}

TEST_F(ManifestTest, refuses_a_project_with_thousands_of_actions) {
  std::string actions;
  for (int number = 0; number < 2001; ++number) actions += cat("          a", number, ": {function: f}\n");
  EXPECT_EQ(manifest_error(cat("      p:\n        actions:\n", actions)).code(), "invalid_config");
}

TEST_F(ManifestTest, checks_many_rules_and_sequences_in_linear_time) {
  std::string text =
      "      p:\n        actions:\n          a: {function: f}\n        sequences:\n          s: {actions: \"";
  for (int number = 0; number < 20'000; ++number) text += cat("p/b", number, ",");
  text += "\"}\n        triggers:\n";
  for (int number = 0; number < 10'000; ++number) text += cat("          t", number, ": {}\n");
  text += "        rules:\n";
  for (int number = 0; number < 5'000; ++number)
    text += cat("          r", number, ": {trigger: t", number, ", action: a}\n");
  write_manifest(text);
  EXPECT_EQ(load().warnings.size(), 20'001U);
}

TEST_F(ManifestTest, refuses_includes_that_expand_to_too_many_patterns) {
  const auto action = [this](const std::string& entries) {
    const auto error =
        manifest_error(cat("      p:\n        actions:\n          a: {function: a, include: [", entries, "]}\n"));
    return cat(error.code(), ' ', place_of(error));
  };
  EXPECT_EQ(action("['a/{1..1000}']"), "none nowhere");
  EXPECT_EQ(action("['a/{1..1001}']"), "invalid_config app.config.yaml:6:39");
  EXPECT_EQ(action("['a/{1..999}'], [b]"), "none nowhere");
  EXPECT_EQ(action("['a/{1..999}'], [b], [c]"), "invalid_config app.config.yaml:6:60");
  EXPECT_EQ(action(cat("[", std::string(5000, 'a'), "]")), "invalid_config app.config.yaml:6:39");
}

TEST_F(ManifestTest, refuses_paths_outside_the_project) {
  std::filesystem::create_symlink("..", path("out"));
  write("a/index.js", "");
  const auto action = [this](std::string_view members) {
    const auto error = manifest_error(cat("      p:\n        actions:\n          a: {", members, "}\n"));
    return cat(error.code(), ' ', place_of(error));
  };
  EXPECT_EQ(action("function: ../other.js"), "outside_project app.config.yaml:6:25");
  EXPECT_EQ(action("function: /etc/passwd"), "outside_project app.config.yaml:6:25");
  EXPECT_EQ(action("function: out/other"), "outside_project app.config.yaml:6:25");
  EXPECT_EQ(action(cat("function: '", path("a/index.js"), "'")), "none nowhere");
  EXPECT_EQ(action("function: a, include: [['../*.pem', x]]"), "outside_project app.config.yaml:6:39");
  EXPECT_EQ(action("function: a, include: [['out/**', x]]"), "outside_project app.config.yaml:6:39");
  EXPECT_EQ(action("function: a, include: [['a/**/*.json', x]]"), "none nowhere");
  EXPECT_EQ(action(cat("function: a, include: [['", path("a/*"), "', x]]")), "none nowhere");
  EXPECT_EQ(action("function: a, include: [['a/{x,..}/{x,..}/**', x]]"), "outside_project app.config.yaml:6:39");
  EXPECT_EQ(action("function: a, include: [['{a,out}/**', x]]"), "outside_project app.config.yaml:6:39");
  for (const auto* key : {"actions", "web", "dist"}) {
    write("app.config.yaml", cat("application:\n  ", key, ": ../elsewhere\n"));
    EXPECT_EQ(load_error().code(), "outside_project") << key;
    EXPECT_EQ(place_of(load_error()), cat("app.config.yaml:2:", std::string_view(key).size() + 5)) << key;
  }
}

}  // namespace
}  // namespace adit::app
