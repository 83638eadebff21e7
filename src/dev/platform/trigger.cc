#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "adit/error.h"
#include "adit/log.h"

#include "base/text/text.h"
#include "dev/entity/messages.h"
#include "dev/platform/platform.h"

// Fires triggers and alarms, and answers the calls of feeds (apache/openwhisk, core/controller/Triggers.scala;
// docs/protocols/openwhisk-api.md, "Triggers, rules and feeds").
namespace adit::dev {
namespace {

/// Returns a line of the trigger's log (Triggers.scala, RuleActivationResult).
std::string rule_line(const RuleEntity& rule, ActivationStatus status, std::string_view activation_id,
                      std::string_view error) {
  json::object line = {{"statusCode", static_cast<int>(status)}, {"success", status == ActivationStatus::success}};
  if (error.empty()) {
    line["activationId"] = activation_id;
  } else {
    line["error"] = error;
  }
  line["rule"] = cat(rule.name_space, '/', rule.name);
  line["action"] = rule.action.to_string().substr(1);
  return to_json(line);
}

/// Returns the name in `/NS/T`, the form in which feeds get it.
std::string name_of_trigger(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

SystemAnswer refused_feed(std::string_view why) {
  return {.status = ActivationStatus::application_error, .result = json::object{{"error", why}}};
}

/// Returns the parameters of an alarm: those of the call of its feed, without the ones that describe the call.
json::object alarm_parameters(const std::string& feed, const json::object& params, json::object before) {
  for (const auto& [name, value] : params)
    if (name != "lifecycleEvent" && name != "authKey" && name != "triggerName") before.insert_or_assign(name, value);
  before["feed"] = feed;
  return before;
}

json::object feed_description(const Catalog& catalog, const DeployedTrigger& trigger) {
  auto config = *trigger.feed;
  config.erase("feed");
  config["name"] = trigger.entity.name;
  config["namespace"] = catalog.name_space();
  return {{"config", std::move(config)},
          {"status", json::object{{"active", true},
                                  {"dateChanged", trigger.entity.updated.time_since_epoch().count()},
                                  {"dateChangedISO", to_rfc3339(trigger.entity.updated)}}}};
}

}  // namespace

std::string Platform::fire(const Catalog& catalog, const DeployedTrigger& trigger, const json::object& event) {
  const auto rules = catalog.rules_of(trigger.entity.name);
  if (std::ranges::none_of(rules, &RuleEntity::active)) return {};
  auto params = trigger.entity.parameters;
  for (const auto& [name, value] : event) params.insert_or_assign(name, value);

  ActivationRecord record;
  record.id = make_activation_id();
  record.name = trigger.entity.name;
  record.name_space = catalog.name_space();
  record.path = cat(record.name_space, '/', record.name);
  record.version = trigger.entity.version;
  record.is_trigger = true;
  record.start = record.end = options_.clock->wall_now();
  record.result = event;
  for (const auto& rule : rules) {
    const auto served = catalog.resolve(rule.action);
    if (!rule.active) {
      record.logs.push_back(
          rule_line(rule, ActivationStatus::application_error, {},
                    messages::rule_inactive(cat(rule.name_space, '/', rule.name), rule.action.to_string().substr(1))));
    } else if (served == nullptr) {
      record.logs.push_back(rule_line(rule, ActivationStatus::application_error, {}, messages::kNotFound));
    } else {
      const auto started = start(catalog, served, params);
      record.logs.push_back(rule_line(rule, ActivationStatus::success, started.activation_id, {}));
    }
  }
  activations_.add(record);
  return record.id;
}

SystemAnswer Platform::answer_feed(const std::string& feed, const json::object& params) {
  const auto catalog = this->catalog();
  const auto name = name_of_trigger(string_member(params, "triggerName"));
  const auto event = string_member(params, "lifecycleEvent");
  const auto writing = store_.writing();
  const auto trigger = store_.find<DeployedTrigger>({{}, name});
  if (trigger == nullptr) {
    if (event == "DELETE") return {.result = json::object{{"message", "there is no such trigger"}}};
    return refused_feed(cat("no trigger ", name, " is deployed that an alarm could fire"));
  }
  auto changed = *trigger;
  if (event == "READ") {
    if (!trigger->feed) return refused_feed(cat("no alarm fires the trigger ", name));
    return {.result = feed_description(catalog, *trigger)};
  }
  if (event == "DELETE") {
    changed.feed.reset();
  } else if (event == "CREATE" || event == "UPDATE") {
    if (event == "UPDATE" && !trigger->feed) return refused_feed(cat("no alarm fires the trigger ", name));
    changed.feed = alarm_parameters(feed, params, event == "UPDATE" ? *trigger->feed : json::object());
    try {
      (void)Alarm::parse(feed, *changed.feed);
    } catch (const Error& error) {
      return refused_feed(error.message());
    }
  } else {
    return refused_feed("lifecycleEvent must be CREATE, READ, UPDATE or DELETE");
  }
  store_.put<DeployedTrigger>({{}, name}, std::move(changed));
  return {.result = json::object{{"status", "success"}}};
}

void Platform::fire_alarms() {
  const auto catalog = this->catalog();
  const auto now = options_.clock->wall_now();
  const auto revision = store_.revision();
  const auto publish_times = [this] {
    const std::lock_guard lock(mutex_);
    alarm_times_ = alarms_.times();
  };
  if (revision != alarms_of_store_ || catalog.configuration().serial != alarms_of_configuration_) {
    std::map<std::string, json::object> feeds;
    for (const auto& trigger : catalog.triggers())
      if (trigger->feed) feeds.emplace(trigger->entity.name, *trigger->feed);
    alarms_.set(feeds, now);
    alarms_of_store_ = revision;
    alarms_of_configuration_ = catalog.configuration().serial;
    publish_times();
  }
  const auto all_due = alarms_.take_due(now);
  if (!all_due.empty()) publish_times();
  for (const auto& due : all_due)
    if (const auto trigger = catalog.trigger(due.trigger)) (void)fire(catalog, *trigger, due.payload);
}

std::map<std::string, WallTime> Platform::next_alarms() {
  const std::lock_guard lock(mutex_);
  return alarm_times_;
}

/// Fires alarms when they are due, and checks for changed triggers every 50 ms.
void Platform::watch_alarms() {
  constexpr std::chrono::milliseconds kTick{50};
  while (!ending_) {
    auto wait = kTick;
    try {
      fire_alarms();
      if (const auto next = alarms_.next())
        wait = std::clamp(*next - options_.clock->wall_now(), std::chrono::milliseconds(1), kTick);
    } catch (const std::exception& error) {
      log(LogLevel::error, error.what());
    }
    std::this_thread::sleep_for(wait);
  }
}

}  // namespace adit::dev
