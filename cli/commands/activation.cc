// `adit activation` and `adit logs`: show what ran on a platform.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/error.h"
#include "cli/command_line/command.h"
#include "cli/project/platform_access.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "app/project/load_project.h"
#include "app/project/project_root.h"
#include "base/interrupted.h"
#include "base/text/duration.h"
#include "base/text/text.h"
#include "base/text/visible_text.h"
#include "deploy/activations.h"

namespace adit::cli {
namespace {

struct ActivationRequest {
  PlatformAccessOptions platform;
  std::string action;
  std::string id;
  std::optional<std::string> since;
  int limit = 0;
  bool last = false;
  bool follow = false;
  bool json = false;
};

/// Returns the time of --since: `5m` means five minutes ago.
std::optional<WallTime> since_of(const ActivationRequest& request) {
  if (!request.since) return std::nullopt;
  const auto ago = parse_duration(*request.since);
  if (!ago || ago->count() < 0)
    throw Error::configuration("invalid_since", cat("--since ", *request.since, " is not a duration."))
        .hint("Write 30s, 10m, 2h or 7d.");
  return Clock::system().wall_now() - *ago;
}

std::string time_text(std::int64_t milliseconds) {
  return to_rfc3339(WallTime{std::chrono::milliseconds(milliseconds)});
}

std::string padded(std::string text, std::size_t columns) {
  text.resize(std::max(text.size() + 1, columns), ' ');
  return text;
}

/// Returns the message that no activation was found. It explains how actions are named, because OpenWhisk does not say
/// whether the action exists, and `hello` is another action than `greetings/hello`. `condition` follows the name.
std::string no_activation_found(const std::string& action, std::string_view condition = {}) {
  const bool has_package = action.empty() || action.find('/') != std::string::npos;
  return cat("There is no activation", action.empty() ? "" : " of ", action, condition, ".",
             has_package ? "" : " An action in a package is named PACKAGE/ACTION.");
}

void list(const ActivationRequest& request) {
  PlatformSession session(request.platform);
  const auto found = deploy::list_activations(
      session.reader(), {.action = request.action, .since = since_of(request), .limit = request.limit});
  if (request.json) {
    json::array records;
    for (const auto& activation : found) records.push_back(activation.record);
    std::cout << shown_pretty_json(records) << '\n';
    return;
  }
  // Not print_table, which would give each cell its own line in a window of 80 columns.
  for (const auto& activation : found)
    std::cout << time_text(activation.start_ms) << "  " << visible_line(activation.id) << "  "
              << padded(cat(activation.duration_ms, " ms"), 9) << padded(visible_line(activation.status), 18)
              << visible_line(activation.name) << '\n';
  if (found.empty()) note(no_activation_found(request.action));
}

/// Returns the activation id on the command line, or that of the newest activation with --last.
std::string id_of(const ActivationRequest& request, const deploy::OpenWhiskClient& client) {
  constexpr auto kHint = "Give its id, or --last; `adit activation list` shows them.";
  if (!request.last) {
    if (request.id.empty()) throw Error::configuration("no_activation", "Which activation?").hint(kHint);
    constexpr std::size_t kLength = 32;  // OpenWhisk's ActivationId
    if (request.id.size() != kLength || request.id.find_first_not_of("0123456789abcdef") != std::string::npos)
      throw Error::configuration("no_activation",
                                 cat("An activation's id is 32 hexadecimal digits, not ", described(request.id), "."))
          .hint(kHint);
    return request.id;
  }
  const auto found = deploy::list_activations(client, {.action = request.id, .since = std::nullopt, .limit = 1});
  if (found.empty()) throw Error::failure("not_found", no_activation_found(request.id)).hint("Call an action first.");
  return found.front().id;
}

void show(const ActivationRequest& request, std::string_view part) {
  PlatformSession session(request.platform);
  const auto client = session.reader();
  const auto id = id_of(request, client);
  const auto answer = deploy::get_activation(client, id, part);
  const auto* logs = answer.is_object() ? answer.get_object().if_contains("logs") : nullptr;
  if (part == "logs" && !request.json && logs != nullptr && logs->is_array()) {
    for (const auto& line : logs->get_array()) std::cout << unquoted(line) << '\n';
    return;
  }
  const auto* result = part == "result" && answer.is_object() ? answer.get_object().if_contains("result") : nullptr;
  std::cout << shown_pretty_json(result != nullptr ? *result : answer) << '\n';
}

void print_logs(const ActivationRequest& request, const deploy::ActivationLogs& found) {
  const auto& activation = found.activation;
  if (request.json) {
    json::array lines;
    for (const auto& line : found.lines) lines.push_back(json::string(line));
    const json::object object{{"activationId", activation.id},
                              {"name", activation.name},
                              {"start", activation.start_ms},
                              {"logs", std::move(lines)}};
    std::cout << shown_json(object) << std::endl;
    return;
  }
  std::cout << styled(Stream::out, Style::strong,
                      cat(time_text(activation.start_ms), " ", visible_line(activation.name), " ",
                          visible_line(activation.id)))
            << '\n';
  for (const auto& line : found.lines) std::cout << line << '\n';
  std::cout << std::flush;
}

/// Returns the names under which the action may run: with `require-adobe-auth` it is deployed under another name.
std::vector<std::string> names_of(const ActivationRequest& request, const PlatformSession& session) {
  std::vector<std::string> names = {request.action};
  if (request.action.empty() || !session.destination().has_adobe_validators()) return names;
  try {
    const auto project = app::load_project(app::find_project_root(request.platform.project.project));
    const auto* action = project.find(request.action).action;
    if (action != nullptr && action->web != app::Web::no && action->has_annotation("require-adobe-auth"))
      names.push_back(cat(action->package, "/__secured_", action->name));
  } catch (const Error&) {
    return names;  // the deployed action need not belong to a project on this machine
  }
  return names;
}

void print_all_logs(const ActivationRequest& request) {
  PlatformSession session(request.platform);
  const auto client = session.reader();
  const auto names = names_of(request, session);
  auto since = since_of(request);
  std::set<std::string> shown;
  for (int limit = request.limit;; limit = deploy::kMostActivations) {
    const auto before = shown.size();
    for (const auto& name : names) {
      for (const auto& found : deploy::list_logs(client, {.action = name, .since = since, .limit = limit}, shown)) {
        print_logs(request, found);
        shown.insert(found.activation.id);
        const WallTime start{std::chrono::milliseconds(found.activation.start_ms)};
        if (request.follow && (!since || start > *since)) since = start;
      }
    }
    if (!request.follow) {
      if (shown.size() == before) note(no_activation_found(request.action, " with logs"));
      return;
    }
    if (!Interrupts::sleep(std::chrono::seconds(1))) return;
  }
}

void logs(const ActivationRequest& request) {
  const Interrupts interrupts;
  try {
    print_all_logs(request);
  } catch (const Interrupted&) {
    if (!request.follow) exit_code() = 128 + Interrupts::signal();
  }
}

template <typename Work>
void add_part(const Command& group, const std::string& name, const std::string& about, Work work) {
  auto request = std::make_shared<ActivationRequest>();
  auto command = group.add_command(name, about);
  command.add_option("ID", request->id, "The activation's id; with --last, an action or nothing");
  command.add_flag("--last", request->last, "Use the newest activation");
  request->platform.add_to(command);
  command.add_flag("--json", request->json, "Print JSON");
  command.run([request, work] { work(*request); });
}

}  // namespace

void add_activation(Command program) {
  const auto group = program.add_command("activation", "Show what has run on a platform: records, results and logs");
  group.require_command();
  auto request = std::make_shared<ActivationRequest>();
  request->limit = 30;
  auto command = group.add_command("list", "List the newest activations");
  command.add_option("ACTION", request->action, "Only those of this action, PACKAGE/ACTION; default: all");
  command.add_option("--limit", request->limit, "How many to show at most")
      .type_name("N")
      .shows_default()
      .in_range(1, 200);
  command.add_option("--since", request->since, "Only those of the last 30s, 10m, 2h, …").type_name("DURATION");
  request->platform.add_to(command);
  command.add_flag("--json", request->json, "Print the records as JSON");
  command.run([request] { list(*request); });
  add_part(group, "get", "Print an activation's record", [](const ActivationRequest& asked) { show(asked, ""); });
  add_part(group, "result", "Print an activation's result",
           [](const ActivationRequest& asked) { show(asked, "result"); });
  add_part(group, "logs", "Print an activation's logs", [](const ActivationRequest& asked) { show(asked, "logs"); });
}

void add_logs(Command program) {
  auto request = std::make_shared<ActivationRequest>();
  request->limit = 10;
  auto command = program.add_command("logs", "Print the logs of a platform's actions, oldest first");
  command.add_option("ACTION", request->action, "PACKAGE/ACTION; default: all actions");
  command.add_flag("-f,--follow", request->follow, "Continue with new log lines, until Ctrl-C");
  command.add_option("--since", request->since, "Only activations of the last 30s, 10m, 2h, …").type_name("DURATION");
  command.add_option("--limit", request->limit, "How many activations to show at most")
      .type_name("N")
      .shows_default()
      .in_range(1, 200);
  request->platform.add_to(command);
  command.add_flag("--json", request->json, "Print a JSON object for each activation, one per line");
  command.run([request] { logs(*request); });
}

}  // namespace adit::cli
