// `adit deploy` and `adit undeploy`.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adit/error.h"
#include "adit/log.h"
#include "cli/command_line/command.h"
#include "cli/project/deployable_code.h"
#include "cli/project/platform_access.h"
#include "cli/project/project_build.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "config/secret_destination.h"
#include "deploy/desired.h"
#include "deploy/plan.h"

namespace adit::cli {
namespace {

struct DeployRequest {
  PlatformAccessOptions platform;
  std::string target;
  bool dry_run = false;
  bool no_verify = false;
  bool no_hooks = false;
  bool json = false;
};

constexpr std::string_view kDeployFooter =
    R"(adit shows what is new, changed or removed, and makes the changes after you agree (--yes agrees beforehand). It
removes what this project deployed earlier and no longer defines. If a deployment stops in the middle, the next one
finishes it. Afterwards adit calls each web action that requires a token or a key without one; the action must refuse.

Use `aio app deploy` for web assets, I/O Events and publishing an app; see docs/deploying.md.)";

json::object step_json(const deploy::Step& step) {
  return {{"change", name_of(step.change)}, {"kind", name_of(step.kind)}, {"name", step.name}};
}

Style style_of(deploy::Change change) {
  switch (change) {
    case deploy::Change::create:
      return Style::added;
    case deploy::Change::remove:
      return Style::removed;
    case deploy::Change::update:
      return Style::strong;
    case deploy::Change::keep:
      break;
  }
  return Style::faint;
}

/// Prints a line for each step, and only the number of unchanged entities.
void show_plan(std::ostream& out, Stream stream, const deploy::Plan& plan) {
  std::size_t unchanged = 0;
  for (const auto& step : plan.steps) {
    if (step.change == deploy::Change::keep) {
      ++unchanged;
      continue;
    }
    std::string word(name_of(step.change));
    word.resize(9, ' ');
    out << styled(stream, style_of(step.change), word) << name_of(step.kind) << ' ' << step.name << '\n';
  }
  if (unchanged > 0) out << unchanged << " unchanged\n";
  for (const auto& text : plan.notes) out << text << '\n';
}

void confirm(const deploy::Plan& plan, const std::string& question, std::string_view nothing_done) {
  if (!common_options().yes && !common_options().quiet) show_plan(std::cerr, Stream::err, plan);
  if (!common_options().yes && !can_ask())
    throw Error::configuration("not_confirmed", cat(nothing_done, ": there is no terminal to ask at."))
        .hint("Give --yes to make the changes shown, or --dry-run to see them.");
  if (!ask_yes_no(question)) throw Error::configuration("not_confirmed", cat(nothing_done, "."));
}

/// Makes the changes. If one fails, reports what is done and what is not.
void make_changes(const deploy::Plan& plan, const deploy::OpenWhiskClient& client, const Secret& key) {
  std::vector<const deploy::Step*> begun;
  try {
    ProgressLine progress("Deploying");
    deploy::apply(plan, client, key, [&](const deploy::Step& step) {
      if (Interrupts::signal() != 0) throw Interrupted();
      begun.push_back(&step);
      progress.tick(cat(name_of(step.kind), " ", step.name));
    });
  } catch (const Error&) {
    std::size_t left = 0;
    std::string names;
    for (const auto& step : plan.steps) {
      if (step.change == deploy::Change::keep) continue;
      const bool is_done =
          !begun.empty() && &step != begun.back() && std::find(begun.begin(), begun.end(), &step) != begun.end();
      if (is_done) continue;
      ++left;
      if (left <= 10) names += cat("\n  ", name_of(step.change), " ", name_of(step.kind), " ", step.name);
    }
    const auto done = begun.empty() ? 0 : begun.size() - 1;
    print_error(cat("Stopped after ", counted(done, "change"), "; ", left,
                    " are not made. The same command finishes the work.", names, left > 10 ? "\n  …" : ""));
    throw;
  }
}

/// Only Adobe's validators enforce `require-adobe-auth`.
void refuse_open_actions(const app::Project& project, const PlatformSession& session) {
  if (session.destination().has_adobe_validators()) return;
  for (const auto* action : project.actions()) {
    if (action->web == app::Web::no || !action->has_annotation("require-adobe-auth")) continue;
    throw Error::configuration("auth_not_enforced",
                               cat(action->full_name(), " has `require-adobe-auth`, which ",
                                   session.destination().shown(), " does not know: anyone could call it."))
        .hint(
            "Remove the annotation and let the action check the token (require_valid_token() in C++), or give --no-verify to deploy it open.")
        .at(action->where);
  }
}

deploy::DesiredOptions desired_options(const app::Project& project, const PlatformSession& session) {
  const auto& environment = session.environment();
  const auto* stage = environment.find_ignoring_case("AIO_CLI_ENV");
  deploy::DesiredOptions options{.name_space = session.destination().name_space,
                                 .has_adobe_validators = session.destination().has_adobe_validators(),
                                 .is_stage = stage != nullptr && stage->value == "stage",
                                 .has_front_end = has_front_end(project),
                                 .api_host = session.destination().api_host,
                                 .key = session.destination().key};
  return options;
}

/// A feed gets the namespace's key, with which it fires the trigger. So it must be one of the platform or of the
/// namespace itself.
void check_feeds(const deploy::DesiredEntities& desired, const deploy::Destination& destination,
                 const std::string& name_space) {
  for (const auto& entity : desired.all) {
    if (entity.feed.empty()) continue;
    if (destination.key.empty())
      throw Error::configuration("missing_params", cat("The feed of the trigger ", entity.name,
                                                       " needs the namespace's key, and AIO_runtime_auth is not set."))
          .hint("Set AIO_runtime_auth in .env.")
          .at(entity.where);
    const bool is_foreign = entity.feed.starts_with('/') && !entity.feed.starts_with("/whisk.system/") &&
                            !entity.feed.starts_with("/_/") && !entity.feed.starts_with(cat("/", name_space, "/"));
    if (is_foreign && destination.key_origin)
      refuse_untrusted_destination(*destination.key_origin,
                                   {cat("The feed of the trigger ", entity.name), SettingSource::project, entity.where},
                                   "put AIO_runtime_auth into the project's .env");
  }
}

/// Finds the name of the namespace `_`, because references between entities must contain it.
void resolve_namespace(deploy::DesiredOptions& options, const deploy::OpenWhiskClient& client) {
  if (options.name_space == "_") options.name_space = client.own_namespace();
}

/// Calls the action without credentials and returns the status.
int status_without_credentials(PlatformSession& session, const std::string& name) {
  constexpr int kTries = 5;  // a gateway may need a while to know a new deployment
  for (int attempt = 1;; ++attempt) {
    const auto status = http::Request::get(session.destination().web_url(name))
                            .timeout(std::chrono::seconds(70))
                            .send(session.transport())
                            .status();
    const bool unknown_yet = status == 404 || status >= 500;
    if (!unknown_yet || attempt == kTries || !Interrupts::sleep(std::chrono::milliseconds(300))) return status;
  }
}

/// Returns the names of the actions that reject requests without credentials.
std::vector<std::string> verify(PlatformSession& session, const deploy::DesiredEntities& desired) {
  std::vector<std::string> proven;
  std::vector<std::string> open;
  for (const auto& entity : desired.all) {
    if (!entity.requires_token) continue;
    const auto status = status_without_credentials(session, entity.name);
    if (status == 401 || status == 403) {
      proven.push_back(entity.name);
    } else {
      open.push_back(cat(entity.name, " (answered ", status, ")"));
    }
  }
  if (open.empty()) return proven;
  throw Error::failure(
      "auth_not_verified",
      cat("These actions require a token or a key, but did not reject a request without one: ", join(open, ", "), "."))
      .hint(
          "They are deployed. Until this is corrected, remove them with `adit undeploy`, or make them non-web actions.");
}

void report_done(const DeployRequest& request, const PlatformSession& session, const deploy::Plan& plan,
                 const deploy::DesiredEntities& desired, const std::vector<std::string>& proven) {
  json::object urls;
  for (const auto& entity : desired.all)
    if (entity.is_web) urls[entity.name] = session.destination().web_url(entity.name);
  if (request.json) {
    json::array steps;
    for (const auto& step : plan.steps) steps.push_back(step_json(step));
    json::array refusing;
    for (const auto& name : proven) refusing.push_back(json::string(name));
    std::cout << shown_pretty_json(json::object{{"to", session.destination().shown()},
                                                {"steps", std::move(steps)},
                                                {"urls", std::move(urls)},
                                                {"auth_enforced", std::move(refusing)}})
              << '\n';
    return;
  }
  for (const auto& [name, url] : urls) std::cout << unquoted(url) << '\n';
  if (!proven.empty())
    note(cat("checked: these actions reject a request without a token or key: ", join(proven, ", ")));
}

void deploy(const DeployRequest& request) {
  const Interrupts interrupts;
  const auto project = open_project(request.platform.project.project);
  PlatformSession session(request.platform);
  const auto& destination = session.destination();
  if (!request.no_verify) refuse_open_actions(project, session);
  const auto client = session.deployer();
  auto options = desired_options(project, session);
  resolve_namespace(options, client);
  const auto run_hooks = [&](std::initializer_list<std::string_view> names) {
    if (!request.no_hooks && !request.dry_run) run_hooks_for_terminal(project, session.environment(), names);
  };
  run_hooks({"pre-app-build", "build-actions"});
  const auto code = deployable_code(
      project, session.environment(),
      request.target.empty() ? (destination.platform == deploy::PlatformKind::openwhisk ? "native" : "nodejs")
                             : request.target);
  run_hooks({"build-static", "post-app-build"});
  const auto desired = deploy::desired_entities(project, session.environment(), code, options);
  for (const auto& text : desired.unset) log(LogLevel::warn, text);
  if (desired.secret) {
    destination.refuse_untrusted(*desired.secret);
    destination.refuse_foreign_namespace(*desired.secret, session.deployer_origin());
  }
  check_feeds(desired, destination, options.name_space);
  const bool has_routes = !project.routes().empty();
  const auto plan = deploy::make_plan(desired, deploy::read_deployed(client, has_routes));
  if (request.dry_run) {
    if (!request.json) return show_plan(std::cout, Stream::out, plan);
    json::array steps;
    for (const auto& step : plan.steps) steps.push_back(step_json(step));
    std::cout << shown_pretty_json(json::object{{"to", destination.shown()}, {"steps", std::move(steps)}}) << '\n';
    return;
  }
  if (plan.changes_anything()) {
    confirm(plan, cat("Deploy to ", destination.shown(), "?"), "Nothing was deployed");
    run_hooks({"pre-app-deploy"});
    make_changes(plan, client, destination.key);
    run_hooks({"post-app-deploy"});
  } else {
    note("Nothing has changed.");
  }
  for (const auto& text : plan.notes) note(text);
  const auto proven = request.no_verify ? std::vector<std::string>() : verify(session, desired);
  report_done(request, session, plan, desired, proven);
}

void undeploy(const DeployRequest& request) {
  const Interrupts interrupts;
  const auto project = open_project(request.platform.project.project);
  PlatformSession session(request.platform);
  const auto client = session.deployer();
  std::set<std::string> names;
  for (const auto& package : project.packages) names.insert(deploy::managed_name(project, package.extension));
  const auto deployed = deploy::read_deployed(client, !project.routes().empty());
  const auto plan = deploy::make_removal_plan(project, names, deployed);
  const auto print_plan = [&] {
    if (!request.json) return show_plan(std::cout, Stream::out, plan);
    json::array steps;
    for (const auto& step : plan.steps) steps.push_back(step_json(step));
    std::cout << shown_pretty_json(json::object{{"to", session.destination().shown()}, {"steps", std::move(steps)}})
              << '\n';
  };
  if (request.dry_run) return print_plan();
  if (!plan.changes_anything()) {
    note(cat("Nothing of this project is deployed to ", session.destination().shown(), "."));
    if (request.json) print_plan();
    return;
  }
  confirm(plan, cat("Remove these from ", session.destination().shown(), "?"), "Nothing was removed");
  if (!request.no_hooks) run_hooks_for_terminal(project, session.environment(), {"pre-app-undeploy"});
  make_changes(plan, client, session.destination().key);
  if (!request.no_hooks) run_hooks_for_terminal(project, session.environment(), {"post-app-undeploy"});
  print_plan();
}

template <typename Work>
void interruptible(Work work) {
  try {
    work();
  } catch (const Interrupted&) {
    print_error("Interrupted.");
    exit_code() = 128 + Interrupts::signal();
  }
}

}  // namespace

