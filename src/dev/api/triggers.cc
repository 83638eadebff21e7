#include "dev/api/triggers.h"

#include <utility>

#include "base/text/text.h"
#include "dev/entity/entity_body.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"

namespace adit::dev {
namespace {

constexpr std::string_view kTriggers = "triggers";

json::object trigger_json(const ApiCall& call, const TriggerEntity& trigger) {
  return trigger.to_json(call.catalog.rules_of(trigger.name));
}

void check_feed(const TriggerEntity& trigger) {
  const auto* feed = trigger.annotations.if_contains("feed");
  if (feed == nullptr) return;
  bool good = feed->is_string();
  std::string_view rest = good ? std::string_view(feed->get_string()) : std::string_view();
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.empty()) good = false;
  for (const auto& part : split_list(rest, '/')) good = good && is_entity_name(part);
  if (!good) reject(400, messages::kFeedNameInvalid);
}

http::ServerResponse put_trigger(ApiCall& call, const std::string& name) {
  const bool overwrite = flag(call.query(), "overwrite", false);
  check_type(call.request);
  const auto put = read_trigger_put(call.request.body);
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  check_collection(call, name, kTriggers);
  const auto known = call.catalog.trigger(name);
  if (known && !overwrite) reject(409, messages::kAlreadyExists);
  DeployedTrigger trigger;
  if (known) trigger = *known;
  auto& entity = trigger.entity;
  entity.name_space = call.catalog.name_space();
  entity.name = name;
  if (put.parameters) entity.parameters = *put.parameters;
  apply_common(put, entity, known != nullptr, call.platform.clock().wall_now());
  if (!known) check_feed(entity);
  store.put<DeployedTrigger>({{}, name}, trigger);
  return http::ServerResponse::json(200, trigger_json(call, entity));
}

/// Deactivates the rules of a deleted trigger: the controller stores in a trigger which of its rules are active.
void deactivate_rules_of(ApiCall& call, const std::string& trigger) {
  for (auto rule : call.catalog.rules_of(trigger)) {
    rule.active = rule.in_trigger = false;
    const EntityKey key{{}, rule.name};
    call.platform.store().put<RuleEntity>(key, std::move(rule));
  }
}

http::ServerResponse delete_trigger(ApiCall& call, const std::string& name) {
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  const auto deployed = store.find<DeployedTrigger>({{}, name});
  if (!deployed) {
    check_collection(call, name, kTriggers);
    if (call.catalog.trigger(name) != nullptr) reject(409, messages::kOfTheProject);
    reject(404, messages::kNotFound);
  }
  const auto answer = trigger_json(call, deployed->entity);
  store.remove<DeployedTrigger>({{}, name});
  if (call.catalog.trigger(name) == nullptr) deactivate_rules_of(call, name);
  return http::ServerResponse::json(200, answer);
}

http::ServerResponse post_trigger(ApiCall& call, const std::string& name) {
  const auto event = object_in_body(call.request);
  const auto trigger = call.catalog.trigger(name);
  if (trigger == nullptr) {
    check_collection(call, name, kTriggers);
    reject(404, messages::kNotFound);
  }
  call.line.activation_id = call.platform.fire(call.catalog, *trigger, event);
  if (call.line.activation_id.empty()) return empty_answer(204);
  return http::ServerResponse::json(202, json::object{{"activationId", call.line.activation_id}});
}

}  // namespace

http::ServerResponse answer_triggers(ApiCall& call, std::string_view path) {
  return answer_collection<DeployedTrigger>(
      call, path,
      {.name = kTriggers,
       .all = &Catalog::triggers,
       .find = [](const Catalog& catalog, const std::string& name) { return catalog.trigger(name); },
       .summary = [](const DeployedTrigger& trigger) { return trigger.entity.summary(); },
       .get =
           [](ApiCall& asked, const DeployedTrigger& trigger) {
             return http::ServerResponse::json(200, trigger_json(asked, trigger.entity));
           },
       .put = put_trigger,
       .remove = delete_trigger,
       .post = post_trigger});
}

}  // namespace adit::dev
