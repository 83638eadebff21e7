// `adit dev`: serves the project's actions on this machine as the platform does after deployment.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"
#include "adit/ims.h"
#include "adit/token_verifier.h"
#include "cli/command_line/command.h"
#include "cli/project/console_link.h"
#include "cli/project/dev_certificate.h"
#include "cli/project/dev_lines.h"
#include "cli/project/ims_option.h"
#include "cli/project/project_build.h"
#include "cli/project/registration.h"
#include "cli/terminal/interrupts.h"

#include "base/interrupted.h"
#include "base/text/text.h"
#include "dev/api/api.h"
#include "dev/console/console.h"
#include "dev/host/action_environment.h"
#include "dev/platform/platform.h"
#include "dev/platform/platform_observer.h"
#include "dev/platform/web_assets.h"
#include "dev/web/web_action.h"
#include "http/destination_log.h"
#include "http/server/answering.h"
#include "http/server/local_access.h"
#include "system/thread_pool.h"

namespace adit::cli {
namespace {

struct DevRequest {
  std::string project;
  std::optional<std::string> env_file;
  std::string host = "localhost";
  std::uint16_t port = 9080;
  bool http = false;
  bool open = false;
  bool as_json = false;
  std::vector<std::string> allowed_origins;
  std::string state;
  bool no_deploy = false;
  bool no_hooks = false;
  ImsOption ims;
};

constexpr std::string_view kDevFooter =
    R"(adit dev is a development tool for one machine. It has no users and no quotas, and keeps only what --state names.

  Web actions      https://localhost:9080/api/v1/web/PACKAGE/ACTION
  Any action       POST /api/v1/PACKAGE/ACTION with Basic authentication: AIO_runtime_auth, or the key that is printed
  Activations      GET /api/v1/activations[/ID[/logs|/result]]
  The front end    GET /, what the hook build-static built; the actions' addresses in /config.json
  Deployments      OpenWhisk's API below /api/v1/namespaces: aio rt, wsk and their libraries deploy to it with the key
  Console          the URL that is printed at the start; the key o opens it in the browser

Programs and web pages of this machine (http://localhost:3000) may call actions. Actions run with this project's
credentials, so a page of another site gets 403, unless you allow it with --allow-origin https://HOST. The same option
allows a tunnel's host name.

When you change a source, adit dev builds the action and replaces it. When you change .env or a manifest, the next
activation uses it. If a change contains a mistake, adit dev reports it and continues with the last good state.)";

/// Each waiting caller takes a thread; further callers wait until one is free.
constexpr int kHandlerThreads = 256;

/// Registers the credentials that the actions get with the emulator, unless it has them already.
void register_integrations(emulator::Emulator& emulator, const dev::Configuration& configuration) {
  const auto& environment = configuration.settings.environment;
  for (auto& integration : integrations_found(environment)) emulator.register_integration(std::move(integration));
  for (const auto& [name, served] : configuration.served)
    for (auto& integration : integrations_found(environment, &served.inputs.params))
      emulator.register_integration(std::move(integration));
}

/// Validates tokens with IMS. Each call asks IMS, so that a revoked token is refused immediately; only simultaneous
/// calls share an answer.
class ImsValidator {
 public:
  ImsValidator(const OpenedIms& opened, const Environment& environment)
      : http_(http_options(opened, environment)),
        client_(opened.ims, http_),
        validations_(
            [this](const Secret& token, const std::string& client_id) { return client_.validate(token, client_id); },
            {.valid_for = std::chrono::milliseconds(0), .invalid_for = std::chrono::milliseconds(0)}) {}

  /// Validates the token of a deployer, which must also belong to one of the project's own integrations or to a member
  /// of the project's organisation.
  dev::TokenValidity of_deployer(const Secret& token, const dev::Configuration& configuration) {
    auto validity = (*this)(token);
    if (!validity.valid || is_own_integration(token, configuration) || is_member(token, configuration)) return validity;
    return {.valid = false, .reason = "it is of another organisation"};
  }

  dev::TokenValidity operator()(const Secret& token) {
    const auto claims = ims::unverified_claims(token.reveal());
    if (!claims || claims->client_id.empty()) return {.valid = false, .reason = "it is not an access token"};
    const auto validation = validations_.check(token, claims->client_id);
    return {.valid = validation->valid, .reason = validation->reason};
  }

