#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/json.h"
#include "adit/log.h"
#include "cli/command_line/command.h"
#include "cli/project/project_token.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "base/text/duration.h"
#include "base/text/text.h"
#include "credentials/certificate_expiry.h"

namespace adit::cli {
namespace {

struct TokenRequest {
  ProjectOptions options;
  std::optional<std::string> min_ttl;
  bool json = false;
  bool header = false;
  bool fresh = false;
  bool status = false;
  bool clear = false;
};

std::int64_t seconds_left(const Token& token) {
  const auto left = token.expires_at_monotonic() - Clock::system().monotonic_now();
  return std::chrono::floor<std::chrono::seconds>(left).count();
}

json::array scopes_of(const Token& token) {
  json::array scopes;
  for (const auto& scope : token.scopes()) scopes.emplace_back(scope);
  return scopes;
}

void print_token(const TokenRequest& request, const Token& token) {
  if (request.header) {
    std::cout << "Authorization: Bearer " << token.reveal() << '\n';
  } else if (request.json) {
    json::object out;
    out["token"] = token.reveal();
    out["token_type"] = token.type();
    out["expires_at"] = to_rfc3339(token.expires_at());
    out["expires_in"] = seconds_left(token);
    out["scopes"] = scopes_of(token);
    out["source"] = token.origin() == token::Origin::exchange ? "exchange" : "store";
    std::cout << shown_json(out) << '\n';
  } else {
    std::cout << token.reveal() << '\n';
  }
}

void print_status(const TokenRequest& request, const Credentials& credentials, const ims::Ims& ims,
                  const TokenStatus& status) {
  json::object out;
  out["client_id"] = credentials.client_id();
  out["grant"] = credentials.grant() == Grant::jwt ? "jwt" : "oauth";
  out["ims"] = ims.url;
  out["store"] = status.store;
  out["record"] = status.record;
  out["cached"] = status.token.has_value();
  if (status.token) {
    out["token_type"] = status.token->type();
    out["expires_at"] = to_rfc3339(status.token->expires_at());
    out["expires_in"] = seconds_left(*status.token);
    out["scopes"] = scopes_of(*status.token);
  }
  if (status.refusal) {
    out["refused"] = status.refusal->code();
    out["refused_for"] = std::chrono::ceil<std::chrono::seconds>(*status.refused_for).count();
  }
  if (request.json) {
    std::cout << shown_json(out) << '\n';
    return;
  }
  std::cout << "client   " << credentials.client_id() << " (" << out["grant"].as_string().c_str() << ")\n"
            << "ims      " << ims.url << "\nstore    " << status.store << "\nrecord   " << status.record << '\n';
  if (status.token) {
    std::cout << "token    cached, until " << to_rfc3339(status.token->expires_at()) << " ("
              << seconds_left(*status.token) << " s left)\n"
              << "scopes   " << join(status.token->scopes(), ", ") << '\n';
  } else {
    std::cout << "token    none\n";
  }
  if (status.refusal) {
    std::cout << "refused  " << status.refusal->code() << ", remembered for " << out["refused_for"].as_int64()
              << " s: " << status.refusal->message() << '\n';
  }
}

TokenOptions options_of(const TokenRequest& request) {
  TokenOptions options;
  options.fresh = request.fresh;
  if (request.min_ttl) {
    options.min_life = parse_duration(*request.min_ttl);
    if (!options.min_life || options.min_life->count() < 0) {
      throw Error::configuration("invalid_duration",
                                 cat("--min-ttl: ", described(*request.min_ttl), " is not a duration."))
          .hint("Write seconds (600), or 90s, 10m, 2h.");
    }
  }
  return options;
}

/// Warns if the certificate of a JWT credential expires soon.
void warn_of_certificate(const Credentials& credentials, const Environment& environment, const Clock& clock) {
  if (credentials.grant() != Grant::jwt) return;
  const auto ends = parse_utc_time(environment.get_or(kCertificateExpiry, ""));
  const auto now = clock.wall_now();
  if (!ends || certificate_state(*ends, now) == CertificateState::valid) return;
  log(LogLevel::warn, cat(certificate_warning(*ends, now), ' ', certificate_advice()));
}

void run_token(const TokenRequest& request) {
  const auto options = options_of(request);
  const auto environment = request.options.settings().environment;
  const auto credentials = request.options.credentials(environment);
  warn_of_certificate(credentials, environment, Clock::system());
  ProjectSession session(request.options, environment);
  auto source = session.source(credentials);
  if (request.clear) {
    source.clear();
    if (request.json) {
      std::cout << shown_json(json::object{{"client_id", credentials.client_id()}, {"cleared", true}}) << '\n';
    } else {
      note(cat("deleted the cached token of ", credentials.client_id()));
    }
  } else if (request.status) {
    print_status(request, credentials, session.opened().ims, source.status());
  } else {
    const auto token = [&] {
      const Waiting waiting("Asking IMS for a token");
      return source.get(options);
    }();
    print_token(request, token);
  }
}

}  // namespace

void add_token(Command program) {
  auto command = program.add_command("token", "Print an access token from the store, or fetch one");
  const auto request = std::make_shared<TokenRequest>();
  auto as_json = command.add_flag(
      "--json", request->json, "Print the token with its type, expiry, scopes and source (store or exchange) as JSON");
  command.add_flag("--header", request->header, "Print it as the header 'Authorization: Bearer …'").excludes(as_json);
  command
      .add_option("--min-ttl", request->min_ttl,
                  "How long the token must still be valid: seconds, or 90s, 10m, 2h (60 s)")
      .type_name("TIME");
  command.add_flag("--fresh", request->fresh, "Fetch a new token even if the store has a valid one");
  auto status = command.add_flag("--status", request->status, "Print what is cached, but not the token");
  command.add_flag("--clear", request->clear, "Delete the cached token").excludes(status);
  request->options.add_to(command);
  command.run([request] { run_token(*request); });
}

}  // namespace adit::cli
