// adit's OAuth client as a program that tests run. It reads the request as JSON from standard input, so that no secret
// is in its arguments, sends it to the server, and prints the token as JSON. If the server refuses, it prints `CODE
// STATUS: message` to standard error and exits with 1. If the request cannot be sent, it exits with 2.
#include <chrono>
#include <iostream>
#include <iterator>
#include <map>
#include <string>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/json.h"
#include "adit/oauth_client.h"

namespace {

using adit::string_member;
using adit::ims::ClientAuth;

std::string text(const adit::json::object& request, std::string_view name) {
  return std::string(string_member(request, name));
}

adit::ims::AssertionKey key_of(const adit::json::object& request) {
  return {.key = adit::jwt::SigningKey::from_pem(adit::Secret(text(request, "private_key"))),
          .key_id = text(request, "key_id"),
          .algorithm = adit::jwt::algorithm_from_string(string_member(request, "algorithm"))};
}

adit::ims::OAuthClientOptions options_of(const adit::json::object& request, const adit::ims::OAuthServer& server) {
  static const std::map<std::string, ClientAuth> kWays{{"client_secret_basic", ClientAuth::client_secret_basic},
                                                       {"client_secret_post", ClientAuth::client_secret_post},
                                                       {"private_key_jwt", ClientAuth::private_key_jwt},
                                                       {"none", ClientAuth::none}};
  adit::ims::OAuthClientOptions options;
  options.token_endpoint = server.token_endpoint;
  options.client_id = text(request, "client_id");
  options.auth = kWays.at(text(request, "auth"));
  options.client_secret = adit::Secret(text(request, "client_secret"));
  if (options.auth == ClientAuth::private_key_jwt) options.key = key_of(request);
  options.auth_audience = text(request, "auth_audience");
  return options;
}

void ask(const adit::json::object& request) {
  adit::http::Client http;
  const auto server = adit::ims::discover(text(request, "issuer"), http);
  adit::ims::OAuthClient client(options_of(request, server), http);
  adit::ims::OAuthRequest what{.audience = text(request, "audience"), .resource = text(request, "resource")};
  if (const auto scope = text(request, "scope"); !scope.empty()) what.scopes = {scope};
  const auto* grant = request.if_contains("assertion");
  const auto token = grant == nullptr ? client.client_credentials(what)
                                      : client.jwt_bearer({.key = key_of(grant->as_object()),
                                                           .issuer = text(grant->as_object(), "issuer"),
                                                           .subject = text(grant->as_object(), "subject"),
                                                           .audience = text(grant->as_object(), "audience")},
                                                          what);
  adit::json::array methods(server.auth_methods.begin(), server.auth_methods.end());
  std::cout << adit::to_json(
                   adit::json::object{{"access_token", token.value.reveal()},
                                      {"life", std::chrono::duration_cast<std::chrono::seconds>(token.life).count()},
                                      {"jwks_uri", server.jwks_uri},
                                      {"auth_methods", std::move(methods)}})
            << '\n';
}

}  // namespace

int main() {
  try {
    const std::string input(std::istreambuf_iterator<char>(std::cin), {});
    ask(adit::parse_json(input, "The request").as_object());
    return 0;
  } catch (const adit::Error& error) {
    std::cerr << error.code() << ' ' << error.http_status() << ": " << error.to_string() << '\n';
    return error.is_configuration() ? 2 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
