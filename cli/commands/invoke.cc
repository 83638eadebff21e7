#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adit/error.h"
#include "adit/json.h"
#include "adit/log.h"
#include "cli/command_line/command.h"
#include "cli/project/ims_option.h"
#include "cli/project/project_build.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "app/inputs/inputs.h"
#include "app/project/bundler.h"
#include "app/project/secret_names.h"
#include "base/interrupted.h"
#include "base/json/json_file.h"
#include "base/text/text.h"
#include "base/trace.h"
#include "dev/entity/action_entity.h"
#include "dev/host/action_environment.h"
#include "dev/host/action_host.h"
#include "dev/node/node_action.h"
#include "dev/web/web_action.h"
#include "http/destination_log.h"
#include "system/files/inside.h"

namespace adit::cli {
namespace {

struct InvokeRequest {
  std::string action;
  std::string project;
  std::optional<std::string> env_file;
  std::optional<std::string> param_file;
  /// Key, value, key, value, …
  std::vector<std::string> params;
  ImsOption ims;
  bool full = false;
  bool no_hooks = false;
};

json::object read_param_file(const std::string& path) {
  constexpr std::string_view kForm = R"(Write one JSON object, a member for each parameter: {"NAME": VALUE}.)";
  auto value = parse_json_file(read_file(path), path, kForm);
  if (!value.is_object())
    throw Error::configuration("invalid_params",
                               cat("The parameter file must contain a JSON object, but here is ", kind_of(value), "."))
        .at(path, 1, 1)
        .hint(std::string(kForm));
  return std::move(value.get_object());
}

/// The parameters of the action, and the origin of the secret in them that the user controls most.
struct Params {
  json::object values;
  std::optional<SettingOrigin> secret;
};

/// Refuses parameters that would replace final inputs, as the platform does for every caller, even one with the key.
void refuse_final(const std::string& name, const dev::WebRules& rules, const app::Action& action) {
  if (!rules.immutable.contains(name)) return;
  throw Error::configuration("input_final", cat("The input ", name, " of ", action.full_name(),
                                                " has a value and is final, so no caller can replace it."))
      .at(action.where)
      .hint(
          "After deployment such a request is answered with 400. Change the value in the manifest or in .env, or remove `final: true`.");
}

/// Collects the parameters: the manifest's inputs, then those of the file, then those of the command line; later ones
/// win.
Params all_params(const InvokeRequest& request, const app::Project& project, const app::Action& action,
                  const app::MappedInputs& inputs) {
  Params params{inputs.params, inputs.secret};
  dev::WebRules rules = dev::WebRules::of(action.annotations, inputs.params);
  if (action.has_annotation("require-adobe-auth")) rules = rules.with_adobe_auth();
  const auto note_secret = [&params](const std::string& name, const std::string& where) {
    if (app::names_a_secret(name)) params.secret = SettingOrigin{name, SettingSource::command_line, {where, 0, 0}};
  };
  if (request.param_file) {
    // A parameter file inside the project is not trusted more than its `.env`.
    const bool own = !is_inside(*request.param_file, project.root);
    for (const auto& [key, value] : read_param_file(*request.param_file)) {
      refuse_final(key, rules, action);
      params.values[key] = value;
      if (own) note_secret(key, *request.param_file);
    }
  }
  for (std::size_t i = 0; i + 1 < request.params.size(); i += 2) {
    refuse_final(request.params[i], rules, action);
    params.values[request.params[i]] = param_value(request.params[i + 1]);
    note_secret(request.params[i], "the command line");
  }
  return params;
}

/// Warns of each variable without a value that an input names, unless a parameter replaces the input.
void warn_of_unset(const app::Action& action, const app::MappedInputs& inputs, const app::ProjectEnvironment& settings,
                   const json::object& params) {
  const auto is_given = [&params](const app::Unset& variable) {
    const auto* given = params.if_contains(variable.input);
    return given != nullptr && !(given->is_string() && given->get_string().empty());
  };
  const auto warn = [](const app::Unset& variable, std::string_view why) {
    log(LogLevel::warn, cat(variable.where.to_string(), ": the input ", variable.input, " takes ",
                            variable.is_well_formed ? variable.name : "a broken reference", ", which is ", why));
  };
  bool any = false;
  for (const auto& unset : inputs.unset) {
    if (is_given(unset)) continue;
    any = true;
    warn(unset, cat("not set; ", app::remedy_of(unset, settings.environment, settings.env_file)));
  }
  for (const auto& empty : app::empty_variables(action, settings.environment)) {
    const auto* variable = settings.environment.find(empty.name);
    if (is_given(empty) || variable == nullptr) continue;
    warn(empty, cat("set, but empty (", variable->origin.to_string(), ")"));
  }
  if (any && !settings.env_file_found)
    log(LogLevel::warn,
        cat("There is no file ", settings.env_file, ", where an App Builder project keeps such values."));
}

std::string files_read(const app::Project& project, const app::ProjectEnvironment& settings) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& file) {
    std::error_code error;
    const auto relative = std::filesystem::relative(file, project.root, error).string();
    files.push_back(error || relative.empty() || relative.starts_with("..") ? file : relative);
  };
  for (const auto& file : project.files) add(file);
  if (settings.env_file_found) add(settings.env_file);
  return join(files, ", ");
}

