#include "app/check/check.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adit/api_client.h"
#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/json.h"
#include "cli/command_line/command.h"
#include "cli/commands/check_fix.h"
#include "cli/commands/check_formats.h"
#include "cli/project/aem_call.h"
#include "cli/project/project_token.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"
#include "cli/terminal/text_diff.h"

#include "app/check/join_findings.h"
#include "app/project/project_root.h"
#include "app/yaml/source_file.h"
#include "base/text/shell_word.h"
#include "base/text/text.h"

namespace adit::cli {
namespace {

struct CheckRequest {
  ProjectOptions options;
  std::string api = "https://ims-na1.adobelogin.com/ims/profile/v1";
  bool json = false;
  std::string format = "text";
  std::vector<std::string> ignored;
  bool strict = false;
  bool online = false;
  bool fix = false;
};

Style style_of(app::Severity severity) {
  switch (severity) {
    case app::Severity::error:
      return Style::error;
    case app::Severity::warning:
      return Style::warning;
    case app::Severity::note:
      return Style::note;
  }
  return Style::error;
}

void add_error(app::CheckReport& report, const Error& error, std::string_view what) {
  auto change = error.hint();
  if (change.empty()) change = error.retryable() ? "Try again later." : "See the message.";
  report.findings.push_back({error.code(), app::Severity::error, error.where().value_or(SourcePosition{}),
                             cat(what, ": ", error.message()), std::move(change)});
}

/// Allows a token to go only to the IMS that issued it and to hosts to which ApiClient would send it.
void refuse_foreign_host(const std::string& url, const AemCall& aem, const OpenedIms& opened,
                         const Environment& environment) {
  if (url.starts_with(opened.ims.url + '/')) return;
  auto hosts = api::ApiHosts::from_environment(environment, opened.endpoints);
  aem.add_hosts(hosts);
  if (hosts.contains(url)) return;
  throw Error::configuration("foreign_host", cat("no token is sent to ", http::split_url(url).shown(),
                                                 ", which is not an API of Adobe over https."))
      .hint("Correct --api, or name the host in ADIT_API_HOSTS.");
}

/// Exchanges the credential and calls an API with the token.
void check_online(const CheckRequest& request, const app::CheckSubject& subject, app::CheckReport& report) {
  const Waiting waiting("Asking IMS");
  std::string_view step = "The API cannot be called";
  try {
    const AemCall aem(request.options, subject.environment, request.api);
    step = "The exchange failed";
    const auto credentials = aem.is_own() ? Credentials::from_environment(subject.environment, Grant::jwt)
                                          : request.options.credentials(subject.environment);
    ProjectSession session(request.options, subject.environment);
    const auto& ims = session.opened().ims;
    step = "The API cannot be called";
    auto url = request.api;
    const auto prod = ims::Ims::prod().url;
    if (url.starts_with(prod)) url = ims.url + url.substr(prod.size());
    refuse_foreign_host(url, aem, session.opened(), subject.environment);
    aem.refuse_untrusted(credentials, {});
    if (!aem.is_own() && !url.starts_with(ims.url + '/')) session.refuse_untrusted_host(credentials, url);
    step = "The exchange failed";
    const auto token = session.source(credentials).get();
    report.passed.push_back(cat("IMS (", ims.url, ") gave a token for ", credentials.client_id(), " by ",
                                credentials.grant() == Grant::jwt ? "the JWT exchange." : "OAuth server-to-server."));
    step = "The API call failed";
    const auto answer = http::Request::get(url)
                            .bearer(token)
                            .header("x-api-key", credentials.client_id())
                            .header("x-gw-ims-org-id", credentials.org_id())
                            .send(session.transport());
    if (!answer.ok())
      throw Error::failure("api_refused", cat(http::split_url(url).shown(), " answered ", answer.status(), "."))
          .hint(answer.status() == 403
                    ? "Add the API, and a product profile, to the credential in the Developer Console."
                    : "See whether the credential's scopes cover that API.");
    report.passed.push_back(cat(http::split_url(url).shown(), " answered ", answer.status(), "."));
  } catch (const Error& error) {
    add_error(report, error, step);
  }
}

void print_finding(const app::Finding& finding, std::size_t columns) {
  const auto place = finding.where.to_string();
  const auto word = std::string(severity_name(finding.severity));
  const auto head = cat(place, place.empty() ? "" : ": ");
  const auto used = columns_of(head) + word.size() + 2;
  const auto text = wrapped(cat(finding.message, " [", finding.code, "]"), columns, used, 2);
  std::cout << styled(Stream::out, Style::strong, head) << styled(Stream::out, style_of(finding.severity), word) << ": "
            << styled(Stream::out, Style::plain, text) << "\n  "
            << styled(Stream::out, Style::plain, wrapped(cat("→ ", finding.change), columns, 2, 4)) << '\n';
}

void print_text(const CheckRequest& request, const app::CheckReport& report) {
  const auto columns = folding_width(Stream::out);
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t notes = 0;
  std::size_t fixable = 0;
  for (const auto& finding : app::join_findings(report.findings)) {
    print_finding(finding, columns);
    ++(finding.severity == app::Severity::error     ? errors
       : finding.severity == app::Severity::warning ? warnings
                                                    : notes);
    if (finding.edit.kind != app::SafeEdit::Kind::none) ++fixable;
  }
  if (common_options().quiet) return;
  for (const auto& passed : report.passed)
    std::cout << styled(Stream::out, Style::good, "ok") << ": " << wrapped(passed, columns, 4, 2) << '\n';
  std::cout << wrapped(cat(counted(errors, "error"), ", ", counted(warnings, "warning"), ", ", counted(notes, "note"),
                           ".", fixable > 0 && !request.fix ? cat(" `adit check --fix` can mend ", fixable, ".") : ""),
                       columns)
            << '\n';
}

void show_fixes(const std::vector<FixedFile>& files) {
  for (const auto& file : files) {
    const auto name = app::shown_path(file.path);
    if (file.owner_only) std::cerr << styled(Stream::err, Style::strong, cat("chmod 600 ", shell_file(name))) << '\n';
    print_diff(std::cerr, Stream::err, unified_diff(file.before, file.after, name));
  }
}

/// Removes the findings that the user does not want to see.
void drop_ignored(const CheckRequest& request, app::CheckReport& report) {
  std::erase_if(report.findings, [&request](const app::Finding& finding) {
    return std::find(request.ignored.begin(), request.ignored.end(), finding.code) != request.ignored.end();
  });
}

void print_report(const CheckRequest& request, const app::CheckReport& report) {
  if (request.json || request.format == "json") {
    std::cout << shown_pretty_json(findings_json(report)) << '\n';
  } else if (request.format == "sarif") {
    std::cout << shown_pretty_json(sarif_log(report)) << '\n';
  } else if (request.format == "github") {
    std::cout << github_commands(report);
  } else {
    print_text(request, report);
  }
}

std::size_t count_errors(const app::CheckReport& report) {
  return static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(),
                    [](const app::Finding& finding) { return finding.severity == app::Severity::error; }));
}

