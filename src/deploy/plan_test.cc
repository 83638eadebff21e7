#include "deploy/plan.h"

#include <algorithm>

#include "deploy/deploy_fixture.h"

namespace adit::deploy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PlanTest : public DeployFixture {
 protected:
  [[nodiscard]] DesiredEntities desired(const DesiredOptions& options = {.name_space = "ns"}) const {
    return desired_entities(load(), environment_, {}, options);
  }
  static DesiredEntity one(const DesiredEntities& desired, const std::string& name) {
    const auto found = std::ranges::find(desired.all, name, &DesiredEntity::name);
    if (found != desired.all.end()) return *found;
    ADD_FAILURE() << "there is no " << name;
    return {};
  }
  static std::vector<std::string> names(const DesiredEntities& desired) {
    std::vector<std::string> names;
    for (const auto& entity : desired.all) names.push_back(cat(name_of(entity.kind), ' ', entity.name));
    return names;
  }
  static std::vector<std::string> lines(const Plan& plan) {
    std::vector<std::string> lines;
    for (const auto& step : plan.steps)
      lines.push_back(cat(name_of(step.change), ' ', name_of(step.kind), ' ', step.name));
    return lines;
  }
  /// Returns the state of a platform where all of these entities are deployed.
  static Deployed deployed(const DesiredEntities& desired) {
    Deployed there;
    for (const auto& entity : desired.all) {
      if (entity.kind == EntityKind::package) there.packages.emplace(entity.name, entity.body);
      if (entity.kind == EntityKind::action) there.actions.emplace(entity.name, entity.body);
      if (entity.kind == EntityKind::trigger) there.triggers.emplace(entity.name, entity.body);
      if (entity.kind == EntityKind::rule) there.rules.emplace(entity.name, entity.body);
      if (entity.kind == EntityKind::route)
        there.routes.emplace(entity.name,
                             DeployedRoute{entity.route.base_path, entity.route.path, "get", entity.route.action});
    }
    return there;
  }

  Environment environment_;
};

TEST_F(PlanTest, puts_sequences_after_the_sequences_that_they_run) {
  write_manifest(
      "      p:\n        actions: {a: {function: f}}\n"
      "        sequences: {x: {actions: 'y, a'}, y: {actions: 'z'}, z: {actions: '/whisk.system/utils/echo'}}\n");
  const auto all = desired();
  EXPECT_THAT(names(all), ElementsAre("package p", "action p/a", "action p/z", "action p/y", "action p/x"));
  EXPECT_EQ(to_json(one(all, "p/z").body.at("exec")),
            R"({"kind":"sequence","code":"","components":["/whisk.system/utils/echo"]})");
  EXPECT_EQ(to_json(one(all, "p/x").body.at("exec").at("components")), R"(["/ns/p/y","/ns/p/a"])");
}

TEST_F(PlanTest, leaves_out_the_package_default) {
  write_manifest("      default:\n        actions: {a: {function: f}}\n        sequences: {s: {actions: a}}\n");
  const auto all = desired();
  EXPECT_THAT(names(all), ElementsAre("action a", "action s"));
  EXPECT_EQ(to_json(one(all, "s").body.at("exec").at("components")), R"(["/ns/a"])");
}

TEST_F(PlanTest, names_the_project_of_each_extension_by_a_package) {
  write("package.json", R"({"name":"@me/shop","version":"1.0.0"})");
  write_manifest("      first: {}\n      __APP_PACKAGE__: {}\n");
  EXPECT_EQ(managed_name(load(), "application"), "shop-1.0.0");
  write_manifest("      first: {}\n      second: {}\n");
  EXPECT_EQ(managed_name(load(), "application"), "first");
  EXPECT_EQ(managed_by(desired().all.at(1).body).project, "first");
}