dev::HostOptions options_for_terminal(const app::Project& project, const app::Action& action,
                                      const std::string& program, const Environment& environment, Waiting& waiting) {
  auto options = dev::host_options(project, action, program, environment);
  // Without a key Adobe's libraries assume that the action does not run on the platform.
  if (options.runtime.api_key.empty() && dev::provides_api_key(action.annotations))
    options.runtime.api_key = dev::make_api_key();
  if (!common_options().quiet)
    options.on_log = [&waiting](dev::LogStream, std::string_view bytes) { waiting.write(bytes); };
  if (trace::enabled()) {
    options.on_step = [](const trace::Step& step) {
      if (!trace::is_of_request(step.kind)) trace::report(step.name, step.detail, step.took, step.kind);
    };
  }
  options.interrupted = [] { return Interrupts::signal() != 0; };
  return options;
}

/// Runs the hooks around the build, and builds or bundles the action if something changed. Returns the path of the
/// program or the script; empty for a Node.js action that runs as it is.
std::string build_if_needed(const InvokeRequest& request, const app::Project& project, const app::Action& action,
                            const Environment& environment) {
  const auto extension = extension_of(project, action);
  if (!request.no_hooks) run_hooks_for_terminal(project, environment, {"pre-app-build", "build-actions"}, extension);
  std::string program;
  const bool bundled = app::is_bundled(project, action);
  if (action.is_cpp() || bundled) {
    const trace::Stopwatch building;
    const auto built =
        bundled ? bundle_for_terminal(project, action, environment) : build_for_terminal(project, action);
    trace::report(built.was_built ? "action built" : "action up to date", built.program, building.elapsed());
    program = built.program;
  }
  if (!request.no_hooks) run_hooks_for_terminal(project, environment, {"post-app-build"}, extension);
  return program;
}

/// Prints only the result to stdout, and remarks about it to stderr.
void print_result(const InvokeRequest& request, const app::Action& action, const dev::ActivationRecord& record) {
  std::cout << shown_pretty_json(request.full ? json::value(record.to_json()) : record.result) << '\n';
  if (record.success()) return;
  exit_code() = 1;
  if (common_options().quiet)  // which does not show the log while the action runs
    for (const auto& line : record.logs) Waiting("").write(cat(line, '\n'));
  const bool crashed = record.status == dev::ActivationStatus::developer_error;
  print_error(cat(action.where.to_string(), ": ", action.full_name(), " failed",
                  crashed ? cat(": ", string_member(record.result.as_object(), "error")) : " with its own error.",
                  record.hint.empty() ? "" : "\n  ", record.hint));
}

void invoke(const InvokeRequest& request) {
  const trace::Stopwatch whole;
  const Interrupts interrupts;
  const dev::OrphansOfActions end_orphans_last;
  const trace::Stopwatch reading;
  const auto project = open_project(request.project);
  const auto& action = project.find_action(request.action);
  auto settings = app::environment_for(project.root, request.env_file);
  trace::report("configuration read", files_read(project, settings), reading.elapsed());

  const trace::Stopwatch mapping;
  auto inputs = app::map_inputs(action, settings.environment);
  const auto params = all_params(request, project, action, inputs);
  trace::report("inputs mapped",
                cat(action.full_name(), ": ", inputs.params.size(), " inputs, ", inputs.unset.size(),
                    " of their variables unset"),
                mapping.elapsed());
  warn_of_unset(action, inputs, settings, params.values);

  const trace::Stopwatch opening;
  const auto ims = request.ims.open(settings.environment, &params.values);
  for (const auto& [name, variable] : ims.variables) settings.environment.set_override(name, variable);
  dev::refuse_untrusted_destinations(settings.environment, params.secret);
  http::log_all_pending();
  if (ims.is_local()) trace::report("emulator started", ims.ims.url, opening.elapsed());

  const auto program = build_if_needed(request, project, action, settings.environment);
  const auto record = [&] {
    Waiting waiting(cat("Running ", action.full_name()));
    dev::ActionHost host(options_for_terminal(project, action, program, settings.environment, waiting));
    return host.run(params.values);
  }();
  trace::report("finished", cat("activation ", record.id, record.success() ? ": success" : ": failed"),
                whole.elapsed());
  print_result(request, action, record);
}

}  // namespace

void add_invoke(Command program) {
  auto command = program.add_command("invoke", "Run one action of the project once and print its result");
  auto request = std::make_shared<InvokeRequest>();
  command.add_option("ACTION", request->action,
                     "package/action, or only action if that is unique; default: the project's only action");
  // Not a vector of pairs: CLI11 would read brackets in a value as a list.
  command
      .add_option("-p,--param", request->params,
                  "A parameter. A value that is valid JSON is read as JSON, any other as text. May be repeated")
      .type_name("KEY VALUE")
      .repeatable_pair();
  command.add_option("-P,--param-file", request->param_file, "A file with a JSON object of parameters")
      .type_name("FILE.json");
  request->ims.add_to(command);
  command.add_option("--env-file", request->env_file, "Read this file instead of the project's .env").type_name("FILE");
  command
      .add_option("--project", request->project, "The project's folder or one inside it; default: the current folder")
      .type_name("DIR");
  command.add_flag("--full", request->full, "Print the activation record instead of the result");
  command.add_flag("--no-hooks", request->no_hooks, "Do not run the project's hooks (pre-app-build and others)");
  command.run([request] {
    try {
      invoke(*request);
    } catch (const Interrupted&) {
      print_error("Interrupted; everything that was running was stopped.");
      exit_code() = 128 + Interrupts::signal();
    }
  });
}

}  // namespace adit::cli
