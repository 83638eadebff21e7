// `adit run -- COMMAND`: runs a program in any language, and sends its requests for Adobe's hosts to an emulator.
#include <csignal>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>

#include "adit/emulator.h"
#include "adit/environment.h"
#include "adit/error.h"
#include "adit/http.h"
#include "cli/command_line/command.h"
#include "cli/import/integrations_file.h"
#include "cli/project/adobe_tunnel.h"
#include "cli/project/project_token.h"
#include "cli/project/registration.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "dev/node/node_files.h"
#include "system/files/private_folder.h"
#include "system/files/replace_file.h"
#include "system/process/find_program.h"
#include "system/process/spawn.h"

namespace adit::cli {
namespace {

struct RunRequest {
  ProjectOptions options;
  std::string integrations_file;
  std::vector<std::string> faults;
  std::vector<std::string> words;
};

using Variables = std::map<std::string, std::string>;

std::string inherited(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// Returns the CA certificates that the system trusts, and that of the emulator.
std::string ca_bundle_with(const std::string& ca_pem) {
  const auto own = inherited("SSL_CERT_FILE");
  const auto system = read_file_if_there(own.empty() ? "/etc/ssl/certs/ca-certificates.crt" : own).value_or("");
  return cat(system, system.empty() || system.ends_with('\n') ? "" : "\n", ca_pem);
}

/// Returns the variables that direct programs to the emulator: those made with adit, Node.js, and programs that read
/// HTTPS_PROXY.
Variables routing_variables(const emulator::Emulator& emulator, const AdobeTunnel& tunnel, const std::string& folder) {
  const auto ca = folder + "/ca.pem";
  const auto bundle = folder + "/bundle.pem";
  replace_file({.path = ca, .before = std::nullopt, .after = emulator.ca_pem()});
  replace_file({.path = bundle, .before = std::nullopt, .after = ca_bundle_with(emulator.ca_pem())});
  Variables variables;
  variables["ADIT_IMS"] = emulator.plain_origin();
  variables["ADIT_ENDPOINTS"] = emulator::routes_to(emulator.plain_origin()).to_string();
  for (const auto* name : {"HTTPS_PROXY", "https_proxy"}) variables[name] = tunnel.url();
  for (const auto* name : {"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"}) variables[name] = bundle;
  variables["NODE_EXTRA_CA_CERTS"] = ca;
  const auto node_options = inherited("NODE_OPTIONS");
  variables["NODE_OPTIONS"] =
      cat(node_options, node_options.empty() ? "" : " ", "--require \"", dev::node_files(), "/routes.cjs\"");
  return variables;
}

std::vector<std::string> environment_with(const Variables& variables) {
  std::vector<std::string> all;
  for (auto& entry : own_environment())
    if (!variables.contains(entry.substr(0, entry.find('=')))) all.push_back(std::move(entry));
  for (const auto& [name, value] : variables) all.push_back(cat(name, '=', value));
  return all;
}

/// Returns the signals that this process was started to ignore; Interrupts handles some of them nevertheless.
std::vector<int> ignored_signals() {
  std::vector<int> result;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    ::sigaction(number, nullptr, &now);
    if (now.sa_handler == SIG_IGN) result.push_back(number);
  }
  return result;
}

/// Starts the program in this process group, so that a terminal's Ctrl-C reaches it, and forwards signals that only
/// this process receives. Returns the exit code as a shell would. Needs an Interrupts.
int run_child(const std::vector<std::string>& words, const std::vector<std::string>& variables,
              std::vector<int> ignored) {
  if (const int signal = Interrupts::signal()) return 128 + signal;
  const bool is_path = words.front().find('/') != std::string::npos;
  const auto [child, error] = spawn({.program = is_path ? words.front() : find_program(words.front()),
                                     .arguments = {words.begin() + 1, words.end()},
                                     .environment = variables,
                                     .folder = {},
                                     .descriptors = {},
                                     .kind = ChildKind::foreground,
                                     .name = words.front(),
                                     .ignored_signals = std::move(ignored)});
  if (error != 0) {
    throw Error::configuration("start_failed", cat("The program cannot be started: ", system_reason(error), '.'))
        .hint("Write the program and its arguments after --: adit run -- curl https://analytics.adobe.io/discovery/me");
  }
  // The program has not received what arrived before it was started.
  while (const int signal = Interrupts::take()) ::kill(child, signal);
  int status = 0;
  constexpr auto kPollInterval = std::chrono::milliseconds(20);
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (Interrupts::sleep(kPollInterval)) continue;
    while (const int signal = Interrupts::take())
      if (signal != SIGINT) ::kill(child, signal);
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void run_run(const RunRequest& request) {
  const auto environment = request.options.settings().environment;
  emulator::Options options;
  options.tls = true;
  options.plain_port = 0;
  options.key_file = emulator_key_file();
  options.integrations = integrations_found(environment);
  if (!request.integrations_file.empty())
    for (auto& integration : read_integrations_file(request.integrations_file))
      options.integrations.push_back(std::move(integration));
  if (options.integrations.empty())
    note(
        "the emulator has no integration, because there is no credential here; name one with --env-file or --integrations");
  auto ignored = ignored_signals();
  const Interrupts interrupts;
  emulator::Emulator emulator(std::move(options));
  for (const auto& fault : request.faults) emulator.set_fault(emulator::Fault::parse(fault));
  const AdobeTunnel tunnel(emulator.routes(),
                           inherited("HTTPS_PROXY").empty() ? inherited("https_proxy") : inherited("HTTPS_PROXY"));
  const PrivateFolder folder;
  const auto variables = environment_with(routing_variables(emulator, tunnel, folder.path()));
  exit_code() = run_child(request.words, variables, std::move(ignored));
}

}  // namespace

void add_run(Command program) {
  auto command =
      program.add_command("run", "Run any program with its requests for Adobe's hosts redirected to an emulator");
  const auto request = std::make_shared<RunRequest>();
  command.add_option("COMMAND", request->words, "The program and its arguments, after --").required();
  command
      .add_option("--integrations,--clients", request->integrations_file,
                  "A YAML file with integrations to register, as for adit emulator")
      .type_name("FILE");
  command.add_option("--fault", request->faults, "A fault to inject, as for adit emulator. May be repeated")
      .type_name("FAULT")
      .repeatable();
  command.add_option("--env-file", request->options.env_file, "Read this file instead of the project's .env")
      .type_name("FILE");
  command
      .add_option("--project", request->options.project,
                  "The project's folder; default: the nearest one above the current folder")
      .type_name("DIR");
  command.footer(
      R"(The emulator knows the credentials of the project's .env. adit redirects the program with environment variables:
  ADIT_IMS and ADIT_ENDPOINTS for C++ programs with adit;
  NODE_OPTIONS for Node.js, with any HTTP library;
  HTTPS_PROXY, SSL_CERT_FILE, CURL_CA_BUNDLE and REQUESTS_CA_BUNDLE for others (curl, Python, Go).
Requests for other hosts go where they always go. adit run exits with the program's exit code.)");
  command.run([request] { run_run(*request); });
}

}  // namespace adit::cli
