#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "adit/json.h"
#include "cli/command_line/command.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"
#include "cli/terminal/text_diff.h"

#include "app/migrate/migration.h"
#include "app/project/project_root.h"
#include "app/yaml/source_file.h"
#include "system/files/replace_file.h"

namespace adit::cli {
namespace {

struct MigrateRequest {
  std::string project;
  std::optional<std::string> env_file;
  bool both = false;
  bool dry_run = false;
  bool json = false;
};

bool is_manifest(const FileChange& change) { return change.path.ends_with(".yaml") || change.path.ends_with(".yml"); }

std::string difference(const FileChange& change) {
  const auto before = change.before.value_or("");
  const auto shown = app::shown_path(change.path);
  if (is_manifest(change)) return unified_diff(before, change.after, shown);
  return unified_diff(hide_dotenv_values(before), hide_dotenv_values(change.after), shown);
}

void print_plan_json(const MigrateRequest& request, const app::Migration& plan) {
  json::array files;
  for (const auto& change : plan.changes) files.emplace_back(app::shown_path(change.path));
  json::array remaining;
  for (const auto& step : plan.remaining) remaining.emplace_back(step);
  json::array sources;
  for (const auto& use : plan.sources)
    sources.push_back(json::object{{"file", use.where.file}, {"line", use.where.line}, {"what", use.what}});
  json::object out{{"written", !request.dry_run && !plan.changes.empty()},
                   {"files", std::move(files)},
                   {"remaining", std::move(remaining)},
                   {"sources", std::move(sources)}};
  if (!plan.backup.empty()) out["backup"] = app::shown_path(plan.backup);
  if (!plan.nothing_because.empty()) out["nothing_because"] = plan.nothing_because;
  std::cout << shown_json(out) << '\n';
}

void print_plan(const MigrateRequest& request, const app::Migration& plan) {
  for (const auto& change : plan.changes) {
    if (change.path == plan.backup) continue;
    if (request.dry_run) {
      print_diff(std::cout, Stream::out, difference(change));
    } else {
      std::cout << "changed  " << app::shown_path(change.path) << '\n';
    }
  }
  if (!plan.backup.empty()) {
    std::cout << (request.dry_run ? "would keep " : "kept     ") << app::shown_path(plan.backup)
              << ", the old settings with their secrets: do not commit it\n";
  }
  if (!plan.nothing_because.empty()) {
    std::cout << "There is nothing to convert. " << plan.nothing_because << '\n';
  } else if (plan.changes.empty()) {
    note("nothing is left to migrate in .env and the manifests");
  }
  if (!plan.sources.empty()) {
    std::cout
        << "\nLines that mention JWT (C++ that uses adit::Credentials needs no change except for inputs that it checks by name; JavaScript gets its token from @adobe/aio-lib-ims or a POST to /ims/token/v3):\n";
    for (const auto& use : plan.sources) std::cout << "  " << use.where.to_string() << ": " << use.what << '\n';
  }
  if (!plan.remaining.empty()) {
    std::cout << "\nWhat remains to do:\n";
    int number = 0;
    for (const auto& step : plan.remaining) std::cout << "  " << ++number << ". " << step << '\n';
  }
}

void run_migrate(const MigrateRequest& request) {
  const auto root = app::find_project_root(request.project);
  const auto env_file = request.env_file.value_or((std::filesystem::path(root) / ".env").string());
  const auto plan = [&] {
    const Waiting waiting("Looking through the project");
    return app::plan_migration(root, env_file, request.both);
  }();
  if (!request.dry_run) replace_files(plan.changes);
  if (request.json) {
    print_plan_json(request, plan);
  } else {
    print_plan(request, plan);
  }
}

}  // namespace

void add_migrate(Command program) {
  auto command = program.add_command("migrate", "Convert a project from JWT credentials to OAuth server-to-server");
  const auto request = std::make_shared<MigrateRequest>();
  command.add_flag("--dry-run", request->dry_run, "Print the changes with secrets hidden, and write nothing");
  command.add_flag("--both", request->both, "Keep the JWT settings and inputs beside the new ones");
  command.add_option("--env-file", request->env_file, "Read and rewrite this file instead of the project's .env")
      .type_name("FILE");
  command.add_option("--project", request->project, "The project's folder").type_name("DIR");
  command.add_flag("--json", request->json,
                   "Print the changed files, the remaining steps and the source lines to change as JSON");
  command.run([request] { run_migrate(*request); });
}

}  // namespace adit::cli