 private:
  static bool is_own_integration(const Secret& token, const dev::Configuration& configuration) {
    const auto claims = ims::unverified_claims(token.reveal());
    const auto& environment = configuration.settings.environment;
    const auto has = [&](const json::object* params) {
      return std::ranges::any_of(
          integrations_found(environment, params),
          [&](const emulator::Integration& integration) { return integration.client_id == claims->client_id; });
    };
    if (has(nullptr)) return true;
    return std::ranges::any_of(configuration.served, [&](const auto& one) { return has(&one.second.inputs.params); });
  }

  /// Asks IMS for the organisations of the token's user, because a user's token (`aio login`) does not contain them.
  bool is_member(const Secret& token, const dev::Configuration& configuration) {
    std::vector<std::string> wanted;
    for (const auto* name : {"JWT_IMS_ORG", "JWT_IMS_ORG_ID", "IMS_OAUTH_S2S_ORG_ID", "AIO_project_org_ims_org_id"})
      if (auto value = configuration.settings.environment.get_or(name, ""); !value.empty())
        wanted.push_back(std::move(value));
    if (wanted.empty()) return false;
    try {
      return std::ranges::any_of(client_.organizations(token), [&](const ims::Organization& one) {
        return std::ranges::find(wanted, one.id) != wanted.end();
      });
    } catch (const Error&) {
      return false;  // the token of a technical account, for which IMS returns no organisations
    }
  }

  static http::ClientOptions http_options(const OpenedIms& opened, const Environment& environment) {
    auto options = opened.client_options(environment);
    // Short, because a request to an action waits for it.
    options.total_timeout = environment.seconds("ADIT_TIMEOUT").value_or(std::chrono::seconds(10));
    return options;
  }

  http::Client http_;
  ims::Client client_;
  token::Validations validations_;
};

http::ServerOptions server_options(const DevRequest& request, DevCertificate& certificate) {
  http::ServerOptions options;
  options.host = request.host;
  if (request.host == "localhost") {
    options.host = "127.0.0.1";
    options.second_host = "::1";
  }
  options.port = request.port;
  options.max_body_bytes = 64U << 20U;  // DevApi::admit decides how much of that each caller may send
  options.format_error = [](const http::ServerResponse& plain, const http::ServerRequest& /*request*/) {
    return dev::platform_error(plain.status, trim(plain.body));
  };
  if (!request.http) {
    certificate = dev_certificate(request.host);
    options.tls = certificate.identity;
  }
  return options;
}

/// Gets a token of the local IMS for the project's credential, for calls from the console.
dev::LocalToken local_token(const OpenedIms& opened, const Environment& environment) {
  http::Client http(opened.client_options(environment));
  ims::Client client(opened.ims, http);
  const auto credentials = Credentials::from_environment(environment);
  return {.value = client.fetch_token(credentials).value, .org_id = credentials.org_id()};
}

/// Returns `https://localhost:9080`.
std::string shown_origin(const DevRequest& request, std::uint16_t port) {
  const bool any = request.host == "0.0.0.0" || request.host == "::";
  const auto host = any                                           ? std::string("localhost")
                    : request.host.find(':') != std::string::npos ? cat('[', request.host, ']')
                                                                  : request.host;
  return cat(request.http ? "http://" : "https://", host, ':', port);
}

/// Ends running work when the scope is left in any way, before the objects that the work uses are destroyed.
struct Ending {
  std::atomic<bool>& flag;
  ~Ending() { flag = true; }
};

/// Ends requests that wait for the console's events: the server's shutdown would wait for them.
struct ConsoleEnd {
  dev::Console& console;
  ~ConsoleEnd() { console.close(); }
};

/// What the callbacks of the console, of the platform and of its API use. It outlives all three.
struct Serving {
  const DevRequest& request;
  const std::string& root;
  const OpenedIms& ims;
  ImsValidator& validator;
  DevLines& lines;
  /// Known once the server listens.
  std::string origin{};
  std::atomic<bool> began{false};
  std::atomic<bool> ending{false};
  /// Set before the server listens.
  std::atomic<dev::Platform*> platform{nullptr};

  [[nodiscard]] auto last_configuration() const { return platform.load()->last_configuration(); }
};

/// Reports what happens on the platform to the console, and prints it.
class DevObserver final : public dev::PlatformObserver {
 public:
  DevObserver(const Serving& serving, dev::Console& console) : serving_(serving), console_(console) {}

