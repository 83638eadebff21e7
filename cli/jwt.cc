#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adit/base/environment.h"
#include "adit/base/error.h"
#include "adit/base/json.h"
#include "adit/base/text.h"
#include "adit/credentials/private_key.h"
#include "adit/emulator/fault.h"
#include "adit/http/client.h"
#include "adit/ims/assertion.h"
#include "adit/ims/client.h"
#include "adit/jwt/decode.h"
#include "adit/jwt/jws.h"
#include "adit/jwt/verification.h"
#include "cli/command.h"
#include "cli/input_text.h"
#include "cli/jwt_words.h"
#include "cli/project_token.h"
#include "cli/terminal.h"

namespace adit::cli {
namespace {

struct JwtRequest {
  ProjectOptions options;
  std::string token;
  bool json = false;
  // sign
  std::string claims;
  std::vector<std::string> claim;
  std::vector<std::string> header;
  std::optional<std::string> key;
  std::optional<std::string> algorithm;
  std::optional<std::string> expires;
  // verify
  std::optional<std::string> keys;
  std::vector<std::string> algorithms;
  std::optional<std::string> audience;
  std::optional<std::string> issuer;
  bool ignore_times = false;
};

Error usage(std::string message, std::string hint) {
  return Error::configuration("invalid_option", std::move(message)).hint(std::move(hint));
}

jwt::Algorithm algorithm_named(const std::string& name) {
  const auto algorithm = jwt::algorithm_from_string(name);
  if (!algorithm)
    throw usage(cat("'", name, "' is no algorithm that adit signs or verifies with."),
                "There are RS256, RS384, RS512, PS256, ES256, ES384 and EdDSA.");
  return *algorithm;
}

// ---- decode

std::string_view state_name(jwt::PartState state) {
  switch (state) {
    case jwt::PartState::absent:
      return "absent";
    case jwt::PartState::complete:
      return "complete";
    case jwt::PartState::cut:
      return "cut";
    case jwt::PartState::broken:
      return "broken";
  }
  return "broken";
}

/// `scope`: IMS separates with commas, others with blanks (RFC 8693 section 4.2), some have an array.
std::vector<std::string> scopes_of(const json::object& claims) {
  std::vector<std::string> scopes;
  for (const auto* name : {"scope", "scp"}) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr) continue;
    if (const auto* list = value->if_array()) {
      for (const auto& item : *list)
        if (item.is_string()) scopes.emplace_back(item.get_string());
    } else if (value->is_string()) {
      scopes = split_list(replace_all(std::string(value->get_string()), " ", ","));
    }
    if (!scopes.empty()) break;
  }
  // A Service Account assertion names its metascopes as claims: https://…/s/NAME.
  for (const auto& member : claims) {
    const std::string_view name = member.key();
    if (name.starts_with("http") && name.find("/s/") != std::string_view::npos) scopes.emplace_back(name);
  }
  std::erase(scopes, std::string());
  return scopes;
}

json::object decoded_json(const jwt::Decoded& decoded, WallTime now) {
  const auto& claims = decoded.claims.members;
  json::object out;
  out["complete"] = decoded.complete();
  out["verified"] = false;
  out["header"] = decoded.header.members;
  out["claims"] = claims;
  out["states"] = json::object{{"header", state_name(decoded.header.state)},
                               {"claims", state_name(decoded.claims.state)},
                               {"signature", state_name(decoded.signature)}};
  out["signature_bytes"] = decoded.signature_bytes;
  const auto times = times_of(claims);
  const auto tell = [&out, now](const char* name, const std::optional<WallTime>& time) {
    if (time) out[name] = json::object{{"at", to_rfc3339(*time)}, {"words", in_words(*time, now)}};
  };
  tell("issued", times.issued);
  tell("not_before", times.not_before);
  tell("expires", times.expires);
  if (times.expires) {
    out["expires_in"] = std::chrono::floor<std::chrono::seconds>(*times.expires - now).count();
    out["expired"] = *times.expires <= now;
  }
  json::array scopes;
  for (const auto& scope : scopes_of(claims)) scopes.emplace_back(scope);
  out["scopes"] = std::move(scopes);
  if (const auto ims = ims_in_words(claims); !ims.empty()) out["ims"] = ims;
  json::array remarks;
  for (const auto& remark : decoded.remarks) remarks.emplace_back(remark);
  out["remarks"] = std::move(remarks);
  return out;
}

