#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "cli/command_line/command.h"
#include "cli/commands/jwt.h"
#include "cli/project/project_token.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "base/text/duration.h"
#include "base/text/text.h"
#include "credentials/key_setting.h"

namespace adit::cli {
namespace {

struct SignRequest {
  ProjectOptions options;
  std::optional<std::string> claims;
  std::vector<std::string> claim;
  std::vector<std::string> header;
  std::optional<std::string> key;
  std::optional<std::string> algorithm;
  std::optional<std::string> expires;
  bool json = false;
};

json::value value_of(const std::string& text) {
  const auto parsed = try_parse_json(text);
  return parsed ? *parsed : json::value(text);
}

void add_members(json::object& object, const std::vector<std::string>& pairs, std::string_view option) {
  for (const auto& pair : pairs) {
    const auto sign = pair.find('=');
    if (sign == std::string::npos || sign == 0)
      throw wrong_option(cat(option, ": ", described(pair), " is not of the form name=value."),
                         cat("Write ", option, " name=value."));
    object[pair.substr(0, sign)] = value_of(pair.substr(sign + 1));
  }
}

/// Reads the value of `--claims`. An error in it is a usage error, also if the claims are in a file.
json::object parse_claims(const std::string& given) {
  const bool is_file = given.starts_with('@');
  const auto name = is_file ? given.substr(1) : std::string("--claims");
  constexpr auto kForm = "Write --claims '{\"sub\":\"…\"}' or @FILE.";
  const auto text = given == "-" ? read_stdin() : is_file ? read_file(name) : given;
  try {
    auto value = parse_json(text, name);
    if (value.is_object()) return std::move(value.get_object());
  } catch (const Error& error) {
    throw wrong_option(error.message(), kForm);
  }
  throw wrong_option(cat(name, " is not a JSON object."), kForm);
}

json::object claims_given(const SignRequest& request, WallTime now) {
  json::object claims;
  if (request.claims) claims = parse_claims(*request.claims);
  add_members(claims, request.claim, "--claim");
  if (request.expires) {
    const auto life = parse_duration(*request.expires);
    if (!life)
      throw wrong_option(cat("--expires-in: ", described(*request.expires), " is not a duration."),
                         "Write 300, 90s, 10m, 2h.");
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (!claims.contains("iat")) claims["iat"] = seconds;
    claims["exp"] = seconds + std::chrono::floor<std::chrono::seconds>(*life).count();
  }
  return claims;
}

/// Returns the header of the options. Refuses members that would contradict the signature.
json::object header_given(const SignRequest& request, jwt::Algorithm algorithm) {
  json::object header;
  add_members(header, request.header, "--header");
  // A key id is a string (RFC 7515 section 4.1.4), even if it looks like a number.
  for (const auto& given : request.header) {
    if (given.starts_with("kid=") && !header["kid"].is_string()) header["kid"] = given.substr(4);
  }
  if (header.contains("alg") && string_member(header, "alg") != jwt::to_string(algorithm))
    throw wrong_option(cat("--header alg: the token is signed with ", jwt::to_string(algorithm), "."),
                       "Say so with --alg.");
  if (header.contains("b64"))
    throw wrong_option("--header b64: the claims are always base64url.", "Leave it out (RFC 7797).");
  return header;
}

jwt::SigningKey signing_key(const SignRequest& request, const Environment& environment) {
  const Secret passphrase(environment.get_or("JWT_PRIVATE_KEY_PASSPHRASE", ""));
  if (request.key) {
    auto text = read_file(*request.key);
    const auto folder = std::filesystem::path(*request.key).parent_path().string();
    const auto whole = Secret::taken_from(text);
    const auto beside = folder.empty() ? std::string(".") : folder;
    refuse_key_file_outside(whole, beside, {}, *request.key);
    return read_private_key(whole, passphrase, *request.key, beside).key;
  }
  const auto* setting = environment.find("JWT_PRIVATE_KEY");
  if (setting == nullptr || setting->value.empty())
    throw Error::configuration("missing_params", "There is no key to sign with.")
        .hint("Name a file with --key, or set JWT_PRIVATE_KEY.");
  return read_key_setting(environment, "JWT_PRIVATE_KEY").key;
}

void sign(const SignRequest& request) {
  const auto environment = request.options.settings().environment;
  const auto now = Clock::system().wall_now();
  auto claims = claims_given(request, now);
  if (!request.claims && request.claim.empty()) {
    // Without given claims, sign the assertion with which the project's credential would be exchanged.
    const auto credentials = Credentials::from_environment(environment, Grant::jwt);
    const auto opened = request.options.ims.open(environment);
    if (const auto& secret = credentials.secret_origin()) opened.refuse_untrusted(*secret);
    auto assertion = ims::assertion_claims(*credentials.jwt(), opened.ims, now);
    for (auto& member : claims) assertion[member.key()] = member.value();
    claims = std::move(assertion);
  }
  const auto key = signing_key(request, environment);
  const auto algorithm = request.algorithm ? algorithm_named(*request.algorithm) : key.default_algorithm();
  const auto token = jwt::sign(claims, key, algorithm, header_given(request, algorithm));
  if (request.json) {
    print_json(json::object{{"token", token.reveal()}, {"alg", jwt::to_string(algorithm)}, {"claims", claims}});
  } else {
    std::cout << token.reveal() << '\n';
  }
}

}  // namespace

void add_jwt_sign(Command group) {
  const auto request = std::make_shared<SignRequest>();
  auto signing =
      group.add_command("sign", "Sign claims; without claims, sign the assertion for the project's JWT exchange");
  signing.add_text("--claims", request->claims, "The claims as a JSON object: text, @FILE, or - for stdin")
      .type_name("JSON");
  signing.add_option("--claim", request->claim, "One claim; the value is JSON or text. May be repeated")
      .type_name("NAME=VALUE")
      .repeatable();
  signing.add_option("--header", request->header, "A member of the header, such as kid=…. May be repeated")
      .type_name("NAME=VALUE")
      .repeatable();
  signing
      .add_text("--key", request->key,
                "The private key's file; default: JWT_PRIVATE_KEY (passphrase: JWT_PRIVATE_KEY_PASSPHRASE)")
      .type_name("FILE");
  signing.add_text("--alg", request->algorithm, cat(kAlgorithms, "; otherwise the key's own")).type_name("ALG");
  signing
      .add_text("--expires-in", request->expires,
                "How long the token is valid, which sets iat and exp: seconds, or 90s, 10m, 2h")
      .type_name("TIME");
  signing.add_flag("--json", request->json, "Print the token, its algorithm and its claims as JSON");
  request->options.add_to(signing);
  signing.run([request] { sign(*request); });
}

}  // namespace adit::cli