void add_deploy(Command program) {
  auto command = program.add_command(
      "deploy",
      "Build the project and deploy its actions, triggers and rules to a platform, after showing what changes");
  auto request = std::make_shared<DeployRequest>();
  request->platform.add_to(command);
  command
      .add_option(
          "--target", request->target,
          "The package format of C++ actions, as in `adit package`; default: native for openwhisk, nodejs otherwise")
      .one_of({"nodejs", "native"});
  command.add_flag("--dry-run", request->dry_run, "Show what would change, and change nothing");
  command.add_flag("--no-verify", request->no_verify,
                   "Do not check that actions which require a token or a key refuse calls without one");
  command.add_flag("--no-hooks", request->no_hooks, "Do not run the project's hooks (pre-app-deploy and others)");
  command.add_flag("--json", request->json, "Print the plan and the URLs of web actions as JSON");
  command.footer(std::string(kDeployFooter));
  command.run([request] { interruptible([&] { deploy(*request); }); });
}

void add_undeploy(Command program) {
  auto command = program.add_command(
      "undeploy", "Remove everything that this project deployed, with adit or aio, after showing what will be removed");
  auto request = std::make_shared<DeployRequest>();
  request->platform.add_to(command);
  command.add_flag("--dry-run", request->dry_run, "Show what would be removed, and change nothing");
  command.add_flag("--no-hooks", request->no_hooks, "Do not run the project's hooks (pre-app-undeploy and others)");
  command.add_flag("--json", request->json, "Print what was removed as JSON");
  command.run([request] { interruptible([&] { undeploy(*request); }); });
}

}  // namespace adit::cli