TEST_F(PlanTest, puts_a_validator_before_a_secured_action) {
  write_manifest(
      "      p:\n        actions:\n          a: {function: f, web: yes, annotations: {require-adobe-auth: true}}\n"
      "          b: {function: f, annotations: {require-adobe-auth: true}}\n");
  auto all = desired({.name_space = "ns", .is_stage = true, .has_front_end = true});
  EXPECT_THAT(names(all), ElementsAre("package p", "action p/__secured_a", "action p/b", "action p/a"));
  EXPECT_EQ(to_json(one(all, "p/a").body.at("exec").at("components")),
            R"(["/adobeio-stage/shared-validators-v1/app-registry","/ns/p/__secured_a"])");
  EXPECT_TRUE(one(all, "p/a").requires_token);
  EXPECT_FALSE(one(all, "p/__secured_a").is_web);
  all = desired({.name_space = "ns", .has_adobe_validators = false});
  EXPECT_THAT(names(all), ElementsAre("package p", "action p/a", "action p/b"));
  write_manifest(
      "      p:\n        actions:\n          a: {function: f, web: yes, annotations: {require-adobe-auth: true}}\n"
      "          __secured_a: {function: f}\n");
  EXPECT_EQ(error_of([this] { (void)desired(); }).code(), "name_taken");
}

TEST_F(PlanTest, finds_new_changed_removed_and_unchanged_entities) {
  write_manifest(
      "      p:\n        actions: {a: {function: f, inputs: {X: $X}}, b: {function: f}}\n        triggers: {t: {}}\n"
      "        rules: {r: {trigger: t, action: a}}\n");
  environment_.set("X", "one");
  auto there = deployed(desired());
  EXPECT_THAT(lines(make_plan(desired(), there)),
              ElementsAre("unchanged package p", "unchanged action p/a", "unchanged action p/b", "unchanged trigger t",
                          "unchanged rule r"));
  EXPECT_FALSE(make_plan(desired(), there).changes_anything());
  environment_.set("X", "two");
  there.actions.erase("p/b");
  there.actions.emplace("p/old", with_hash(there.actions.at("p/a"), "x"));
  there.triggers.at("t")["annotations"] = json::array();  // another tool has written it
  EXPECT_THAT(lines(make_plan(desired(), there)),
              ElementsAre("unchanged package p", "changed action p/a", "new action p/b", "changed trigger t",
                          "unchanged rule r", "removed action p/old"));
}

TEST_F(PlanTest, keeps_a_package_that_contains_actions_of_others) {
  write_manifest("      p:\n        actions: {a: {function: f}}\n");
  const auto all = desired();
  auto there = deployed(all);
  there.actions.emplace("p/theirs", json::object());
  const auto plan = make_removal_plan(load(), all.project_names, there);
  EXPECT_THAT(lines(plan), ElementsAre("removed action p/a"));
  ASSERT_THAT(plan.notes, SizeIs(1));
  EXPECT_THAT(plan.notes[0], HasSubstr("it contains p/theirs"));
}

TEST_F(PlanTest, removes_unmarked_rules_of_adobes_tools) {
  write_manifest(
      "      p:\n        actions: {a: {function: f}}\n        triggers: {t: {}}\n        rules: {r: {trigger: t, "
      "action: a}}\n");
  const auto all = desired();
  auto there = deployed(all);
  for (const auto* name : {"r", "by-hand"})
    there.rules.insert_or_assign(name, json::object{{"trigger", {{"path", "ns"}, {"name", "t"}}}});
  there.rules.emplace("other", json::object{{"trigger", {{"path", "ns"}, {"name", "other"}}}});
  EXPECT_THAT(lines(make_removal_plan(load(), all.project_names, there)),
              ElementsAre("removed rule by-hand", "removed rule r", "removed trigger t", "removed action p/a",
                          "removed package p"));
}

TEST_F(PlanTest, does_not_remove_what_adit_dev_lists_from_the_manifest) {
  write_manifest(
      "      p:\n        actions: {a: {function: f, web: yes}}\n        triggers: {t: {}}\n        rules: {r: {trigger: t, "
      "action: a}}\n        apis: {shop: {v1: {orders: {a: {method: GET}}}}}\n");
  Deployed there;
  there.packages.emplace("p", json::object());
  there.actions.emplace("p/a", json::object());
  there.triggers.emplace("t", json::object());
  there.rules.emplace("r", json::object{{"trigger", {{"path", "ns"}, {"name", "t"}}}});
  there.routes.emplace("GET /v1/orders", DeployedRoute{"/v1", "/orders", "get", "p/a"});
  EXPECT_THAT(lines(make_removal_plan(load(), desired().project_names, there)), ElementsAre());
}

