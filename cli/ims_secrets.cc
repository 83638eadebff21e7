#include "cli/ims_secrets.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "adit/base/dotenv_edit.h"
#include "adit/base/error.h"
#include "adit/base/log.h"
#include "adit/base/text.h"
#include "adit/emulator/fault.h"
#include "adit/ims/client.h"
#include "adit/ims/console_secrets.h"
#include "cli/command.h"
#include "cli/input_text.h"
#include "cli/project_token.h"
#include "cli/terminal.h"

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
          ". The URL of the credential's page holds both: …/console/projects/ORG/PROJECT/credentials/CREDENTIAL/…"));
}

/// One command's surroundings.
struct Work {
  explicit Work(const SecretsRequest& its_request)
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

json::object described(const ims::ClientSecret& secret) {
  json::object out{{"uuid", secret.uuid}};
  if (!secret.created_at.empty()) out["created_at"] = secret.created_at;
  out["last_used_at"] = secret.last_used_at.empty() ? json::value() : json::value(secret.last_used_at);
  return out;
}

void list(const SecretsRequest& request) {
  Work work(request);
  const auto found = work.secrets.list(work.token());
  if (request.wants_json()) {
    json::array out;
    for (const auto& secret : found) out.emplace_back(described(secret));
    print_json(out);
    return;
  }
  const auto cell = [](std::string_view text) { return styled(Stream::out, Style::plain, text); };
  std::vector<std::vector<std::string>> rows{{"uuid", "created", "last used"}};
  for (const auto& secret : found)
    rows.push_back({cell(secret.uuid), cell(secret.created_at),
                    cell(secret.last_used_at.empty() ? "never" : secret.last_used_at)});
  print_table(std::cout, Stream::out, rows);
}

void add(const SecretsRequest& request) {
  Work work(request);
  const auto added = work.secrets.add(work.token());
  if (request.wants_json()) {
    auto out = described(added);
    out["client_secret"] = added.value->reveal();
    print_json(out);
  } else {
    std::cout << added.value->reveal() << '\n';
    std::cerr << "adit: its uuid is " << styled(Stream::err, Style::plain, added.uuid)
              << "; no call tells the secret again\n";
  }
}

void remove(const SecretsRequest& request) {
  Work work(request);
  work.secrets.remove(work.token(), request.uuid);
  if (request.wants_json()) {
    print_json(json::object{{"removed", request.uuid}});
  } else {
    std::cout << "removed " << styled(Stream::out, Style::plain, request.uuid) << '\n';
  }
}

// ---- rotate

/// The `.env` in which the secret in use stands.
struct SecretsPlace {
  std::string name;
  std::string file;
  DotenvText text;
};

/// Throws Error where rewriting the file would not change the secret in use: another place has it.
SecretsPlace place_of(const Work& work) {
  SecretsPlace place{
      .name = work.credentials.grant() == Grant::jwt ? "JWT_CLIENT_SECRET" : "IMS_OAUTH_S2S_CLIENT_SECRET",
      .file = work.settings.env_file,
      .text = DotenvText()};
  const auto unfit = [&place](std::string_view why) {
    return Error::configuration("secret_elsewhere",
                                cat("The client secret cannot be rotated in ", place.file, ": ", why, '.'))
        .hint("Rotate where it is kept: adit ims secrets add, put the new one there, then adit ims secrets remove.");
  };
  place.text = DotenvText::read(place.file);
  const auto held = place.text.get(place.name);
  if (!held) throw unfit(cat(place.name, " does not stand there"));
  if (trim(*held) != trim(work.credentials.client_secret().reveal()))
    throw unfit(cat(place.name, " in the process environment goes over the one there"));
  return place;
}

Credentials with_secret(const Credentials& credentials, const Secret& secret) {
  if (const auto* jwt = credentials.jwt()) {
    auto changed = *jwt;
    changed.client_secret = secret;
    return changed;
  }
  auto changed = *credentials.oauth();
  changed.client_secret = secret;
  return changed;
}

/// Exchanges the new secret for a token. IMS learns of new secrets a little later than the Console, so refusals are
/// no answer before `patience` is over.
Secret proved(ims::Client& client, const Credentials& credentials, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + patience;
  for (std::chrono::milliseconds wait{250};; wait = std::min(wait * 2, std::chrono::milliseconds(5000))) {
    try {
      return client.fetch_token(credentials).value;
    } catch (const Error& error) {
      const bool later = error.code() == "invalid_client" || error.retryable();
      if (!later || Clock::now() + wait >= end) throw;
      log(LogLevel::info, cat("the new secret does not work yet (", error.code(), "); asking again"));
      std::this_thread::sleep_for(wait);
    }
  }
}

/// Takes the new secret back, which nobody uses; the reason why is what the user is to hear, whether this works or not.
[[noreturn]] void give_up(Work& work, const Secret& token, const std::string& uuid, const Error& why,
                          std::string_view step) {
  std::string outcome = "The new secret was removed again.";
  try {
    work.secrets.remove(token, uuid);
  } catch (const Error& error) {
    outcome =
        cat("The new secret could not be removed again (", error.message(), "): adit ims secrets remove ", uuid, '.');
  }
  throw Error::failure("rotation_failed", cat(step, ": ", why.message()))
      .hint(cat("The old secret is in use as before. ", outcome, why.hint().empty() ? "" : " ", why.hint()))
      .http_status(why.http_status());
}

void say(std::string_view step) {
  if (!quiet()) std::cerr << "adit: " << step << '\n';
}

void rotate(const SecretsRequest& request) {
  const auto patience = emulator::parse_duration(request.wait);
  if (!patience || patience->count() < 0)
    throw Error::configuration("invalid_duration", cat("--wait ", request.wait, " is no length of time."))
        .hint("Write seconds (60), or 90s, 2m.");
  Work work(request);
  auto place = place_of(work);
  const auto token = work.token();
  const auto before = work.secrets.list(token);
  if (before.size() != 1)
    throw Error::failure("secret_limit_reached", cat("The credential has ", before.size(),
                                                     " client secrets, so it cannot be told which is in use."))
        .hint("See adit ims secrets list, remove the one that nobody uses, and rotate then.");

  const auto added = work.secrets.add(token);
  say(cat("added the secret ", added.uuid));
  const auto fresh = with_secret(work.credentials, *added.value);
  ims::Client client(work.session.opened().ims, work.session.transport());
  Secret proof;
  try {
    proof = proved(client, fresh, *patience);
    say("it works: IMS gave a token for it");
  } catch (const Error& error) {
    give_up(work, token, added.uuid, error, "The new secret does not work");
  }
  try {
    place.text.set(place.name, added.value->reveal());
    place.text.write(place.file);
    say(cat("wrote it to ", place.file));
  } catch (const Error& error) {
    give_up(work, token, added.uuid, error, cat(place.file, " could not be rewritten"));
  }
  if (!request.keep_old) {
    try {
      work.secrets.remove(proof, before.front().uuid);
      say(cat("removed the old secret ", before.front().uuid));
    } catch (const Error& error) {
      throw Error::failure("old_secret_remains",
                           cat("The new secret is in use, but the old one could not be removed: ", error.message()))
          .hint(cat("Both work. Remove it later: adit ims secrets remove ", before.front().uuid, '.'))
          .http_status(error.http_status());
    }
  }
  if (request.wants_json()) {
    print_json(json::object{{"added", added.uuid},
                            {"removed", request.keep_old ? json::value() : json::value(before.front().uuid)},
                            {"setting", place.name},
                            {"file", place.file}});
  } else {
    std::cout << "rotated " << place.name << " in " << place.file << '\n';
  }
}

}  // namespace

