#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "adit/clock.h"
#include "adit/credentials.h"
#include "adit/emulator.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/signing_key.h"

#include "base/text/text.h"

/// For tests: an emulator with a manual clock and one integration of each kind, reached over real HTTP.
namespace adit::emulator::test {

inline const jwt::SigningKey& bound_key() {
  static const auto key = jwt::SigningKey::generate_rsa();
  return key;
}
inline const jwt::SigningKey& second_bound_key() {
  static const auto key = jwt::SigningKey::generate_rsa();
  return key;
}
inline const jwt::SigningKey& stranger_key() {
  static const auto key = jwt::SigningKey::generate_rsa();
  return key;
}

/// The file for the signing key of all emulators of this process, because generating a key takes longer than a test.
inline const std::string& shared_key_file() {
  struct File {
    std::string path = testing::TempDir() + cat("adit-emulator-key-", ::getpid(), ".pem");
    ~File() { ::unlink(path.c_str()); }
  };
  static const File file;
  return file.path;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

class TestIms {
 public:
  explicit TestIms(Options options = {}) : emulator_(prepared(std::move(options), clock_)) {}

  Emulator& emulator() { return emulator_; }
  ManualClock& clock() { return clock_; }
  http::Client& http() { return http_; }
  [[nodiscard]] std::string url(std::string_view path) const { return emulator_.origin() + std::string(path); }
  [[nodiscard]] ims::Ims ims() const { return {emulator_.origin()}; }
  ims::Client client() { return ims::Client(ims(), http_, clock_); }

  static JwtCredentials jwt_credentials() {
    return {.client_id = "jwt-client",
            .client_secret = Secret("jwt-secret"),
            .technical_account_id = "ACCOUNT@techacct.adobe.com",
            .org_id = "ORG@AdobeOrg",
            .metascopes = {"ent_analytics_bulk_ingest_sdk"},
            .private_key = bound_key()};
  }
  static OAuthCredentials oauth_credentials() {
    return {.client_id = "oauth-client",
            .client_secret = Secret("oauth-secret"),
            .org_id = "ORG@AdobeOrg",
            .scopes = {"openid", "AdobeID"}};
  }

  /// The claims of a valid assertion, for tests to change.
  json::object claims() { return ims::assertion_claims(jwt_credentials(), ims(), clock_.wall_now()); }
  static std::string signed_by(const jwt::SigningKey& key, const json::object& claims,
                               jwt::Algorithm algorithm = jwt::Algorithm::RS256) {
    return std::string(jwt::sign(claims, key, algorithm).reveal());
  }
  std::string assertion() { return signed_by(bound_key(), claims()); }

  http::Response post(std::string_view path, const Fields& fields) {
    std::vector<std::pair<std::string, Secret>> form;
    for (const auto& [name, value] : fields) form.emplace_back(name, Secret(value));
    return http::Request::post(url(path)).form(form).send(http_);
  }
  http::Response exchange(const std::string& jwt, const std::string& secret = "jwt-secret",
                          const std::string& client_id = "jwt-client") {
    return post("/ims/exchange/jwt", {{"client_id", client_id}, {"client_secret", secret}, {"jwt_token", jwt}});
  }
  http::Response exchange(const json::object& claims) { return exchange(signed_by(bound_key(), claims)); }

 private:
  static Options prepared(Options options, const Clock& clock) {
    options.clock = &clock;
    if (options.key_file.empty()) options.key_file = shared_key_file();
    options.integrations.push_back(
        {.client_id = "jwt-client",
         .client_secrets = {Secret("old-secret"), Secret("jwt-secret")},
         .org_id = "ORG@AdobeOrg",
         .technical_account_id = "ACCOUNT@techacct.adobe.com",
         .public_keys = {second_bound_key().public_key(), bound_key().public_key()},
         .metascopes = {"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk", "event_receiver_api"},
         .scopes = {"openid"}});
    options.integrations.push_back({.client_id = "oauth-client",
                                    .client_secrets = {Secret("oauth-secret")},
                                    .org_id = "ORG@AdobeOrg",
                                    .technical_account_id = "",
                                    .public_keys = {},
                                    .metascopes = {},
                                    .scopes = {"openid", "AdobeID", "read_organizations"}});
    return options;
  }

  ManualClock clock_;
  http::Client http_;
  Emulator emulator_;
};

/// Status and error in one text, for comparisons: `400 invalid_token`.
inline std::string outcome(const http::Response& response) {
  const auto body = try_parse_json(response.body());
  const auto error = body && body->is_object() ? string_member(body->get_object(), "error") : std::string_view();
  return cat(response.status(), error.empty() ? "" : " ", error);
}

inline std::string member(const http::Response& response, std::string_view name) {
  return std::string(string_member(response.json().as_object(), name));
}

}  // namespace adit::emulator::test
