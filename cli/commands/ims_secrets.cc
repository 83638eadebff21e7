#include "cli/commands/ims_secrets.h"

#include <iostream>
#include <memory>

#include "adit/error.h"
#include "adit/ims.h"
#include "cli/command_line/command.h"
#include "cli/commands/secret_rotation.h"
#include "cli/project/project_token.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "base/text/duration.h"
#include "base/text/text.h"
#include "base/text/visible_text.h"
#include "issuers/ims/console_secrets.h"

namespace adit::cli {
namespace {

struct SecretsRequest {
  ProjectOptions options;
  std::string org;
  std::string credential;
  std::string uuid;
  std::string wait = "60s";
  bool keep_old = false;
  bool json = false;

  [[nodiscard]] bool wants_json() const { return json || !is_terminal(Stream::out); }
};

std::string setting_of(const std::string& flag, const Environment& environment, const char* name, const char* option) {
  auto value = flag.empty() ? environment.get_or(name, "") : flag;
  if (!value.empty()) return value;
  throw Error::configuration("missing_params",
                             cat("The ", option == std::string_view("--org") ? "organisation's" : "credential's",
                                 " number in the Developer Console is not known."))
      .hint(cat(
          "Give ", option, ", or set ", name,
          ". The URL of the credential's page contains both: …/console/projects/ORG/PROJECT/credentials/CREDENTIAL/…"));
}

/// What one command needs: settings, IMS and token.
struct SecretsCommand {
  explicit SecretsCommand(const SecretsRequest& its_request)
      : request(its_request),
        settings(request.options.settings()),
        credentials(request.options.credentials(settings.environment)),
        session(request.options, settings.environment),
        secrets({.org = setting_of(request.org, settings.environment, "ADIT_CONSOLE_ORG", "--org"),
                 .credential =
                     setting_of(request.credential, settings.environment, "ADIT_CONSOLE_CREDENTIAL", "--credential")},
                credentials.client_id(), session.transport()) {}

  const SecretsRequest& request;
  app::ProjectEnvironment settings;
  Credentials credentials;
  ProjectSession session;
  ims::ConsoleSecrets secrets;

  [[nodiscard]] Secret token() { return session.source(credentials).get().secret(); }
};

json::object to_object(const ims::ClientSecret& secret) {
  json::object out{{"uuid", secret.uuid}};
  if (!secret.created_at.empty()) out["created_at"] = secret.created_at;
  out["last_used_at"] = secret.last_used_at.empty() ? json::value() : json::value(secret.last_used_at);
  return out;
}

void list(const SecretsRequest& request) {
  SecretsCommand work(request);
  const auto found = work.secrets.list(work.token());
  if (request.wants_json()) {
    json::array out;
    for (const auto& secret : found) out.emplace_back(to_object(secret));
    print_json(out);
    return;
  }
  std::vector<std::vector<std::string>> rows{{"uuid", "created", "last used"}};
  for (const auto& secret : found)
    rows.push_back({visible_line(secret.uuid), visible_line(secret.created_at),
                    visible_line(secret.last_used_at.empty() ? "never" : secret.last_used_at)});
  print_table(std::cout, Stream::out, rows);
}

void add(const SecretsRequest& request) {
  SecretsCommand work(request);
  const auto added = work.secrets.add(work.token());
  if (request.wants_json()) {
    auto out = to_object(added);
    out["client_secret"] = added.value->reveal();
    print_json(out);
  } else {
    std::cout << added.value->reveal() << '\n';
    note(cat("its uuid is ", added.uuid, "; the secret is never shown again"));
  }
}

void remove(const SecretsRequest& request) {
  SecretsCommand work(request);
  work.secrets.remove(work.token(), request.uuid);
  if (request.wants_json()) {
    print_json(json::object{{"removed", request.uuid}});
  } else {
    std::cout << "removed " << request.uuid << '\n';
  }
}

void rotate(const SecretsRequest& request) {
  const auto wait_limit = parse_duration(request.wait);
  if (!wait_limit || wait_limit->count() < 0)
    throw Error::configuration("invalid_duration", cat("--wait: ", described(request.wait), " is not a duration."))
        .hint("Write seconds (60), or 90s, 2m.");
  SecretsCommand work(request);
  ims::Client client(work.session.opened().ims, work.session.transport());
  const auto file = work.settings.env_file;
  const auto rotated = rotate_secret({.credentials = work.credentials,
                                      .secrets = work.secrets,
                                      .client = client,
                                      .token = [&work] { return work.token(); },
                                      .env_file = file,
                                      .wait_limit = *wait_limit,
                                      .keep_old = request.keep_old});
  if (request.wants_json()) {
    json::array settings;
    for (const auto& setting : rotated.settings) settings.emplace_back(setting);
    print_json(json::object{{"added", rotated.added},
                            {"removed", rotated.removed.empty() ? json::value() : json::value(rotated.removed)},
                            {"settings", std::move(settings)},
                            {"file", file}});
  } else {
    std::cout << "rotated " << join(rotated.settings, ", ") << " in " << file << '\n';
  }
}

}  // namespace

void add_ims_secrets(Command ims) {
  auto group = ims.add_command("secrets", "Manage the credential's client secrets through the Developer Console's API");
  group.require_command();
  const auto request = std::make_shared<SecretsRequest>();
  const auto make = [&](const std::string& name, const std::string& what, void (*run)(const SecretsRequest&)) {
    auto command = group.add_command(name, what);
    command.add_option("--org", request->org, "The organisation's number in the Console; default: ADIT_CONSOLE_ORG")
        .type_name("NUMBER");
    command
        .add_option("--credential", request->credential,
                    "The credential's number in the Console; default: ADIT_CONSOLE_CREDENTIAL")
        .type_name("NUMBER");
    command.add_flag("--json", request->json, "Print JSON; this is the default if stdout is not a terminal");
    request->options.add_to(
        command, name == "rotate" ? "Read and change this file instead of the project's .env" : kReadEnvFile);
    command.run([request, run] {
      const Waiting waiting("Asking the Developer Console");
      run(*request);
    });
    return command;
  };
  make("list", "List the secrets' ids and times; the Console shows a secret's value only once", list);
  make("add", "Add a second secret and print it", add);
  make("remove", "Remove a secret by its uuid", remove)
      .add_option("UUID", request->uuid, "The secret's uuid, as list prints it")
      .required();
  auto rotating = make("rotate", "Add a secret, test it, write it to .env, and then remove the old one", rotate);
  rotating.add_option("--wait", request->wait, "How long to wait until the new secret works: seconds, or 90s, 2m")
      .type_name("TIME");
  rotating.add_flag("--keep-old", request->keep_old, "Keep the old secret, for programs that still use it");
}

}  // namespace adit::cli