std::string shown(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : to_json(value);
}

void print_part(std::string_view title, const jwt::DecodedPart& part, std::vector<std::vector<std::string>>& rows) {
  if (part.state == jwt::PartState::absent) return;
  rows.push_back({styled(Stream::out, Style::plain, title), ""});
  for (const auto& member : part.members) {
    const bool cut = part.cut_member == member.key();
    rows.push_back({cat("  ", styled(Stream::out, Style::plain, member.key())),
                    styled(Stream::out, Style::plain, cat(shown(member.value()), cut ? "… (cut off)" : ""))});
  }
}

void print_decoded(const jwt::Decoded& decoded, WallTime now) {
  std::vector<std::vector<std::string>> rows;
  print_part("header", decoded.header, rows);
  print_part("claims", decoded.claims, rows);
  const auto& claims = decoded.claims.members;
  const auto times = times_of(claims);
  const auto say = [&rows](std::string_view name, std::string text) {
    rows.push_back({styled(Stream::out, Style::plain, name), styled(Stream::out, Style::plain, text)});
  };
  const auto when = [now](WallTime time) { return cat(to_rfc3339(time), " (", in_words(time, now), ")"); };
  if (times.issued) say("issued", when(*times.issued));
  if (times.not_before) say("not before", when(*times.not_before));
  if (times.expires) say(*times.expires <= now ? "expired" : "expires", when(*times.expires));
  if (const auto scopes = scopes_of(claims); !scopes.empty()) say("scopes", join(scopes, ", "));
  if (const auto ims = ims_in_words(claims); !ims.empty()) say("IMS", ims);
  if (decoded.signature == jwt::PartState::absent) {
    say("signature", "none");
  } else {
    say("signature",
        cat(decoded.signature_bytes, " bytes",
            decoded.signature == jwt::PartState::complete ? "" : ", cut off or damaged", "; not verified"));
  }
  for (const auto& remark : decoded.remarks) say("note", remark);
  print_table(std::cout, Stream::out, rows);
}

void decode(const JwtRequest& request) {
  const auto text = request.token.empty() || request.token == "-" ? read_stdin() : request.token;
  const auto decoded = jwt::decode(text);
  const auto now = Clock::system().wall_now();
  const bool readable = !decoded.header.members.empty() || !decoded.claims.members.empty();
  if (request.json) {
    print_json(decoded_json(decoded, now));
  } else if (readable) {
    print_decoded(decoded, now);
  }
  if (readable) return;
  exit_code() = 1;
  std::cerr << "adit: Nothing of this can be read as a JWT.\n";
  for (const auto& remark : decoded.remarks) std::cerr << "  " << remark << '\n';
}

// ---- sign

json::value value_of(const std::string& text) {
  const auto parsed = try_parse_json(text);
  return parsed ? *parsed : json::value(text);
}

void add_members(json::object& object, const std::vector<std::string>& pairs, std::string_view option) {
  for (const auto& pair : pairs) {
    const auto sign = pair.find('=');
    if (sign == std::string::npos || sign == 0)
      throw usage(cat(option, " '", pair.substr(0, sign), "' has no value."), cat("Write ", option, " name=value."));
    object[pair.substr(0, sign)] = value_of(pair.substr(sign + 1));
  }
}

/// What is wrong with it is wrong usage.
json::value given_json(const std::string& text) {
  try {
    return parse_json(text, "--claims");
  } catch (const Error& error) {
    throw usage(error.message(), "Write --claims '{\"sub\":\"…\"}' or @FILE.");
  }
}

json::object claims_given(const JwtRequest& request, WallTime now) {
  json::object claims;
  if (!request.claims.empty()) {
    const auto text = request.claims == "-"             ? read_stdin()
                      : request.claims.starts_with('@') ? read_file(request.claims.substr(1))
                                                        : request.claims;
    auto value = given_json(text);
    if (!value.is_object()) throw usage("--claims is no JSON object.", "Write --claims '{\"sub\":\"…\"}' or @FILE.");
    claims = std::move(value.get_object());
  }
  add_members(claims, request.claim, "--claim");
  if (request.expires) {
    const auto life = emulator::parse_duration(*request.expires);
    if (!life)
      throw usage(cat("--expires-in ", *request.expires, " is no length of time."), "Write 300, 90s, 10m, 2h.");
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (!claims.contains("iat")) claims["iat"] = seconds;
    claims["exp"] = seconds + std::chrono::floor<std::chrono::seconds>(*life).count();
  }
  return claims;
}

