#include "deploy/activations.h"

#include <algorithm>

#include "base/text/text.h"
#include "deploy/desired.h"
#include "deploy/destination.h"

namespace adit::deploy {
namespace {

std::int64_t whole_number(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  boost::system::error_code not_whole;
  const auto number = value == nullptr ? 0 : value->to_number<std::int64_t>(not_whole);
  return not_whole ? 0 : number;
}

/// Returns the status as text: a list contains the number `statusCode`, and a record the text in `response`.
std::string status_of(const json::object& record) {
  if (const auto* response = record.if_contains("response"); response != nullptr && response->is_object())
    return std::string(string_member(response->get_object(), "status"));
  const auto* code = record.if_contains("statusCode");
  if (code == nullptr || !code->is_int64()) return {};
  switch (code->get_int64()) {
    case 0:
      return "success";
    case 1:
      return "application error";
    case 2:
      return "developer error";
    default:
      return "internal error";
  }
}

/// Returns `PACKAGE/ACTION` from the annotation `path`, which is `NS/PACKAGE/ACTION`.
std::string full_name_of(const json::object& record) {
  const auto* path = annotation_of(record, "path");
  if (path != nullptr && path->is_string()) {
    const std::string_view text = path->get_string();
    if (const auto slash = text.find('/'); slash != std::string_view::npos) return std::string(text.substr(slash + 1));
  }
  return std::string(string_member(record, "name"));
}

ListedActivation listed(const json::object& record) {
  return {.id = std::string(string_member(record, "activationId")),
          .name = full_name_of(record),
          .start_ms = whole_number(record, "start"),
          .duration_ms = whole_number(record, "duration"),
          .status = status_of(record),
          .record = record};
}

bool is_action(const ListedActivation& activation) {
  const auto* kind = annotation_of(activation.record, "kind");
  return kind != nullptr && kind->is_string() && std::string_view(kind->get_string()) != "sequence";
}

}  // namespace

std::vector<ListedActivation> list_activations(const OpenWhiskClient& client, const ActivationQuery& query) {
  auto path = cat("activations?limit=", query.limit);
  if (!query.action.empty()) path += cat("&name=", form_encode(query.action));
  if (query.since) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(query.since->time_since_epoch());
    path += cat("&since=", since.count());
  }
  const auto answer = client.get(path);
  std::vector<ListedActivation> all;
  if (!answer.is_array()) return all;
  for (const auto& record : answer.get_array())
    if (record.is_object()) all.push_back(listed(record.get_object()));
  std::ranges::stable_sort(all, std::ranges::greater(), &ListedActivation::start_ms);
  // In case the platform ignores the limit.
  if (all.size() > static_cast<std::size_t>(query.limit)) all.resize(static_cast<std::size_t>(query.limit));
  return all;
}

json::value get_activation(const OpenWhiskClient& client, const std::string& id, std::string_view part) {
  return client.get(cat("activations/", percent_encode(id), part.empty() ? "" : "/", part));
}

std::vector<ActivationLogs> list_logs(const OpenWhiskClient& client, const ActivationQuery& query,
                                      const std::set<std::string>& known) {
  std::vector<ActivationLogs> all;
  auto found = list_activations(client, query);
  std::ranges::reverse(found);
  for (const auto& activation : found) {
    if (known.contains(activation.id) || !is_action(activation)) continue;
    const auto answer = get_activation(client, activation.id, "logs");
    const auto* logs = answer.is_object() ? answer.get_object().if_contains("logs") : nullptr;
    ActivationLogs entry{.activation = activation, .lines = {}};
    if (logs != nullptr && logs->is_array())
      for (const auto& line : logs->get_array())
        if (line.is_string()) entry.lines.emplace_back(line.get_string());
    if (!entry.lines.empty()) all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace adit::deploy
