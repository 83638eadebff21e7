#include "dev/platform/conductor.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dev/host/activation_record.h"

namespace adit::dev {
namespace {

using testing::ElementsAre;

class ConductorTest : public testing::Test {
 protected:
  using Answer = std::function<json::value(const json::object& params)>;

  static ActivationRecord part(json::value result) {
    ActivationRecord record;
    record.id = make_activation_id();
    record.end = record.start + std::chrono::milliseconds(10);
    record.result = std::move(result);
    const auto* object = record.result.if_object();
    if (object != nullptr && object->contains("error")) record.status = ActivationStatus::application_error;
    return record;
  }

  /// Runs a composition with this conductor. The action `/guest/missing` does not exist; every other action adds one to
  /// `n`.
  void compose(const Answer& conductor, json::value params = json::object{{"n", 1}}) {
    run_composition({.name_space = "guest",
                     .count = count_,
                     .conduct = [&](json::value given) { return part(conductor(given.as_object())); },
                     .run = [&](const EntityPath& path, json::value given) -> std::optional<ActivationRecord> {
                       if (path.name == "missing") return std::nullopt;
                       ++count_.components;
                       ran_.push_back(path.to_string());
                       auto done = part(ran_result_ ? *ran_result_ : json::value{{"n", given.at("n").as_int64() + 1}});
                       done.limits.memory_mb = 1024;
                       return done;
                     }},
                    std::move(params), Clock::system(), record_);
  }

  std::string result() const { return to_json(record_.result); }

  CompositionCount count_;
  ActivationRecord record_;
  std::vector<std::string> ran_;
  std::optional<json::value> ran_result_;
};

TEST_F(ConductorTest, runs_the_actions_that_it_names_and_gets_its_state_back) {
  compose([](const json::object& params) -> json::value {
    const auto* step = params.if_contains("step");
    if (step == nullptr) return {{"action", "triple"}, {"params", params}, {"state", {{"step", 1}}}};
    if (*step == 1) return {{"action", "box/add"}, {"params", {{"n", params.at("n")}}}, {"state", {{"step", 2}}}};
    return {{"params", {{"n", params.at("n")}}}};
  });
  EXPECT_EQ(result(), R"({"n":3})");
  EXPECT_THAT(ran_, ElementsAre("/guest/triple", "/guest/box/add"));
  EXPECT_TRUE(record_.success());
  EXPECT_EQ(record_.logs.size(), 5U) << "the conductor three times, and two actions";
  EXPECT_EQ(record_.duration(), std::chrono::milliseconds(50));
  EXPECT_EQ(record_.limits.memory_mb, 1024) << "the highest limit of all actions that ran";
  EXPECT_THAT(to_json(record_.to_json().at("annotations")), testing::HasSubstr(R"({"key":"conductor","value":true})"));
  EXPECT_EQ(record_.kind, "sequence");
}

TEST_F(ConductorTest, ends_with_its_whole_answer_if_there_are_no_params) {
  compose([](const json::object&) -> json::value { return {{"done", true}}; });
  EXPECT_EQ(result(), R"({"done":true})");
}

TEST_F(ConductorTest, wraps_values_that_are_not_objects) {
  ran_result_ = json::array{1, 2};
  compose([](const json::object& params) -> json::value {
    if (const auto* state = params.if_contains("state")) return {{"params", json::array{*state, params.at("value")}}};
    return {{"action", "a"}, {"params", 5}, {"state", "kept"}};
  });
  EXPECT_EQ(result(), R"({"value":["kept",[1,2]]})");
}

TEST_F(ConductorTest, ends_at_an_error_of_the_conductor) {
  compose([](const json::object&) -> json::value { return {{"error", "no"}}; });
  EXPECT_EQ(result(), R"({"error":"no"})");
  EXPECT_EQ(record_.status, ActivationStatus::application_error);
  EXPECT_THAT(ran_, ElementsAre());
}

TEST_F(ConductorTest, gets_the_error_of_an_action) {
  ran_result_ = json::value{{"error", "broken"}};
  compose([](const json::object& params) -> json::value {
    if (const auto* error = params.if_contains("error")) return {{"params", {{"error_seen", *error}}}};
    return {{"action", "a"}};
  });
  EXPECT_EQ(result(), R"({"error_seen":"broken"})");
}

TEST_F(ConductorTest, learns_which_action_cannot_run) {
  const auto error_seen = [&](const json::value& name) {
    record_ = {};
    compose([&](const json::object& params) -> json::value {
      if (const auto* error = params.if_contains("error")) return {{"params", {{"error_seen", *error}}}};
      return {{"action", name}};
    });
    return std::string(record_.result.at("error_seen").as_string());
  };
  EXPECT_EQ(error_seen("box/missing"), "Failed to resolve action with name 'guest/box/missing' during composition.");
  EXPECT_EQ(error_seen("/_/missing"), "Failed to resolve action with name 'guest/missing' during composition.");
  for (const json::value& name : {json::value("/a"), json::value("/a/b/c/d"), json::value("a//b"), json::value("")})
    EXPECT_EQ(error_seen(name),
              "Failed to parse action name from json value " + to_json(name) + " during composition.");
  EXPECT_EQ(error_seen(7), "Failed to parse action name from json value 7 during composition.");
  EXPECT_THAT(ran_, ElementsAre());
}

TEST_F(ConductorTest, runs_fifty_actions_at_most) {
  compose([](const json::object& params) -> json::value {
    if (params.contains("error")) return {{"params", params}};
    return {{"action", "a"}, {"params", params}};
  });
  EXPECT_EQ(ran_.size(), 50U);
  EXPECT_EQ(result(), R"({"error":"Too many actions in the composition."})");
}

TEST_F(ConductorTest, is_stopped_if_it_never_ends) {
  compose([](const json::object& params) -> json::value { return {{"action", "missing"}, {"params", params}}; });
  EXPECT_EQ(count_.conductors, 101U);
  EXPECT_EQ(record_.status, ActivationStatus::application_error);
  EXPECT_EQ(result(), R"({"error":"Too many actions in the composition."})");
}

TEST(IsConductor, is_true_for_an_action_with_a_truthy_annotation) {
  ActionEntity action;
  EXPECT_FALSE(is_conductor(action));
  action.annotations["conductor"] = "";
  EXPECT_FALSE(is_conductor(action));
  action.annotations["conductor"] = true;
  EXPECT_TRUE(is_conductor(action));
  action.kind = "sequence";
  EXPECT_FALSE(is_conductor(action));
}

}  // namespace
}  // namespace adit::dev
