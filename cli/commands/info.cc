// `adit info`: shows the resolved configuration and the URLs of web actions.
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adit/error.h"
#include "cli/command_line/command.h"
#include "cli/project/platform_access.h"
#include "cli/project/project_build.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "app/project/secret_names.h"
#include "app/yaml/source_file.h"
#include "base/text/text.h"
#include "deploy/destination.h"

namespace adit::cli {
namespace {

struct InfoRequest {
  PlatformAccessOptions platform;
  bool json = false;
};

/// A value and where it was set.
struct Row {
  std::string name;
  std::string value;
  std::string origin;
};

constexpr std::string_view kHidden = "<hidden>";

std::string origin_text(const std::optional<SettingOrigin>& origin) {
  return origin ? origin->where.to_string() : std::string("default");
}

std::vector<Row> platform_rows(const deploy::Destination& to) {
  std::vector<Row> rows = {
      {"platform", to.shown(), ""},
      {"host", to.api_host, origin_text(to.host_origin)},
      {"namespace", to.name_space, origin_text(to.namespace_origin)},
      {"key", to.key.empty() ? "" : std::string(kHidden), to.key.empty() ? "not set" : origin_text(to.key_origin)}};
  if (to.write_url != to.api_host) rows.push_back({"deploys by", to.write_url, origin_text(to.write_origin)});
  return rows;
}

/// A URL may contain a password (`redis://:password@host`).
bool may_hold_a_secret(const std::string& name, std::string_view value) {
  return app::names_a_secret(name) ||
         (value.find("://") != std::string_view::npos && value.find('@') != std::string_view::npos);
}

/// Returns the settings that adit and Adobe's tools read, without those in the platform's rows.
std::vector<Row> setting_rows(const Environment& environment) {
  std::vector<Row> rows;
  std::set<std::string> seen;
  for (const auto* beginning : {"ADIT_", "AIO_", "IMS_OAUTH_S2S_", "JWT_"}) {
    for (const auto& name : environment.names(beginning)) {
      const auto* variable = environment.find(name);
      if (variable == nullptr || !seen.insert(name).second) continue;
      const std::string_view value = variable->value;
      const auto line = value.substr(0, value.find('\n'));
      rows.push_back({name, may_hold_a_secret(name, value) && !value.empty() ? std::string(kHidden) : std::string(line),
                      variable->origin.to_string()});
    }
  }
  return rows;
}

json::array json_of(const std::vector<Row>& rows) {
  json::array array;
  for (const auto& row : rows)
    array.push_back(json::object{{"name", row.name}, {"value", row.value}, {"origin", row.origin}});
  return array;
}

void print_rows(const std::string& heading, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  std::cout << styled(Stream::out, Style::strong, heading) << '\n';
  std::vector<std::vector<std::string>> cells;
  cells.reserve(rows.size());
  for (const auto& row : rows) cells.push_back({cat("  ", row.name), row.value, row.origin});
  print_table(std::cout, Stream::out, cells);
}

void info(const InfoRequest& request) {
  const auto project = open_project(request.platform.project.project);
  const PlatformSession session(request.platform);
  const auto& to = session.destination();
  std::vector<Row> project_rows = {{"name", cat(project.name, " ", project.version), ""}};
  for (const auto& file : project.files) project_rows.push_back({"read", app::shown_path(file), ""});
  project_rows.push_back({session.settings().env_file_found ? "read" : "missing", session.settings().env_file, ""});
  std::vector<Row> urls;
  for (const auto* action : project.actions())
    if (action->web != app::Web::no)
      urls.push_back({action->full_name(), to.web_url(action->full_name()), action->where.to_string()});
  for (const auto* sequence : project.sequences())
    if (sequence->web != app::Web::no)
      urls.push_back({sequence->full_name(), to.web_url(sequence->full_name()), sequence->where.to_string()});
  if (request.json) {
    std::cout << shown_pretty_json(json::object{{"project", json_of(project_rows)},
                                                {"platform", json_of(platform_rows(to))},
                                                {"settings", json_of(setting_rows(session.environment()))},
                                                {"urls", json_of(urls)}})
              << '\n';
    return;
  }
  print_rows("Project", project_rows);
  print_rows("Platform", platform_rows(to));
  print_rows("Settings", setting_rows(session.environment()));
  print_rows("Web actions", urls);
}

}  // namespace

void add_info(Command program) {
  auto command = program.add_command(
      "info",
      "Show the project's configuration, where each value was set, and the URLs of web actions, but no secrets");
  auto request = std::make_shared<InfoRequest>();
  request->platform.add_to(command);
  command.add_flag("--json", request->json, "Print JSON");
  command.run([request] { info(*request); });
}

}  // namespace adit::cli