  void configuration_read(const dev::Configuration& configuration) override {
    if (serving_.ims.is_local()) register_integrations(*serving_.ims.emulator, configuration);
    console_.configuration_read(configuration);
    if (serving_.began) serving_.lines.configuration_read(configuration, serving_.origin);
  }
  void configuration_broken(const Error& error) override {
    console_.configuration_broken(error);
    serving_.lines.configuration_broken(error);
  }
  void build_started(const app::Action& action) override {
    console_.build_started(action);
    serving_.lines.build_started(action);
  }
  void build_output(const app::Action& action, std::string_view bytes) override {
    console_.build_output(action, bytes);
    serving_.lines.build_output(bytes);
  }
  void build_failed(const app::Action& action, const Error& error) override {
    console_.build_failed(action, error);
    serving_.lines.build_failed(action, error);
  }
  void action_ready(const app::Action& action) override { console_.action_ready(action); }
  void action_replaced(const app::Action& action) override { serving_.lines.swapped(action); }
  void action_log(const app::Action& action, dev::LogStream stream, std::string_view bytes) override {
    serving_.lines.action_log(action, stream, bytes);
  }
  void action_step(const app::Action& action, const trace::Step& step) override { console_.action_step(action, step); }
  void activation_began(const dev::ActivationRecord& begun, const dev::ServedAction& served) override {
    console_.activation_began(begun, served);
  }
  void activation_ended(const dev::Activated& activated, const dev::ServedAction& served,
                        const json::value& params) override {
    console_.activation_ended(activated, served, params);
  }