jwt::SigningKey signing_key(const JwtRequest& request, const Environment& environment) {
  const Secret passphrase(environment.get_or("JWT_PRIVATE_KEY_PASSPHRASE", ""));
  if (request.key) {
    auto text = read_file(*request.key);
    const auto folder = std::filesystem::path(*request.key).parent_path().string();
    return read_private_key(Secret::taken_from(text), passphrase, *request.key, folder.empty() ? "." : folder).key;
  }
  const auto* setting = environment.find("JWT_PRIVATE_KEY");
  if (setting == nullptr || setting->value.empty())
    throw Error::configuration("missing_params", "There is no key to sign with.")
        .hint("Name a file with --key, or set JWT_PRIVATE_KEY.");
  return read_private_key(Secret(setting->value), passphrase).key;
}

void sign(const JwtRequest& request) {
  const auto environment = request.options.settings().environment;
  const auto now = Clock::system().wall_now();
  auto claims = claims_given(request, now);
  if (request.claims.empty() && request.claim.empty()) {
    // Without claims of one's own: the assertion that the project's credential would be exchanged with.
    const auto credentials = Credentials::from_environment(environment, Grant::jwt);
    const auto opened = request.options.ims.open(environment);
    auto assertion = ims::assertion_claims(*credentials.jwt(), opened.ims, now);
    for (auto& member : claims) assertion[member.key()] = member.value();
    claims = std::move(assertion);
  }
  const auto key = signing_key(request, environment);
  json::object header;
  add_members(header, request.header, "--header");
  const auto algorithm = request.algorithm ? algorithm_named(*request.algorithm) : key.default_algorithm();
  const auto token = jwt::sign(claims, key, algorithm, std::move(header));
  if (request.json) {
    print_json(json::object{{"token", token.reveal()}, {"alg", jwt::to_string(algorithm)}, {"claims", claims}});
  } else {
    std::cout << token.reveal() << '\n';
  }
}

// ---- verify

jwt::Jwks keys_for(const JwtRequest& request, const json::object& /*claims*/) {
  if (request.keys && !request.keys->starts_with("http://") && !request.keys->starts_with("https://"))
    return jwt::read_keys(*request.keys == "-" ? read_stdin() : read_file(*request.keys));
  const auto environment = request.options.settings().environment;
  const ProjectSession session(request.options, environment);
  if (!request.keys) return ims::Client(session.opened().ims, session.transport()).keys();
  const auto response =
      http::Request::get(*request.keys).header("accept", "application/json").send(session.transport());
  if (!response.ok())
    throw Error::failure("request_failed", cat("There is no key set at ", *request.keys, "."))
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

/// Throws Error where the claims do not count now, or here.
void judge(const JwtRequest& request, const json::object& claims, WallTime now) {
  const auto times = times_of(claims);
  const auto unreadable = [&claims](const char* name, bool read) { return claims.contains(name) && !read; };
  if (!request.ignore_times) {
    if (unreadable("exp", times.expires.has_value()) || unreadable("nbf", times.not_before.has_value()))
      throw Error::failure("invalid_claims", "The token's exp or nbf is no time.")
          .hint("Both are seconds since 1970 (RFC 7519).");
    if (times.expires && *times.expires <= now)
      throw Error::failure("token_expired", cat("The token expired at ", to_rfc3339(*times.expires), " (",
                                                in_words(*times.expires, now), ")."))
          .hint("Its signature is right. --ignore-times leaves the times out.");
    if (times.not_before && *times.not_before > now)
      throw Error::failure("token_not_yet_valid",
                           cat("The token is not valid before ", to_rfc3339(*times.not_before), "."))
          .hint("Its signature is right. --ignore-times leaves the times out.");
  }
  if (request.audience && !has_audience(claims, *request.audience))
    throw Error::failure("wrong_audience", "The token is not for this audience.").hint("See its claim aud.");
  if (request.issuer && string_member(claims, "iss") != *request.issuer)
    throw Error::failure("wrong_issuer", "The token is of another issuer.").hint("See its claim iss.");
}

void verify(const JwtRequest& request) {
  if (request.keys && *request.keys == "-" && (request.token == "-" || request.token.empty()))
    throw usage("stdin cannot be both the token and the keys.", "Give one of them otherwise.");
  const auto token = given_token(request.token.empty() ? "-" : request.token);
  std::vector<jwt::Algorithm> accepted;
  for (const auto& name : request.algorithms) accepted.push_back(algorithm_named(name));
  const auto now = Clock::system().wall_now();
  try {
    static_cast<void>(jwt::parse_compact(token));  // No keys need be fetched for what is no token.
    const auto verified = jwt::verify(token, keys_for(request, {}), accepted);
    const auto claims = jwt::parse_claims(verified.payload);
    judge(request, claims, now);
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
    const auto& code = error.code();
    const bool judged = code == "invalid_signature" || code == "invalid_jws" || code == "token_expired" ||
                        code == "token_not_yet_valid" || code == "unknown_key" || code == "wrong_audience" ||
                        code == "wrong_issuer" || code == "invalid_claims";
    if (!judged) throw;
    exit_code() = 1;
    if (request.json) print_json(json::object{{"valid", false}, {"reason", code}, {"message", error.message()}});
    std::cerr << "adit: " << error.to_string() << '\n';
  }
}

}  // namespace