void add_ims_secrets(CLI::App& ims) {
  auto* group = ims.add_subcommand("secrets", "The credential's client secrets, by the Developer Console's API");
  group->require_subcommand(1);
  const auto request = std::make_shared<SecretsRequest>();
  const auto make = [&](const std::string& name, const std::string& what, void (*run)(const SecretsRequest&)) {
    auto* command = group->add_subcommand(name, what);
    command->add_option("--org", request->org, "The organisation's number in the Console; otherwise ADIT_CONSOLE_ORG")
        ->type_name("NUMBER");
    command
        ->add_option("--credential", request->credential,
                     "The credential's number in the Console; otherwise ADIT_CONSOLE_CREDENTIAL")
        ->type_name("NUMBER");
    command->add_flag("--json", request->json, "As JSON; so too where stdout is no terminal");
    request->options.add_to(*command);
    command->callback([request, run] { run(*request); });
    return command;
  };
  make("list", "The secrets' ids and times; their values are told once only", list);
  make("add", "Add a second secret and print it", add);
  make("remove", "Remove a secret by its uuid", remove)->add_option("uuid", request->uuid, "Of the secret")->required();
  auto* rotating = make("rotate", "Add a secret, prove it, write it to .env, and only then remove the old one", rotate);
  rotating->add_option("--wait", request->wait, "How long the new secret may take to work: seconds, or 90s, 2m")
      ->type_name("TIME");
  rotating->add_flag("--keep-old", request->keep_old, "Leave the old secret, for others who still use it");
}

}  // namespace adit::cli
