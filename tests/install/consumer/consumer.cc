// A program that uses the installed library: starts the embedded emulator, gets a token, calls an API, and prints the
// results as one line of JSON.
#include <cstdlib>
#include <iostream>

#include "adit/api_client.h"
#include "adit/emulator.h"

int main() {
  adit::emulator::Emulator ims(
      {.integrations = {{.client_id = "me", .client_secrets = {adit::Secret("secret")}, .scopes = {"openid"}}}});
  ::setenv("ADIT_ENDPOINTS", ims.routes().to_string().c_str(), 1);

  const adit::OAuthCredentials me{
      .client_id = "me", .client_secret = adit::Secret("secret"), .org_id = {}, .scopes = {"openid"}};
  const auto token = adit::token_source(me).get();
  const auto answer = adit::ApiClient(me).send_ok(adit::http::Request::get("https://analytics.adobe.io/discovery/me"));

  // An exception that the library throws can be caught by its type.
  std::string refused;
  try {
    (void)adit::token_source(
        adit::OAuthCredentials{
            .client_id = "you", .client_secret = adit::Secret("secret"), .org_id = {}, .scopes = {"openid"}})
        .get();
  } catch (const adit::Error& error) {
    refused = error.code();
  }
  std::cout << adit::json::object{{"token", !token.empty()},
                                  {"status", answer.status()},
                                  {"me", answer.json()},
                                  {"refused", refused}}
            << '\n';
}
