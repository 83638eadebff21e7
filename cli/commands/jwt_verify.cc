#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "cli/command_line/command.h"
#include "cli/commands/jwt.h"
#include "cli/project/project_token.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/jwt_words.h"
#include "cli/terminal/terminal.h"

#include "base/text/text.h"
#include "issuers/ims/token_failure.h"

namespace adit::cli {
namespace {

struct VerifyRequest {
  ProjectOptions options;
  std::optional<std::string> token;
  std::optional<std::string> keys;
  std::vector<std::string> algorithms;
  std::optional<std::string> audience;
  std::optional<std::string> issuer;
  bool ignore_times = false;
  bool json = false;
};

jwt::Jwks keys_for(const VerifyRequest& request) {
  if (request.keys == "-") return jwt::read_keys(read_stdin());
  if (request.keys && !request.keys->starts_with("http://") && !request.keys->starts_with("https://"))
    return read_from(*request.keys, jwt::read_keys);
  const auto environment = request.options.settings().environment;
  ProjectSession session(request.options, environment);
  const Waiting waiting("Fetching the keys");
  if (!request.keys) return ims::Client(session.opened().ims, session.transport()).keys();
  const auto response =
      http::Request::get(*request.keys).header("accept", "application/json").send(session.transport());
  if (!response.ok())
    throw Error::failure("request_failed", cat("There is no key set at ", http::split_url(*request.keys).shown(), "."))
        .hint("Check the URL.")
        .http_status(response.status());
  return jwt::read_keys(response.body());
}

bool has_audience(const json::object& claims, const std::string& wanted) {
  const auto* value = claims.if_contains("aud");
  if (value == nullptr) return false;
  if (value->is_string()) return std::string_view(value->get_string()) == wanted;
  if (!value->is_array()) return false;
  for (const auto& item : value->get_array())
    if (item.is_string() && std::string_view(item.get_string()) == wanted) return true;
  return false;
}

/// Throws Error if the claims are not valid now, or not for the expected issuer or audience.
void check_claims(const VerifyRequest& request, const json::object& claims, WallTime now) {
  const auto times = times_of(claims);
  const auto unreadable = [&claims](const char* name, bool read) { return claims.contains(name) && !read; };
  if (!request.ignore_times) {
    if (unreadable("exp", times.expires.has_value()) || unreadable("nbf", times.not_before.has_value()))
      throw Error::failure("invalid_claims", "The token's exp or nbf is not a time.")
          .hint("Both are seconds since 1970 (RFC 7519).");
    if (times.expires && *times.expires <= now)
      throw Error::failure("token_expired", cat("The token expired at ", to_rfc3339(*times.expires), " (",
                                                in_words(*times.expires, now), ")."))
          .hint("Its signature is valid. Use --ignore-times to verify only the signature.");
    if (times.not_before && *times.not_before > now)
      throw Error::failure("token_not_yet_valid",
                           cat("The token is not valid before ", to_rfc3339(*times.not_before), "."))
          .hint("Its signature is valid. Use --ignore-times to verify only the signature.");
  }
  if (request.audience && !has_audience(claims, *request.audience))
    throw Error::failure("wrong_audience", "The token is not for this audience.").hint("See its claim aud.");
  if (request.issuer && string_member(claims, "iss") != *request.issuer)
    throw Error::failure("wrong_issuer", "The token has another issuer.").hint("See its claim iss.");
}

/// Accepts also tokens in JSON serialisation (RFC 7515 section 7.2). Checks the format first, so that keys are not
/// fetched for something else.
jwt::Verified verified_by_keys(const VerifyRequest& request, const std::string& token) {
  std::vector<jwt::Algorithm> accepted;
  for (const auto& name : request.algorithms) accepted.push_back(algorithm_named(name));
  if (token.starts_with('{')) {
    static_cast<void>(jwt::parse_json_jws(token));
    return jwt::verify_json(token, keys_for(request), accepted);
  }
  static_cast<void>(jwt::parse_compact(token));
  return jwt::verify(token, keys_for(request), accepted);
}

/// Refuses empty values: a check must not be skipped because a shell variable is not set.
void refuse_empty_options(const VerifyRequest& request) {
  for (const auto& [option, value] : {std::pair{"--keys", request.keys}, std::pair{"--audience", request.audience},
                                      std::pair{"--issuer", request.issuer}}) {
    if (value && value->empty())
      throw wrong_option(cat(option, " is empty."), "Leave it out, or see what its variable is set to.");
  }
}

void verify(const VerifyRequest& request) {
  refuse_empty_options(request);
  const auto given = request.token.value_or("-");
  if (request.keys && *request.keys == "-" && given == "-")
    throw wrong_option("stdin cannot be both the token and the keys.", "Give one of them otherwise.");
  const auto token = given_token(given);
  const auto now = Clock::system().wall_now();
  try {
    const auto verified = verified_by_keys(request, token);
    const auto claims = jwt::parse_claims(verified.payload);
    check_claims(request, claims, now);
    if (request.json) {
      print_json(json::object{{"valid", true},
                              {"alg", jwt::to_string(verified.algorithm)},
                              {"header", verified.header},
                              {"claims", claims}});
      return;
    }
    const auto times = times_of(claims);
    std::cout << styled(Stream::out, Style::good, "valid") << ": " << jwt::to_string(verified.algorithm);
    if (const auto key_id = string_member(verified.header, "kid"); !key_id.empty())
      std::cout << " by " << styled(Stream::out, Style::plain, key_id);
    if (times.expires)
      std::cout << (*times.expires <= now ? ", expired " : ", expires ") << in_words(*times.expires, now);
    std::cout << '\n';
  } catch (const Error& error) {
    if (!ims::says_token_is_invalid(error.code())) throw;
    exit_code() = 1;
    if (request.json)
      print_json(json::object{{"valid", false}, {"reason", error.code()}, {"message", error.message()}});
    print_error(error.to_string());
  }
}

}  // namespace

void add_jwt_verify(Command group) {
  const auto request = std::make_shared<VerifyRequest>();
  auto verifying = group.add_command("verify", "Verify a token's signature and times; exit with 1 if it is not valid");
  verifying.add_text("TOKEN", request->token, "The token, in compact or JSON serialisation; - or no token reads stdin");
  verifying
      .add_text("--keys,--jwks,--key,--cert", request->keys,
                "A file or URL with a JWK set, a JWK, a public key or a certificate; default: IMS's keys")
      .type_name("FILE|URL");
  verifying.add_option("--alg", request->algorithms, "Accept only these algorithms; default: those of the keys")
      .type_name("ALG")
      .repeatable()
      .separated_by(',');
  verifying.add_text("--audience", request->audience, "The audience that aud must name").type_name("AUD");
  verifying.add_text("--issuer", request->issuer, "The issuer that iss must name").type_name("ISS");
  verifying.add_flag("--ignore-times", request->ignore_times, "Verify only the signature, not exp and nbf");
  verifying.add_flag("--json", request->json, "Print JSON");
  request->options.add_to(verifying);
  verifying.run([request] { verify(*request); });
}

}  // namespace adit::cli
