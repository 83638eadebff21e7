#include "adit/ims.h"

#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "adit/error.h"
#include "adit/token_verifier.h"
#include "cli/command_line/command.h"
#include "cli/commands/ims_secrets.h"
#include "cli/project/project_token.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/jwt_words.h"
#include "cli/terminal/terminal.h"

#include "base/text/text.h"
#include "base/text/visible_text.h"

namespace adit::cli {
namespace {

struct ImsRequest {
  ProjectOptions options;
  /// Without a value: the project's own token.
  std::optional<std::string> token;
  std::string client_id;
  bool json = false;
  bool userinfo = false;

  /// Text on a terminal, JSON for programs.
  [[nodiscard]] bool wants_json() const { return json || !is_terminal(Stream::out); }
};

/// What one command needs: settings, IMS and token.
struct ImsCommand {
  explicit ImsCommand(const ImsRequest& its_request)
      : request(its_request),
        environment(request.options.settings().environment),
        session(request.options, environment),
        client(session.opened().ims, session.transport()) {}

  const ImsRequest& request;
  Environment environment;
  ProjectSession session;
  ims::Client client;

  [[nodiscard]] Secret token() {
    if (request.token) {
      const auto* where = *request.token == "-" ? "standard input" : "the command line";
      session.opened().refuse_untrusted({"the token", SettingSource::command_line, {where, 0, 0}});
      return Secret(given_token(*request.token));
    }
    return session.source(request.options.credentials(environment)).get().secret();
  }
};

void print_rows(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::vector<std::vector<std::string>> table;
  table.reserve(rows.size());
  for (const auto& [name, value] : rows) table.push_back({visible_line(name), visible_line(value)});
  print_table(std::cout, Stream::out, table);
}

void print_object(const json::object& object) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& member : object) rows.emplace_back(member.key(), unquoted(member.value()));
  print_rows(rows);
}

void validate(const ImsRequest& request) {
  ImsCommand work(request);
  const auto token = work.token();
  auto client_id = request.client_id;
  if (client_id.empty()) {
    // Use the client to which the token was issued, because for IMS the token is invalid for any other. A token without
    // a client id is checked as one of the project.
    const auto claims = ims::unverified_claims(token.reveal());
    client_id = claims && !claims->client_id.empty() ? claims->client_id
                                                     : request.options.credentials(work.environment).client_id();
  }
  const auto validation = work.client.validate(token, client_id);
  if (!validation.valid) exit_code() = 1;
  if (request.wants_json()) {
    json::object out{{"valid", validation.valid}};
    if (validation.valid) {
      out["token"] = validation.claims;
    } else {
      out["reason"] = validation.reason;
    }
    print_json(out);
    return;
  }
  if (!validation.valid) {
    std::cout << styled(Stream::out, Style::error, "not valid")
              << (validation.reason.empty() ? "" : cat(": ", validation.reason)) << '\n';
    return;
  }
  std::cout << styled(Stream::out, Style::good, "valid") << '\n';
  const auto now = Clock::system().wall_now();
  std::vector<std::pair<std::string, std::string>> rows{{"client", client_id}};
  if (const auto account = string_member(validation.claims, "user_id"); !account.empty())
    rows.emplace_back("account", account);
  const auto times = times_of(validation.claims);
  if (times.issued) rows.emplace_back("issued", in_words(*times.issued, now));
  if (times.expires)
    rows.emplace_back("expires", cat(to_rfc3339(*times.expires), " (", in_words(*times.expires, now), ")"));
  if (const auto scope = string_member(validation.claims, "scope"); !scope.empty())
    rows.emplace_back("scopes", replace_all(std::string(scope), ",", ", "));
  if (const auto ims = ims_in_words(validation.claims); !ims.empty()) rows.emplace_back("IMS", ims);
  print_rows(rows);
}

void invalidate(const ImsRequest& request) {
  ImsCommand work(request);
  const auto credentials = request.options.credentials(work.environment);
  auto source = work.session.source(credentials);
  const auto kept = source.status().token;
  const auto report = [&request](bool done) {
    if (request.wants_json()) {
      print_json(json::object{{"invalidated", done}});
    } else {
      std::cout << (done ? "invalidated\n" : "there is no token of the project's that could be invalidated\n");
    }
  };
  if (!request.token) {
    if (kept) source.revoke();
    report(kept.has_value());
    return;
  }
  const auto token = work.token();
  work.client.invalidate(token, credentials);
  // Do not let the store return it any more.
  if (kept && kept->reveal() == token.reveal()) source.clear();
  report(true);
}

void profile(const ImsRequest& request) {
  ImsCommand work(request);
  const auto token = work.token();
  const auto found = request.userinfo ? work.client.userinfo(token) : work.client.profile(token);
  if (request.wants_json()) {
    print_json(found);
  } else {
    print_object(found);
  }
}

void organizations(const ImsRequest& request) {
  ImsCommand work(request);
  const auto found = work.client.organizations(work.token());
  if (request.wants_json()) {
    json::array out;
    for (const auto& organization : found) out.emplace_back(organization.whole);
    print_json(out);
    return;
  }
  std::vector<std::vector<std::string>> rows;
  rows.reserve(found.size());
  for (const auto& organization : found) {
    rows.push_back({visible_line(organization.id), visible_line(organization.type), visible_line(organization.name)});
  }
  print_table(std::cout, Stream::out, rows);
}

void keys(const ImsRequest& request) {
  ImsCommand work(request);
  const auto found = work.client.keys();
  if (request.wants_json()) {
    print_json(found.to_json_object());
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& key : found.keys()) {
    rows.push_back({visible_line(key.key_id), visible_line(key.algorithm),
                    cat(jwt::to_string(key.key.type()), ", ", key.key.bits(), " bits")});
  }
  print_table(std::cout, Stream::out, rows);
}

}  // namespace

void add_ims(Command program) {
  auto group = program.add_command("ims", "Ask IMS about tokens, and rotate client secrets");
  group.require_command();
  const auto request = std::make_shared<ImsRequest>();
  const auto add = [&](const std::string& name, const std::string& what, void (*run)(const ImsRequest&),
                       bool token = true) {
    auto command = group.add_command(name, what);
    if (token) command.add_text("TOKEN", request->token, "The token, or - for stdin; default: the project's own token");
    command.add_flag("--json", request->json, "Print JSON; this is the default if stdout is not a terminal");
    request->options.add_to(command);
    command.run([request, run] {
      const Waiting waiting("Asking IMS");
      run(*request);
    });
    return command;
  };
  add("validate", "Ask IMS whether a token is valid; exit with 1 if it is not", validate)
      .add_option("--client-id", request->client_id,
                  "The client id that the token must belong to; default: the one in the token")
      .type_name("ID");
  add("invalidate", "Revoke a token, and the tokens that were made from it", invalidate);
  add("profile", "Print the profile of the token's owner", profile)
      .add_flag("--userinfo", request->userinfo, "Ask OpenID Connect's userinfo endpoint");
  add("organizations", "Print the organisations of the token's owner", organizations);
  add("keys", "Print the keys that sign IMS's access tokens as a JWK set", keys, false);
  add_ims_secrets(group);
}

}  // namespace adit::cli