void add_jwt(CLI::App& program) {
  auto* group = program.add_subcommand("jwt", "Make, explain and verify JSON Web Tokens");
  group->require_subcommand(1);
  const auto request = std::make_shared<JwtRequest>();

  auto* decoding = group->add_subcommand("decode", "Explain a token, also one that was cut off; nothing is verified");
  decoding->add_option("token", request->token, "The token; - or nothing: from stdin")->type_name("TOKEN");
  decoding->add_flag("--json", request->json, "As JSON");
  decoding->callback([request] { decode(*request); });

  auto* signing =
      group->add_subcommand("sign", "Sign claims; without any, the assertion for the project's JWT exchange");
  signing->add_option("--claims", request->claims, "The claims as a JSON object: text, @FILE, or - for stdin")
      ->type_name("JSON");
  signing->add_option("--claim", request->claim, "One claim, JSON or text; several times")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->take_all();
  signing->add_option("--header", request->header, "A member of the header, such as kid=…")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->take_all();
  signing
      ->add_option("--key", request->key,
                   "The private key's file; otherwise JWT_PRIVATE_KEY (passphrase: JWT_PRIVATE_KEY_PASSPHRASE)")
      ->type_name("FILE");
  signing
      ->add_option("--alg", request->algorithm,
                   "RS256, RS384, RS512, PS256, ES256, ES384, EdDSA; otherwise the key's own")
      ->type_name("ALG");
  signing->add_option("--expires-in", request->expires, "Sets iat and exp: seconds, or 90s, 10m, 2h")
      ->type_name("TIME");
  signing->add_flag("--json", request->json, "The token, its algorithm and its claims as JSON");
  request->options.add_to(*signing);
  signing->callback([request] { sign(*request); });

  auto* verifying =
      group->add_subcommand("verify", "Verify a token's signature and times; exit code 1 where it does not count");
  verifying->add_option("token", request->token, "The token; - or nothing: from stdin")->type_name("TOKEN");
  verifying
      ->add_option("--keys,--jwks,--key,--cert", request->keys,
                   "A JWK set, a JWK, a public key or a certificate: a file, or a URL; otherwise IMS's keys")
      ->type_name("FILE|URL");
  verifying->add_option("--alg", request->algorithms, "The algorithms that count; otherwise those of the keys")
      ->type_name("ALG")
      ->allow_extra_args(false)
      ->delimiter(',');
  verifying->add_option("--audience", request->audience, "What aud must name")->type_name("AUD");
  verifying->add_option("--issuer", request->issuer, "What iss must be")->type_name("ISS");
  verifying->add_flag("--ignore-times", request->ignore_times, "Judge the signature alone, not exp and nbf");
  verifying->add_flag("--json", request->json, "As JSON");
  request->options.add_to(*verifying);
  verifying->callback([request] { verify(*request); });
}

}  // namespace adit::cli