TEST_F(PlanTest, removes_routes_that_the_manifest_no_longer_has) {
  write_manifest(
      "      p:\n        actions: {a: {function: f, web: yes}}\n        apis: {shop: {v1: {orders: {a: {method: "
      "GET}}}}}\n");
  const auto all = desired();
  auto there = deployed(all);
  there.routes.emplace("GET /v1/old", DeployedRoute{"/v1", "/old", "get", "p/a"});
  there.routes.emplace("GET /v2/theirs", DeployedRoute{"/v2", "/theirs", "get", "q/b"});
  EXPECT_THAT(lines(make_plan(all, there)), ElementsAre("unchanged package p", "unchanged action p/a",
                                                        "unchanged route GET /v1/orders", "removed route GET /v1/old"));
}

TEST_F(PlanTest, writes_the_hash_of_a_trigger_after_its_feed_has_it) {
  write_manifest("      p: {triggers: {t: {feed: /whisk.system/alarms/once, inputs: {date: soon}}}}\n");
  const auto plan = make_plan(desired(), {});
  const auto no_steps = [](const Step& /*step*/) {};
  apply(plan, client(), Secret("u:p"), no_steps);
  EXPECT_THAT(
      received_lines(),
      ElementsAre("PUT /api/v1/namespaces/ns/packages/p", "PUT /api/v1/namespaces/ns/triggers/t",
                  "POST /api/v1/namespaces/whisk.system/actions/alarms/once",
                  "POST /api/v1/namespaces/whisk.system/actions/alarms/once", "PUT /api/v1/namespaces/ns/triggers/t"));
  EXPECT_EQ(managed_by(parse_json(received()[1].body, "").as_object()).hash, "");
  EXPECT_EQ(managed_by(parse_json(received()[4].body, "").as_object()).hash, plan.steps[1].desired.hash);
  EXPECT_EQ(received()[3].body, R"({"date":"soon","lifecycleEvent":"CREATE","authKey":"u:p","triggerName":"/ns/t"})");

  const std::string feed = "POST /api/v1/namespaces/whisk.system/actions/alarms/once";
  answer(feed, http::ServerResponse::json(200, json::object()));
  answer(feed, http::ServerResponse::json(
                   502, parse_json(R"({"response":{"success":false,"result":{"error":"the date is over"}}})", "")));
  const auto error = error_of([&] { apply(plan, client(), Secret("u:p"), no_steps); });
  EXPECT_EQ(error.code(), "feed_failed");
  EXPECT_THAT(error.message(), HasSubstr("the date is over"));
  EXPECT_EQ(place_of(error), "app.config.yaml:4:22");
}

TEST_F(PlanTest, reads_the_deployed_entities) {
  const auto list = [this](const std::string& collection, const std::string& text) {
    answer(cat("GET /api/v1/namespaces/ns/", collection), http::ServerResponse::text(200, text, "application/json"));
  };
  list("packages", R"([{"name":"p"}])");
  list("actions", R"([{"name":"a","namespace":"ns/p"},{"name":"b","namespace":"ns"}])");
  list("triggers", "[]");
  list("rules", R"([{"name":"r"}])");
  answer("GET /api/v1/web/whisk.system/apimgmt/getApi.http",
         http::ServerResponse::text(200, R"({"apis":[{"value":{"apidoc":{"basePath":"/v1","paths":{"/x":{"get":
           {"x-openwhisk":{"action":"a","package":"p"}},"post":5}}}}},7]})",
                                    "application/json"));
  const auto there = read_deployed(client(), true);
  EXPECT_NE(there.find(EntityKind::package, "p"), nullptr);
  EXPECT_NE(there.find(EntityKind::action, "p/a"), nullptr);
  EXPECT_NE(there.find(EntityKind::action, "b"), nullptr);
  EXPECT_NE(there.find(EntityKind::rule, "r"), nullptr);
  EXPECT_EQ(there.routes.at("GET /v1/x").action, "p/a");
  EXPECT_THAT(there.triggers, IsEmpty());
}

}  // namespace
}  // namespace adit::deploy
