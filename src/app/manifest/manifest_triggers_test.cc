#include "app/manifest/manifest_triggers.h"

#include "app/inputs/inputs.h"
#include "app/project/project_fixture.h"

namespace adit::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using ManifestTriggersTest = ProjectFixture;

TEST_F(ManifestTriggersTest, reads_triggers_with_their_feed_inputs_and_annotations) {
  write_manifest(
      "      p:\n        triggers:\n          nightly:\n            feed: /whisk.system/alarms/alarm\n"
      "            inputs: {cron: $CRON, n: 1}\n            annotations: {mine: yes}\n          by-hand: {}\n");
  const auto project = load();
  const auto triggers = project.triggers();
  ASSERT_THAT(triggers, SizeIs(2));
  EXPECT_EQ(triggers[0]->name, "nightly");
  EXPECT_EQ(triggers[0]->package, "p");
  EXPECT_EQ(triggers[0]->feed, "/whisk.system/alarms/alarm");
  EXPECT_EQ(to_json(triggers[0]->inputs), R"({"cron":"$CRON","n":1})");
  EXPECT_EQ(to_json(triggers[0]->annotations), R"({"mine":"yes"})");
  EXPECT_EQ(relative(triggers[0]->where.to_string()), "app.config.yaml:6:11");
  EXPECT_EQ(relative(triggers[0]->input_positions.at("cron").to_string()), "app.config.yaml:8:28");
  EXPECT_EQ(triggers[1]->feed, "");
  EXPECT_THAT(project.warnings, IsEmpty());
  Environment environment;
  environment.set("CRON", "* * * * *");
  const auto mapped =
      map_inputs(triggers[0]->inputs, triggers[0]->input_positions, triggers[0]->where, environment).params;
  EXPECT_EQ(to_json(mapped), R"({"cron":"* * * * *","n":1})");
}

TEST_F(ManifestTriggersTest, reads_rules_with_the_action_of_their_own_package) {
  write_manifest(
      "      p:\n        actions: {a: {function: f}}\n        triggers: {t: {}}\n        rules:\n"
      "          r: {trigger: t, action: /ns/q/a}\n          half: {trigger: t}\n");
  const auto project = load();
  ASSERT_THAT(project.rules(), SizeIs(1));
  const auto& rule = *project.rules()[0];
  EXPECT_EQ(rule.trigger, "t");
  EXPECT_EQ(rule.action, "p/a");
  EXPECT_EQ(relative(rule.where.to_string()), "app.config.yaml:8:11");
}

TEST_F(ManifestTriggersTest, reads_routes_of_apis) {
  write_manifest(
      "      p:\n        actions: {a: {function: f, web: yes}, b: {function: f, web: yes}}\n        apis:\n"
      "          shop:\n            v1:\n              orders/{id}:\n                a: {method: get}\n"
      "                b: {method: POST, response: http}\n");
  const auto project = load();
  const auto routes = project.routes();
  ASSERT_THAT(routes, SizeIs(2));
  EXPECT_EQ(routes[0]->api, "shop");
  EXPECT_EQ(routes[0]->base_path, "/v1");
  EXPECT_EQ(routes[0]->path, "/orders/{id}");
  EXPECT_EQ(routes[0]->method, "get");
  EXPECT_EQ(routes[0]->action, "p/a");
  EXPECT_EQ(routes[0]->response, "json");
  EXPECT_EQ(routes[1]->method, "POST");
  EXPECT_EQ(routes[1]->response, "http");
  EXPECT_EQ(relative(routes[1]->where.to_string()), "app.config.yaml:11:17");
}

TEST_F(ManifestTriggersTest, reads_bindings_and_package_inputs) {
  write_manifest(
      "      p:\n        public: true\n        inputs: {A: 1, B: 2}\n        actions: {a: {function: f, inputs: {B: "
      "3}}}\n"
      "        dependencies: {db: {location: /other/database, inputs: {host: $HOST}}}\n");
  const auto project = load();
  const auto& package = project.packages.at(0);
  EXPECT_TRUE(package.is_public);
  EXPECT_EQ(relative(package.input_positions.at("A").to_string()), "app.config.yaml:6:21");
  EXPECT_THAT(package.actions.at(0).package_inputs, ElementsAre("A"));
  ASSERT_THAT(package.bindings, SizeIs(1));
  EXPECT_EQ(package.bindings[0].target_namespace, "other");
  EXPECT_EQ(package.bindings[0].target_package, "database");
  EXPECT_EQ(to_json(package.bindings[0].inputs), R"({"host":"$HOST"})");
}

TEST_F(ManifestTriggersTest, reads_triggers_in_an_included_file_of_an_extension) {
  write("app.config.yaml", "extensions:\n  dx/excshell/1:\n    $include: ext/ext.config.yaml\n");
  write("ext/ext.config.yaml",
        "operations: {view: [{type: web, impl: index.html}]}\nruntimeManifest:\n  $include: parts.yaml\n");
  write("ext/parts.yaml", "packages:\n  p:\n    triggers: {t: {feed: /whisk.system/alarms/once}}\n");
  const auto project = load();
  ASSERT_THAT(project.triggers(), SizeIs(1));
  EXPECT_EQ(relative(project.triggers()[0]->where.to_string()), "ext/parts.yaml:3:16");
}

TEST_F(ManifestTriggersTest, warns_of_triggers_that_are_empty_or_defined_twice) {
  write_manifest("      p:\n        triggers:\n          t:\n      q:\n        triggers: {t: {}}\n");
  const auto project = load();
  ASSERT_THAT(project.warnings, SizeIs(2));
  EXPECT_EQ(project.warnings[0].message, "The trigger 't' is empty; Adobe's tools fail to deploy it.");
  EXPECT_EQ(project.warnings[0].kind, Warning::Kind::refused);
  EXPECT_THAT(project.warnings[1].message, HasSubstr("The trigger 't' is defined twice, here and at"));
}

TEST_F(ManifestTriggersTest, refuses_wrong_shapes) {
  EXPECT_EQ(manifest_error("      p:\n        triggers: {t: text}\n").message(),
            "The trigger 't' must be a map, for example with `feed:`, but here is a string.");
  EXPECT_EQ(manifest_error("      p:\n        triggers: {a/b: {}}\n").code(), "invalid_name");
  EXPECT_EQ(manifest_error("      p:\n        actions: {a: {function: f, web: yes}}\n"
                           "        apis: {shop: {v1: {orders: {a: {response: http}}}}}\n")
                .message(),
            "The route of 'a' in API 'shop' has no `method`.");
  EXPECT_EQ(manifest_error("      p:\n        actions: {a: {function: f, web: yes}}\n"
                           "        apis: {shop: {v1: {orders: {a: get}}}}\n")
                .code(),
            "invalid_config");
}

}  // namespace
}  // namespace adit::app