 private:
  const Serving& serving_;
  dev::Console& console_;
};

dev::ConsoleOptions console_options(const Serving& serving, const console::Keys& keys,
                                    const http::LocalAccess& access) {
  dev::ConsoleOptions options{
      .keys = keys, .access = access, .root = serving.root, .env_file = serving.request.env_file, .local_token = {}};
  if (serving.ims.is_local()) {
    options.emulator = serving.ims.emulator.get();
    options.local_token = [&serving] {
      return local_token(serving.ims, serving.last_configuration()->settings.environment);
    };
  }
  return options;
}

dev::PlatformOptions platform_options(const Serving& serving, const Secret& api_key) {
  dev::PlatformOptions options;
  options.configuration = {.root = serving.root,
                           .env_file = serving.request.env_file,
                           .overrides = serving.ims.variables,
                           .api_key = api_key};
  options.state_folder = serving.request.state;
  options.interrupted = [&serving] { return serving.ending.load() || Interrupts::signal() != 0; };
  options.validate_token = [&serving](const Secret& token) { return serving.validator(token); };
  return options;
}

dev::DevApiOptions api_options(Serving& serving, http::LocalAccess access) {
  return {.local = http::is_this_machine(serving.request.host),
          .access = std::move(access),
          .takes_deployments = !serving.request.no_deploy,
          .validate_deployer =
              [&serving](const Secret& token) {
                return serving.validator.of_deployer(token, *serving.last_configuration());
              },
          .on_first_deployment = [&serving] { serving.lines.first_deployment(); },
          .front_end = [&serving](const http::ServerRequest& asked) -> std::optional<http::ServerResponse> {
            if (!serving.began) return std::nullopt;
            return dev::front_end_answer(*serving.last_configuration(), serving.origin, asked);
          },
          .on_request = [&serving](const dev::RequestLine& line) { serving.lines.request(line); }};
}

/// Answers by the console, which passes the platform's requests on.
http::AsyncHandler answering(dev::Console& console, ThreadPool& workers) {
  auto answer_on_threads =
      http::on_threads([&console](const http::ServerRequest& asked) { return console.answer(asked); }, workers);
  return [&console, answer_on_threads = std::move(answer_on_threads)](http::ServerRequest asked, http::Reply reply) {
    if (!console.stream(asked, reply)) answer_on_threads(std::move(asked), std::move(reply));
  };
}

void serve(const DevRequest& request) {
  http::LocalAccess access(request.host, request.allowed_origins);
  const Interrupts interrupts;
  const dev::OrphansOfActions end_orphans_last;
  DevLines lines(request.as_json);
  const auto project = open_project(request.project);
  const auto settings = app::environment_for(project.root, request.env_file);
  const auto run_hooks = [&](std::initializer_list<std::string_view> names) {
    if (!request.no_hooks) run_hooks_for_terminal(project, settings.environment, names);
  };
  const auto ims = request.ims.open(settings.environment);
  ImsValidator validator(ims, settings.environment);
  run_hooks({"pre-app-run", "pre-app-dev", "pre-app-build", "build-actions"});

  Serving serving{.request = request, .root = project.root, .ims = ims, .validator = validator, .lines = lines};
  DevCertificate certificate;
  auto listening = server_options(request, certificate);
  const auto keys = console_keys(certificate);
  const auto made_key = dev::make_api_key();
  dev::Console console(console_options(serving, keys, access));
  DevObserver observer(serving, console);
  dev::Platform platform(platform_options(serving, made_key), observer);
  const Ending end_first{serving.ending};
  const auto configuration = platform.configuration();
  http::log_all_pending();
  if (ims.is_local()) register_integrations(*ims.emulator, *configuration);
  dev::DevApi api(platform, api_options(serving, std::move(access)));
  serving.platform = &platform;
  console.configuration_read(*configuration);
  console.serve(platform, api);
  listening.admit = [&console](const http::ServerRequest& head) { return console.admit(head); };
  ThreadPool workers(kHandlerThreads);
  std::unique_ptr<http::Server> server;
  const ConsoleEnd console_ends_first{console};
  server = std::make_unique<http::Server>(std::move(listening), answering(console, workers));

  serving.origin = shown_origin(request, server->port());
  platform.serve_at(serving.origin, certificate.certificate_file);
  // For the front end's build, which reads them.
  dev::write_action_urls(*platform.last_configuration(), serving.origin);
  run_hooks({"build-static", "post-app-build"});
  serving.began = true;
  for (const auto& warning : platform.store().warnings()) lines.state_warning(warning);
  lines.listening(*configuration, serving.origin, configuration->runtime.api_key == made_key ? made_key : Secret(),
                  certificate.certificate_file, console::url_of(serving.origin, keys.token));
  run_hooks({"post-app-run", "post-app-dev"});
  const ConsoleOpener opener([&] { return console::url_of(serving.origin, keys.one_time->issue()); }, request.open);

  Interrupts::wait();
  server->stop_accepting();
  serving.ending = true;
  console.close();
  server.reset();
  lines.ended();
}

}  // namespace

void add_dev(Command program) {
  auto request = std::make_shared<DevRequest>();
  auto command = program.add_command(
      "dev", "Serve the project's actions on this machine for development, and apply changes as you make them");
  command.add_option("--port", request->port, "The port; 0 picks a free one")
      .type_name("PORT")
      .shows_default()
      .in_range(0, 65'535);
  command
      .add_option("--host", request->host,
                  "The address to listen on. If it is not localhost, other machines can call your actions")
      .type_name("HOST")
      .shows_default();
  command
      .add_option(
          "--allow-origin", request->allowed_origins,
          "Let web pages of this origin call actions, and accept its host as this server's name. May be repeated")
      .type_name("ORIGIN")
      .repeatable();
  command
      .add_option(
          "--state", request->state,
          "Keep deployments in this folder, which no other user may access. By default they are lost when adit dev ends")
      .type_name("DIR");
  command.add_flag("--no-deploy", request->no_deploy, "Refuse all deployments. Deployed code runs as you");
  command.add_flag("--http", request->http, "Serve HTTP instead of HTTPS with adit's own certificate");
  command.add_flag("--open", request->open, "Open the console in the browser");
  request->ims.add_to(command);
  command.add_option("--env-file", request->env_file, "Read this file instead of the project's .env").type_name("FILE");
  command
      .add_option("--project", request->project, "The project's folder or one inside it; default: the current folder")
      .type_name("DIR");
  command.add_flag("--json", request->as_json, "Print everything as JSON on stdout, one object per line");
  command.add_flag("--no-hooks", request->no_hooks, "Do not run the project's hooks (pre-app-build and others)");
  command.footer(std::string(kDevFooter));
  command.run([request] {
    try {
      serve(*request);
    } catch (const Interrupted&) {
      // Ctrl-C is the normal end.
    }
  });
}

}  // namespace adit::cli
