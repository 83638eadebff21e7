#include "dev/api/rules.h"

#include <utility>

#include "base/text/text.h"
#include "dev/entity/entity_body.h"
#include "dev/entity/messages.h"
#include "dev/entity/rejection.h"

namespace adit::dev {
namespace {

constexpr std::string_view kRules = "rules";

void check_references(const ApiCall& call, const RuleEntity& rule) {
  const bool own_trigger = rule.trigger.name_space == call.catalog.name_space() && rule.trigger.package.empty();
  if (!own_trigger || call.catalog.trigger(rule.trigger.name) == nullptr)
    reject(400, messages::reference_missing(rule.trigger.to_string()));
  if (call.catalog.resolve(rule.action) == nullptr) reject(400, messages::reference_missing(rule.action.to_string()));
}

/// Returns a rule with its actual status. A rule is active only if its trigger exists.
RuleEntity with_actual_status(const ApiCall& call, RuleEntity rule) {
  rule.active = rule.active && call.catalog.trigger(rule.trigger.name) != nullptr;
  return rule;
}

http::ServerResponse put_rule(ApiCall& call, const std::string& name) {
  const bool overwrite = flag(call.query(), "overwrite", false);
  check_type(call.request);
  const auto put = read_rule_put(call.request.body, call.catalog.name_space());
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  check_collection(call, name, kRules);
  const auto known = call.catalog.rule(name);
  if (known && !overwrite) reject(409, messages::kAlreadyExists);
  if (!known && (!put.trigger || !put.action)) reject(400, messages::kRuleIncomplete);
  RuleEntity rule;
  if (known) rule = with_actual_status(call, *known);
  rule.name_space = call.catalog.name_space();
  rule.name = name;
  if (put.trigger) rule.trigger = *put.trigger;
  if (put.action) rule.action = *put.action;
  rule.in_trigger = true;
  check_references(call, rule);
  apply_common(put, rule, known != nullptr, call.platform.clock().wall_now());
  store.put<RuleEntity>({{}, name}, rule);
  return http::ServerResponse::json(200, rule.to_json());
}

http::ServerResponse delete_rule(ApiCall& call, const std::string& name) {
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  const auto deployed = store.find<RuleEntity>({{}, name});
  if (!deployed) {
    check_collection(call, name, kRules);
    if (call.catalog.rule(name) != nullptr) reject(409, messages::kOfTheProject);
    reject(404, messages::kNotFound);
  }
  store.remove<RuleEntity>({{}, name});
  auto answered = *deployed;
  answered.active = false;
  return http::ServerResponse::json(200, answered.to_json());
}

http::ServerResponse set_rule_status(ApiCall& call, const std::string& name) {
  const auto body = object_in_body(call.request);
  const auto status = string_member(body, "status");
  if (status != "active" && status != "inactive")
    reject(400, messages::malformed_content(cat("'", status, "' is not a recognized rule state")));
  call.before_writing();
  auto& store = call.platform.store();
  const auto writing = store.writing();
  const auto known = call.catalog.rule(name);
  if (known == nullptr) reject(404, messages::kNotFound);
  const bool has_trigger = call.catalog.trigger(known->trigger.name) != nullptr;
  const bool is_active = known->active && has_trigger;
  if (is_active != (status == "active")) {
    if (!has_trigger) reject(404, messages::kRuleWithoutTrigger);
    auto changed = *known;
    changed.active = status == "active";
    if (changed.active) changed.in_trigger = true;
    store.put<RuleEntity>({{}, name}, std::move(changed));
  }
  return empty_answer(200);
}

}  // namespace

http::ServerResponse answer_rules(ApiCall& call, std::string_view path) {
  return answer_collection<RuleEntity>(
      call, path,
      {.name = kRules,
       .all = &Catalog::rules,
       .find = [](const Catalog& catalog, const std::string& name) { return catalog.rule(name); },
       .summary = [](const RuleEntity& rule) { return rule.summary(); },
       .get =
           [](ApiCall& asked, const RuleEntity& rule) {
             return http::ServerResponse::json(200, with_actual_status(asked, rule).to_json());
           },
       .put = put_rule,
       .remove = delete_rule,
       .post = set_rule_status});
}

}  // namespace adit::dev
