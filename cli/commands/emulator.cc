// `adit emulator`: emulates IMS and the APIs behind it until it is interrupted.
#include "adit/emulator.h"

#include <cerrno>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <sys/stat.h>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/json.h"
#include "cli/command_line/command.h"
#include "cli/import/integrations_file.h"
#include "cli/project/console_link.h"
#include "cli/project/registration.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "base/system_reason.h"
#include "base/text/duration.h"
#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "console/emulator_console.h"
#include "system/files/resolve_for_writing.h"
#include "system/files/staged_file.h"

namespace adit::cli {
namespace {

struct EmulatorRequest {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string env_file;
  std::string integrations_file;
  std::string token_lifetime;
  std::vector<std::string> faults;
  bool tls = false;
  std::string ca_out;
  std::optional<std::uint16_t> http_port;
  std::string token_rate;
  std::string api_rate;
  bool json = false;
  bool open = false;
  std::size_t max_body = emulator::Options().max_body_bytes;
  std::size_t max_header = emulator::Options().max_header_bytes;
  std::size_t max_connections = emulator::Options().max_connections;
  std::string idle_timeout = "60s";
  std::string request_timeout = "30s";
  std::vector<std::string> allowed_origins;
};

constexpr std::string_view kEmulatorFooter =
    R"(The integrations file (an integration is a project of the Developer Console with its credentials):
  integrations:
    - client_id: 58b23182d80a40fea8b12bc236d71167
      client_secret: p8e-...                # or client_secrets: [old, new]
      org_id: 7ABB3E6A5A7491460A495D61@AdobeOrg
      technical_account_id: 1F072B8A63C6E0230A495EE1@techacct.adobe.com
      certificates: [certificate.crt]       # or public_keys; PEM text, or a file beside this one
      metascopes: [ent_analytics_bulk_ingest_sdk]
      scopes: [openid, AdobeID]             # for OAuth server-to-server
      exchange_jwt: true                    # false: JWT exchange answers 401 invalid_client
      converted_to_oauth: false             # true: JWT exchange answers 500 internal_error
      product_profiles: [Default]           # []: every API answers 403 with error_code 403025
      token_rate: 10/1m                     # above it: 429 with Retry-After; same for api_rate

Faults: latency=200ms, reset, stall, cut, truncated, malformed, html=502, status=503,retry_after=2,
  clock_skew=-10m. Each may have count=N, path=/ims/token, retry_after_form=date. A fault affects requests to IMS; with
  the path of an API, such as path=/discovery/me, it affects requests to that API. While the emulator runs:
  POST /__adit/faults {"fault":"status","status":429,"retry_after":2} adds a fault; GET lists them, DELETE removes them.
  POST /__adit/keys/rotate signs new tokens with a new key; the old key remains published until its last token expires.
  GET /__adit/stats counts requests, exchanges and faults.

HTTPS: --tls serves only HTTPS on --port. The certificate is for localhost, 127.0.0.1, ::1, --host and Adobe's host
  names, and a new certificate authority signs it. --http-port also serves plain HTTP. Make clients trust the file of
  --ca-out: with NODE_EXTRA_CA_CERTS for Node.js, --cacert for curl, SSL_CERT_FILE for others.

Console: the URL that is printed at the start opens a page in the browser that shows tokens, refused requests,
  integrations and the request log, revokes tokens, rotates the key and sets faults. --open opens it, and so does the
  key o on the terminal. There is no console with --json or --quiet, because the URL is not printed then.

Who may use it: programs, and web pages of this machine (http://localhost:3000). Pages of other sites get 403, and so
  do requests for a host that is not a name of the emulator. --allow-origin https://HOST allows a page or a name.

The log has one line for each request, on stderr. With --json each line is an object with time (RFC 3339), method,
  path (without query), status, duration_us and remote, and, if they apply, client_id, error (IMS's error or an API's
  code), reason (why the request was refused), debug_id and faults. The log contains no secrets and no tokens.)";

std::chrono::milliseconds duration_of(std::string_view option, const std::string& text) {
  const auto life = parse_duration(text);
  if (!life || *life <= std::chrono::milliseconds(0)) {
    throw Error::configuration("invalid_duration", cat(option, ": ", described(text), " is not a duration."))
        .hint("Write 30s, 10m, 24h, 500ms, or a number of seconds.");
  }
  return *life;
}

/// The user named this file, so that incomplete credentials are an error.
std::vector<emulator::Integration> integrations_of_env_file(const std::string& path) {
  auto environment = Environment::process();
  environment.add_file(EnvFile::read(path));
  auto integrations = integrations_found(environment);
  if (integrations.empty()) integrations.push_back(integration_of(Credentials::from_environment(environment)));
  return integrations;
}

emulator::Rate rate_of(std::string_view option, const std::string& text) {
  try {
    return emulator::Rate::parse(text);
  } catch (const Error& error) {
    throw Error::configuration(error.code(), cat(option, ": ", error.message())).hint(error.hint());
  }
}

/// Everyone may read the file: a CA's certificate is not a secret.
void write_certificate(const std::string& path, const std::string& pem) {
  const int trouble = write_whole_file(resolve_for_writing(path), pem, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  if (trouble == 0) return;
  throw Error::configuration("file_unwritable",
                             cat("Cannot write the CA's certificate to ", path, ": ",
                                 trouble == EINVAL ? "it is not a regular file" : system_reason(trouble), '.'))
      .hint("--ca-out must name a file in a folder that exists and that you may write to.");
}

std::string as_json(const emulator::RequestRecord& record) {
  json::object line;
  line["time"] = to_rfc3339(record.time);
  line["method"] = record.method;
  line["path"] = record.path;
  line["status"] = record.status;
  line["duration_us"] = record.took.count();
  line["remote"] = record.remote_address;
  if (!record.client_id.empty()) line["client_id"] = record.client_id;
  if (!record.error.empty()) line["error"] = record.error;
  if (!record.reason.empty()) line["reason"] = record.reason;
  if (!record.debug_id.empty()) line["debug_id"] = record.debug_id;
  if (record.faults != 0) line["faults"] = record.faults;
  return shown_json(line);
}

std::string as_text(const emulator::RequestRecord& record) {
  return cat(to_rfc3339(record.time), ' ', record.method, ' ', record.path, ' ', record.status,
             record.error.empty() ? "" : " ", record.error, record.reason.empty() ? "" : " (", record.reason,
             record.reason.empty() ? "" : ")", record.client_id.empty() ? "" : " client ", record.client_id,
             record.faults == 0 ? "" : " (with a fault)", ' ', record.took.count(), " us");
}

/// Writes a line in one piece, so that lines of several threads do not mix. Ignores errors.
void write_line(std::string_view line) { write_whole({styled(Stream::err, Style::plain, cat(line, '\n'))}); }

/// Returns the origin with a loopback address instead of that of all interfaces: clients use no proxy for it.
std::string for_this_machine(std::string origin) {
  return replace_all(replace_all(std::move(origin), "://0.0.0.0:", "://127.0.0.1:"), "://[::]:", "://[::1]:");
}

void print_usage_hints(const emulator::Emulator& emulator, const EmulatorRequest& request, bool has_integrations,
                       const std::string& console_url) {
  if (!has_integrations && !request.json)
    note(
        "the emulator has no integration, so no token request can succeed; start it with --env-file .env or --integrations FILE");
  if (common_options().quiet || request.json) return;
  const auto plain = emulator.plain_origin();
  auto text = cat(
      "adit and its actions: export ADIT_ENDPOINTS=",
      shell_word(emulator::routes_to(for_this_machine(plain.empty() ? emulator.origin() : plain)).to_string()), "\n");
  if (!request.ca_out.empty()) {
    text += cat("its CA: ", request.ca_out, "  (Node.js: NODE_EXTRA_CA_CERTS=", shell_word(request.ca_out),
                ", curl: --cacert ", shell_file(request.ca_out), ")\n");
  } else if (request.tls) {
    text += "use --ca-out to write its CA; without the CA nothing can trust the certificate\n";
  }
  text += cat("what it did: ", for_this_machine(emulator.origin()), "/__adit/stats\n", "console: ", console_url, "  (",
              kConsoleKey, " opens it); Ctrl-C ends it");
  write_line(text);
}

emulator::Options options_of(const EmulatorRequest& request) {
  if (!request.tls && (!request.ca_out.empty() || request.http_port)) {
    throw Error::configuration("tls_needed", cat(request.ca_out.empty() ? "--http-port" : "--ca-out", " needs --tls."))
        .hint("Without --tls there is no certificate, and --port is plain HTTP.");
  }
  emulator::Options options;
  options.tls = request.tls;
  options.plain_port = request.http_port;
  if (!request.token_rate.empty()) options.token_rate = rate_of("--token-rate", request.token_rate);
  if (!request.api_rate.empty()) options.api_rate = rate_of("--api-rate", request.api_rate);
  options.max_body_bytes = request.max_body;
  options.max_header_bytes = request.max_header;
  options.max_connections = request.max_connections;
  options.idle_timeout = duration_of("--idle-timeout", request.idle_timeout);
  options.request_timeout = duration_of("--request-timeout", request.request_timeout);
  if (!common_options().quiet) {
    options.on_request = [json = request.json](const emulator::RequestRecord& record) {
      write_line(json ? as_json(record) : as_text(record));
    };
  }
  options.host = request.host;
  options.port = request.port;
  options.allowed_origins = request.allowed_origins;
  if (!request.token_lifetime.empty()) options.token_lifetime = duration_of("--token-lifetime", request.token_lifetime);
  if (!request.env_file.empty()) options.integrations = integrations_of_env_file(request.env_file);
  if (!request.integrations_file.empty()) {
    for (auto& integration : read_integrations_file(request.integrations_file))
      options.integrations.push_back(std::move(integration));
  }
  options.key_file = emulator_key_file();
  return options;
}

void run_emulator(const EmulatorRequest& request) {
  auto options = options_of(request);
  std::vector<emulator::Fault> faults;
  for (const auto& text : request.faults) faults.push_back(emulator::Fault::parse(text));

  const Interrupts interrupts;
  const bool has_integrations = !options.integrations.empty();
  emulator::Emulator emulator(std::move(options));
  for (auto& fault : faults) emulator.set_fault(std::move(fault));
  // Before the line that announces it, so that a program that waits for the line finds the file.
  if (!request.ca_out.empty()) write_certificate(request.ca_out, emulator.ca_pem());
  std::cout << "listening on " << emulator.origin() << '\n';
  if (request.http_port) std::cout << "listening on " << emulator.plain_origin() << '\n';
  std::cout.flush();
  if (common_options().quiet || request.json) {
    print_usage_hints(emulator, request, has_integrations, {});
    return Interrupts::wait();
  }
  const auto keys = console::make_keys();
  const auto origin = for_this_machine(emulator.origin());
  const auto console_url = console::url_of(origin, keys.token);
  const console::EmulatorConsole console(emulator, keys, http::LocalAccess(request.host, request.allowed_origins));
  print_usage_hints(emulator, request, has_integrations, console_url);
  const ConsoleOpener opener([&] { return console::url_of(origin, keys.one_time->issue()); }, request.open);
  Interrupts::wait();
}

void add_address(Command command, EmulatorRequest& request) {
  command.add_option("--port", request.port, "The port; 0 picks a free one")
      .type_name("PORT")
      .shows_default()
      .in_range(0, 65'535);
  command.add_option("--host", request.host, "The address to listen on").type_name("HOST").shows_default();
  command
      .add_option(
          "--allow-origin", request.allowed_origins,
          "Let web pages of this origin use the emulator, and accept its host as the emulator's name (see below). May be repeated")
      .type_name("ORIGIN")
      .repeatable();
}

/// Options for integrations and faults.
void add_content(Command command, EmulatorRequest& request) {
  command.add_option("--env-file", request.env_file, "Register the credentials of this .env file as an integration")
      .type_name("FILE");
  command
      .add_option("--integrations,--clients", request.integrations_file,
                  "A YAML file with integrations to register (see below)")
      .type_name("FILE");
  command
      .add_option("--token-lifetime", request.token_lifetime,
                  "How long tokens are valid: 30s, 10m, 24h, or seconds (24h)")
      .type_name("DURATION");
  command.add_option("--fault", request.faults, "A fault to inject (see below). May be repeated")
      .type_name("FAULT")
      .repeatable();
}

void add_tls(Command command, EmulatorRequest& request) {
  command.add_flag("--tls", request.tls, "Serve HTTPS, with a certificate authority made for this run (see below)");
  command.add_option("--ca-out", request.ca_out, "Write the authority's certificate to this file, as PEM")
      .type_name("FILE");
  command
      .add_option("--http-port", request.http_port,
                  "With --tls: also serve plain HTTP on this port; 0 picks a free one")
      .type_name("PORT")
      .in_range(0, 65'535);
}

void add_limits(Command command, EmulatorRequest& request) {
  command
      .add_option("--token-rate", request.token_rate, "How many token requests each integration may make: 10/1m, 5/s")
      .type_name("RATE");
  command.add_option("--api-rate", request.api_rate, "How many API calls each integration may make: 100/1m")
      .type_name("RATE");
  command
      .add_option("--max-body", request.max_body,
                  "The longest request body in bytes; a longer one is answered with 413")
      .type_name("BYTES")
      .in_range(0, 1 << 30)
      .shows_default();
  command
      .add_option("--max-header", request.max_header,
                  "The longest request header in bytes; a longer one is answered with 431")
      .type_name("BYTES")
      .in_range(256U, 1U << 24U)
      .shows_default();
  command
      .add_option("--max-connections", request.max_connections,
                  "How many connections may be open at once; a further one is answered with 503")
      .type_name("N")
      .in_range(1, 1 << 20)
      .shows_default();
  command.add_option("--idle-timeout", request.idle_timeout, "Close connections that are idle for this long")
      .type_name("DURATION")
      .shows_default();
  command
      .add_option("--request-timeout", request.request_timeout,
                  "Answer 408 to requests that are not complete after this time")
      .type_name("DURATION")
      .shows_default();
}

}  // namespace

void add_emulator(Command program) {
  auto request = std::make_shared<EmulatorRequest>();
  auto command = program.add_command("emulator",
                                     "Emulate IMS and the APIs behind it on this machine, for work without an account");
  add_address(command, *request);
  add_content(command, *request);
  add_tls(command, *request);
  add_limits(command, *request);
  command.add_flag("--open", request->open, "Open the console in the browser");
  command.add_flag("--json", request->json, "Log requests as JSON, one object per line (see below)");
  command.footer(std::string(kEmulatorFooter));
  command.run([request] { run_emulator(*request); });
}

}  // namespace adit::cli
