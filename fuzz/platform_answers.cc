// The answers of a platform to a deployment: lists of entities, routes, activations, logs. The first byte chooses the
// status. Each answer is one part of the input; requests after the last one are answered with 404.
#include <string>

#include "deploy/activations.h"
#include "deploy/plan.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

struct Answers final : http::Transport {
  explicit Answers(std::string_view bytes) : input(bytes), status(200 + static_cast<int>(input.choice(4)) * 100) {}
  http::Response send(const http::Request& /*request*/) override {
    require(++requests <= 2'000, "no answer makes a client send requests for ever");
    if (input.empty()) return {404, {}, {}};
    return {status, {{"content-type", "application/json"}}, std::string(input.part())};
  }
  Input input;
  int status;
  int requests = 0;
};

void read_activations(const deploy::OpenWhiskClient& client) {
  done([&] { static_cast<void>(deploy::list_logs(client, {.action = "p/a", .since = {}}, {})); });
  done([&] { static_cast<void>(deploy::get_activation(client, "id", "result")); });
}

/// Makes a plan from the entities that the platform lists, and applies it.
void plan_and_apply(const deploy::OpenWhiskClient& client) {
  const auto deployed = accepted([&] { return deploy::read_deployed(client, true); });
  if (!deployed) return;
  deploy::DesiredEntities desired;
  desired.project_names = {"mine"};
  json::object body{
      {"annotations", json::array{json::object{{"key", "whisk-managed"}, {"value", {{"projectName", "mine"}}}}}}};
  desired.all.push_back({.kind = deploy::EntityKind::trigger,
                         .name = "t",
                         .body = std::move(body),
                         .hash = "h",
                         .feed = "/whisk.system/f"});
  const auto plan = deploy::make_plan(desired, *deployed);
  for (const auto& step : plan.steps) {
    if (step.change != deploy::Change::remove || step.kind == deploy::EntityKind::route) continue;
    require(deployed->find(step.kind, step.name) != nullptr, "only existing entities are removed");
  }
  done([&] { deploy::apply(plan, client, Secret("user:password"), [](const deploy::Step&) {}); });
}

}  // namespace

ADIT_FUZZ(platform_answers) {
  for (const auto& use : {read_activations, plan_and_apply}) {
    Answers answers(bytes);
    use(deploy::OpenWhiskClient(
        {.base = "http://127.0.0.1", .name_space = "ns", .key = Secret("user:password"), .token = {}}, answers));
  }
}