/// Shows the changes, and makes them if the user agrees; returns the changed files.
std::vector<FixedFile> fix(const app::CheckReport& report) {
  auto files = plan_fixes(report.findings);
  if (files.empty()) {
    note("--fix: there is nothing that adit can fix automatically");
    return {};
  }
  show_fixes(files);
  if (!common_options().yes && !can_ask())
    throw Error::configuration("not_confirmed", "Nothing was changed: adit cannot ask, because this is not a terminal.")
        .hint("Give --yes with --fix to make the changes shown.");
  if (!ask_yes_no("Make these changes?")) {
    note("nothing was changed");
    return {};
  }
  apply_fixes(files);
  note(cat("changed ", counted(files.size(), "file")));
  return files;
}

/// Undoes the changes of `files` if the project has more errors with them.
void undo_if_worse(const std::vector<FixedFile>& files, std::size_t errors_before, const app::CheckReport& report) {
  if (count_errors(report) <= errors_before) return;
  undo_fixes(files);
  throw Error::failure("fix_failed", "With these changes the project would have more errors, so adit undid them.")
      .hint("Make them by hand, one after the other. `adit check` lists them.");
}

void run_check(const CheckRequest& request) {
  const auto root = app::find_project_root(request.options.project);
  const auto read_and_check = [&](app::CheckReport& report) {
    const Waiting waiting("Looking through the project");
    auto subject = app::read_subject(root, request.options.env_file, Environment::process(), report);
    app::check_project(subject, report);
    drop_ignored(request, report);
    return subject;
  };
  app::CheckReport report;
  auto subject = read_and_check(report);
  const auto harmful = drop_harmful_edits(subject.project, report.findings);
  if (request.fix) {
    for (const auto& finding : harmful)
      note(cat(finding.where.to_string(), ": not changed, because the change would add an error"));
    if (const auto files = fix(report); !files.empty()) {
      const auto errors = count_errors(report);
      report = {};
      subject = read_and_check(report);
      undo_if_worse(files, errors, report);
    }
  }
  if (request.online) check_online(request, subject, report);
  drop_ignored(request, report);
  print_report(request, report);
  const bool failed = report.has(app::Severity::error) || (request.strict && report.has(app::Severity::warning));
  if (failed) exit_code() = 1;
}

}  // namespace

void add_check(Command program) {
  auto command = program.add_command("check", "Check the project, and report what is wrong and how to fix it");
  const auto request = std::make_shared<CheckRequest>();
  auto format =
      command
          .add_option(
              "--format", request->format,
              "The output format: text, json (an array), github (annotations in a GitHub workflow) or sarif (for code scanning)")
          .type_name("FORMAT")
          .one_of({"text", "json", "github", "sarif"});
  command.add_flag("--json", request->json, "Print the findings as a JSON array").excludes(format);
  command
      .add_option("--ignore", request->ignored,
                  "Do not report findings with this code (in brackets after each finding). May be repeated")
      .type_name("CODE")
      .repeatable();
  command.add_flag("--strict", request->strict, "Exit with 1 if there are warnings, too");
  command.add_flag("--fix", request->fix, "Show the safe changes, ask, and make them");
  auto online = command.add_flag("--online", request->online, "Also fetch a token and call an API with the token");
  command.add_option("--api", request->api, "The URL that --online calls; default: the profile at IMS")
      .type_name("URL")
      .needs(online);
  request->options.store = "memory:";  // so that IMS is really asked
  request->options.ims.add_to(command);
  command
      .add_option("--env-file", request->options.env_file,
                  "Read this file instead of the project's .env, and change it with --fix")
      .type_name("FILE");
  command
      .add_option("--project", request->options.project,
                  "The project's folder or one inside it; default: the current folder")
      .type_name("DIR");
  command.run([request] { run_check(*request); });
}

}  // namespace adit::cli
