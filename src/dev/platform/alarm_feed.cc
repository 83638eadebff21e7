#include "dev/platform/alarm_feed.h"

#include <utility>

#include "adit/error.h"

#include "base/text/text.h"
#include "dev/feeds/alarm.h"

namespace adit::dev {
namespace {

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

json::object feed_description(std::string_view name_space, const DeployedTrigger& trigger) {
  auto config = *trigger.feed;
  config.erase("feed");
  config["name"] = trigger.entity.name;
  config["namespace"] = name_space;
  return {{"config", std::move(config)},
          {"status", json::object{{"active", true},
                                  {"dateChanged", trigger.entity.updated.time_since_epoch().count()},
                                  {"dateChangedISO", to_rfc3339(trigger.entity.updated)}}}};
}

}  // namespace

SystemAnswer answer_alarm_feed(EntityStore& store, std::string_view name_space, const std::string& feed,
                               const json::object& params) {
  const auto name = name_of_trigger(string_member(params, "triggerName"));
  const auto event = string_member(params, "lifecycleEvent");
  const auto writing = store.writing();
  const auto trigger = store.find<DeployedTrigger>({{}, name});
  if (trigger == nullptr) {
    if (event == "DELETE") return {.result = json::object{{"message", "there is no such trigger"}}};
    return refused_feed(cat("no trigger ", name, " is deployed that an alarm could fire"));
  }
  auto changed = *trigger;
  if (event == "READ") {
    if (!trigger->feed) return refused_feed(cat("no alarm fires the trigger ", name));
    return {.result = feed_description(name_space, *trigger)};
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
  store.put<DeployedTrigger>({{}, name}, std::move(changed));
  return {.result = json::object{{"status", "success"}}};
}

}  // namespace adit::dev
