// The client sends secrets to other machines only over https.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/error.h"
#include "adit/http.h"

#include "base/text/text.h"
#include "http/server/raw_peers_fixture.h"

namespace adit::http {
namespace {

using testing::answering;
using testing::error_of;
using ::testing::HasSubstr;
using testing::kOk;
using testing::RawServer;
using testing::ScopedVariable;

/// Requests that carry a secret, one of each kind.
std::vector<Request> secret_requests(const std::string& url) {
  return {Request::get(url).bearer(Secret("t")),
          Request::get(url).header("Authorization", "Basic dTpw"),
          Request::get(url).header("Cookie", "session=1"),
          Request::get(url).header("X-Other", "eyJhbGciOiJSUzI1NiJ9.e30.x"),
          Request::post(url).form({{"client_id", Secret("c")}, {"client_secret", Secret("s")}}),
          Request::post(url).form({{"jwt_token", Secret("j")}}),
          Request::post(url).form({{"client_assertion", Secret("a")}}),
          Request::post(url).form({{"refresh_token", Secret("r")}}),
          Request::get(replace_all(url, "http://", "http://user:password@"))};
}

TEST(SecretsOverHttp, are_not_sent_to_other_machines_over_plain_http) {
  Client client;
  for (const auto* host :
       {"0.0.0.0", "ims.example", "10.0.0.1", "localhost.example", "app.localhost.", "[::2]", "[::ffff:10.0.0.1]"})
    for (const auto& request : secret_requests(cat("http://", host, ":1/p?q=1"))) {
      const auto error = error_of(client, request);
      EXPECT_EQ(error.code(), "secret_over_http") << host;
      EXPECT_TRUE(error.is_configuration());
      EXPECT_THAT(error.message(), AllOf(HasSubstr(cat(" http://", host, ":1/p: ")), HasSubstr("Nothing was sent")));
      EXPECT_THAT(error.hint(), HasSubstr("https URL"));
    }
}

TEST(SecretsOverHttp, are_sent_to_this_machine_and_requests_without_secrets_to_any) {
  RawServer server = answering(std::string(kOk));
  Client client;
  // libcurl resolves the last name itself.
  for (const auto* host : {"127.0.0.1", "localhost", "app.localhost"})
    for (const auto& request : secret_requests(cat("http://", host, ":", server.port())))
      EXPECT_EQ(client.send(request).status(), 200);
  const auto other = cat("http://0.0.0.0:", server.port());  // this machine, but not by one of its usual names
  EXPECT_EQ(client.send(Request::get(other).header("x-api-key", "client")).status(), 200);
  EXPECT_EQ(client.send(Request::post(other).form({{"client_id", Secret("c")}})).status(), 200);
}

TEST(SecretsOverHttp, are_not_sent_to_the_targets_of_routes_proxies_and_redirects) {
  RawServer server = answering(std::string(kOk));
  const auto other = cat("http://0.0.0.0:", server.port());
  Endpoints endpoints;
  endpoints.add("https://ims-na1.adobelogin.com", other);
  endpoints.add("http://far.example", server.origin());
  Client client({.endpoints = endpoints});
  const auto get = [](const std::string& url) { return Request::get(url).bearer(Secret("t")); };
  EXPECT_EQ(error_of(client, get("https://ims-na1.adobelogin.com/ims")).code(), "secret_over_http");
  EXPECT_EQ(client.send(get("http://far.example/")).status(), 200) << "the target of the route decides";
  const ScopedVariable proxy("http_proxy", server.origin());
  EXPECT_EQ(error_of(client, get("http://other.example/")).code(), "secret_over_http");
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace adit::http
