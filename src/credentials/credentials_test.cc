#include "adit/credentials.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adit/base64.h"
#include "adit/error.h"

#include "base/text/text.h"
#include "credentials/ims_contexts.h"
#include "crypto/keys_fixture.h"

namespace adit {
namespace {

namespace keys = jwt::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const json::object& jwt_params() {
  static const json::object params{
      {"JWT_CLIENT_ID", "jwt-id"},
      {"JWT_CLIENT_SECRET", "p8e-jwt"},
      {"JWT_TECHNICAL_ACCOUNT_ID", "T@techacct.adobe.com"},
      {"JWT_IMS_ORG", "O@AdobeOrg"},
      {"JWT_METASCOPES", "https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk, event_receiver_api"},
      {"JWT_PRIVATE_KEY", base64_encode(keys::pem(keys::rsa_key()))}};
  return params;
}

const json::object& oauth_params() {
  static const json::object params{{"IMS_OAUTH_S2S_CLIENT_ID", "oauth-id"},
                                   {"IMS_OAUTH_S2S_CLIENT_SECRET", "p8e-oauth"},
                                   {"IMS_OAUTH_S2S_ORG_ID", "O@AdobeOrg"},
                                   {"IMS_OAUTH_S2S_SCOPES", R"(["AdobeID","openid"])"}};
  return params;
}

json::object both() {
  json::object params = jwt_params();
  for (const auto& member : oauth_params()) params.insert(member);
  return params;
}

json::object without(json::object params, std::initializer_list<std::string_view> names) {
  for (const auto name : names) params.erase(name);
  return params;
}

template <typename Value>
json::object with(json::object params, std::string_view name, const Value& value) {
  params[name] = value;
  return params;
}

Error refusal_of(const json::object& params, std::optional<Grant> grant = std::nullopt) {
  try {
    (void)Credentials::from_params(params, grant);
  } catch (const Error& error) {
    return error;
  }
  return Error::failure("none", "");
}

/// Returns the parameters as the text of a `.env` file.
Environment environment_of(const json::object& params, const std::string& path = "project/.env") {
  std::string text;
  for (const auto& member : params)
    text += cat(std::string_view(member.key()), "='", std::string_view(member.value().get_string()), "'\n");
  return Environment().add_file(EnvFile::parse(text, path));
}

Error refusal_of(const Environment& environment, std::optional<Grant> grant = std::nullopt) {
  try {
    (void)Credentials::from_environment(environment, grant);
  } catch (const Error& error) {
    return error;
  }
  return Error::failure("none", "");
}

TEST(CredentialsOfTheAioCli, are_read_from_the_context_that_has_a_secret) {
  Environment environment;
  environment.add_file(
      EnvFile::parse("AIO_ims_contexts_shelfsrv_client__id=context-id\n"
                     "AIO_ims_contexts_shelfsrv_client__secrets=[\"p8e-second\"]\n"
                     "AIO_ims_contexts_shelfsrv_technical__account__id=T@techacct.adobe.com\n"
                     "AIO_ims_contexts_shelfsrv_scopes=[\"AdobeID\",\"openid\"]\n"
                     "AIO_ims_contexts_shelfsrv_ims__org__id=O@AdobeOrg\n"
                     "AIO_ims_contexts_cli_access__token_token=x\n",
                     ".env"));
  const auto credentials = Credentials::from_environment(environment);
  EXPECT_EQ(credentials.grant(), Grant::oauth);
  EXPECT_EQ(credentials.client_id(), "context-id");
  EXPECT_EQ(credentials.client_secret().reveal(), "p8e-second");
  EXPECT_EQ(credentials.org_id(), "O@AdobeOrg");
  EXPECT_THAT(credentials.scopes(), ElementsAre("AdobeID", "openid"));
  EXPECT_EQ(credentials.secret_origin()->where.line, 2);
}

TEST(CredentialsOfTheAioCli, use_the_first_secret_of_their_list) {
  Environment environment;
  environment.set("AIO_ims_contexts_a_client__id", "context-id");
  environment.set("AIO_ims_contexts_a_client__secrets", R"(["p8e-first","p8e-second"])");
  const auto context = with_ims_context(environment);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->get_or("IMS_OAUTH_S2S_CLIENT_SECRET", ""), "p8e-first");
  environment.set("AIO_ims_contexts_a_client__secrets", "[]");
  EXPECT_FALSE(with_ims_context(environment)) << "there is no secret";
}

TEST(CredentialsOfTheAioCli, are_used_only_without_another_credential) {
  Environment environment;
  environment.set("AIO_ims_contexts_a_client__id", "context-id").set("AIO_ims_contexts_a_client__secret", "s");
  for (const auto& [name, value] : oauth_params()) environment.set(name, std::string(value.as_string()));
  EXPECT_EQ(Credentials::from_environment(environment).client_id(), "oauth-id");
}

TEST(CredentialsOfTheAioCli, are_one_if_several_contexts_have_the_same_values) {
  Environment environment;
  for (const auto* name : {"Credential__in__shelf", "Service__Account"})
    environment.set(cat("AIO_ims_contexts_", name, "_client__id"), "context-id")
        .set(cat("AIO_ims_contexts_", name, "_client__secrets"), R"(["s"])");
  const auto context = with_ims_context(environment);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->get_or("IMS_OAUTH_S2S_CLIENT_ID", ""), "context-id");
}

TEST(CredentialsOfTheAioCli, are_not_those_with_which_users_log_in_or_api_keys) {
  Environment environment;
  environment.set("AIO_ims_contexts_web_client__id", "web").set("AIO_ims_contexts_web_client__secret", "w");
  environment.set("AIO_ims_contexts_web_redirect__uri", "https://example.com");
  environment.set("AIO_ims_contexts_key_client__id", "key");
  EXPECT_FALSE(with_ims_context(environment));
  environment.set("AIO_ims_contexts_own_client__id", "own").set("AIO_ims_contexts_own_client__secret", "s");
  const auto context = with_ims_context(environment);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->get_or("IMS_OAUTH_S2S_CLIENT_ID", ""), "own");
}

TEST(CredentialsOfTheAioCli, are_incomplete_if_no_context_has_a_secret) {
  Environment environment;
  environment.set("AIO_ims_contexts_a_client__id", "context-id");
  environment.set("AIO_ims_contexts_a_technical__account__id", "T@techacct.adobe.com");
  environment.set("AIO_ims_contexts_a_scopes", R"(["openid"])").set("AIO_ims_contexts_a_ims__org__id", "O@AdobeOrg");
  try {
    (void)Credentials::from_environment(environment);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("incomplete. Not set: IMS_OAUTH_S2S_CLIENT_SECRET."));
  }
}

TEST(CredentialsOfTheAioCli, are_rejected_if_there_are_several) {
  Environment environment;
  for (const auto* name : {"a", "b"})
    environment.set(cat("AIO_ims_contexts_", name, "_client__id"), name)
        .set(cat("AIO_ims_contexts_", name, "_client__secret"), "s");
  try {
    (void)Credentials::from_environment(environment);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ambiguous_credential");
    EXPECT_THAT(error.message(), HasSubstr("several credentials: a, b."));
  }
}

TEST(CredentialsWithSeveralSecrets, are_incomplete_if_the_list_is_empty) {
  for (const auto* text : {"[]", R"([""])", "[null]"}) {
    auto environment = Environment();
    for (const auto& [name, value] : oauth_params()) environment.set(name, std::string(value.as_string()));
    environment.set("IMS_OAUTH_S2S_CLIENT_SECRET", text);
    try {
      (void)Credentials::from_environment(environment);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "missing_params") << text;
      EXPECT_THAT(error.message(), HasSubstr("IMS_OAUTH_S2S_CLIENT_SECRET")) << text;
    }
  }
}

TEST(CredentialsWithSeveralSecrets, use_the_first) {
  for (const auto* text : {R"(["p8e-first","p8e-second"])", R"( [ "", "p8e-first" ] )", "p8e-first"})
    EXPECT_EQ(
        Credentials::from_params(with(oauth_params(), "IMS_OAUTH_S2S_CLIENT_SECRET", text)).client_secret().reveal(),
        "p8e-first");
  EXPECT_EQ(
      Credentials::from_params(with(jwt_params(), "JWT_CLIENT_SECRET", R"(["p8e-first"])")).client_secret().reveal(),
      "p8e-first");
  const json::array list{"p8e-first"};
  EXPECT_EQ(
      Credentials::from_params(with(oauth_params(), "IMS_OAUTH_S2S_CLIENT_SECRET", list)).client_secret().reveal(),
      "p8e-first");
  // A text that is not a JSON array is the secret itself.
  EXPECT_EQ(
      Credentials::from_params(with(oauth_params(), "IMS_OAUTH_S2S_CLIENT_SECRET", "[x")).client_secret().reveal(),
      "[x");
}

TEST(Credentials, of_the_jwt_kind_are_read_from_parameters) {
  const auto credentials = Credentials::from_params(jwt_params());
  EXPECT_EQ(credentials.grant(), Grant::jwt);
  EXPECT_EQ(credentials.client_id(), "jwt-id");
  EXPECT_EQ(credentials.client_secret().reveal(), "p8e-jwt");
  EXPECT_EQ(credentials.org_id(), "O@AdobeOrg");
  EXPECT_EQ(credentials.jwt()->technical_account_id, "T@techacct.adobe.com");
  EXPECT_THAT(credentials.scopes(),
              ElementsAre("https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk", "event_receiver_api"));
  EXPECT_EQ(credentials.oauth(), nullptr);
}

TEST(Credentials, of_the_oauth_kind_are_read_from_parameters) {
  const auto credentials = Credentials::from_params(oauth_params());
  EXPECT_EQ(credentials.grant(), Grant::oauth);
  EXPECT_EQ(credentials.client_id(), "oauth-id");
  EXPECT_EQ(credentials.client_secret().reveal(), "p8e-oauth");
  EXPECT_THAT(credentials.scopes(), ElementsAre("AdobeID", "openid"));
  EXPECT_EQ(credentials.jwt(), nullptr);
}

TEST(Credentials, are_read_from_the_object_that_adobe_adds_to_parameters) {
  const json::object object{
      {"client_id", "o"}, {"client_secret", "s"}, {"org_id", "g"}, {"scopes", json::array{"AdobeID", "openid"}}};
  const auto credentials = Credentials::from_params({{"__ims_oauth_s2s", object}, {"__ims_env", "prod"}});
  EXPECT_EQ(credentials.grant(), Grant::oauth);
  EXPECT_EQ(credentials.client_id(), "o");
  EXPECT_THAT(credentials.scopes(), ElementsAre("AdobeID", "openid"));
  const auto text_scopes = Credentials::from_params({{"__ims_oauth_s2s", with(object, "scopes", "AdobeID,openid")}});
  EXPECT_THAT(text_scopes.scopes(), ElementsAre("AdobeID", "openid"));
}

TEST(Credentials, never_mix_the_object_with_the_other_parameters) {
  const json::object object{{"client_id", "o"}, {"client_secret", "s"}, {"org_id", "g"}, {"scopes", "x"}};
  const auto half = with(without(oauth_params(), {"IMS_OAUTH_S2S_CLIENT_SECRET"}), "__ims_oauth_s2s", object);
  EXPECT_EQ(Credentials::from_params(half).client_id(), "o");
  const auto whole = with(oauth_params(), "__ims_oauth_s2s", object);
  EXPECT_EQ(Credentials::from_params(whole).client_id(), "oauth-id");
  const auto neither =
      with(without(oauth_params(), {"IMS_OAUTH_S2S_CLIENT_SECRET"}), "__ims_oauth_s2s", without(object, {"client_id"}));
  EXPECT_EQ(refusal_of(neither).code(), "missing_params");
}

TEST(Credentials, prefer_oauth_unless_the_caller_names_a_grant) {
  EXPECT_EQ(Credentials::from_params(both()).grant(), Grant::oauth);
  EXPECT_EQ(Credentials::from_params(both(), Grant::oauth).grant(), Grant::oauth);
  EXPECT_EQ(Credentials::from_params(both(), Grant::jwt).grant(), Grant::jwt);
  EXPECT_EQ(Credentials::from_environment(environment_of(both())).grant(), Grant::oauth);
}

TEST(Credentials, use_the_complete_kind_if_the_other_is_incomplete) {
  EXPECT_EQ(Credentials::from_params(without(both(), {"IMS_OAUTH_S2S_SCOPES"})).grant(), Grant::jwt);
  EXPECT_EQ(Credentials::from_params(without(both(), {"JWT_PRIVATE_KEY"})).grant(), Grant::oauth);
}

TEST(Credentials, do_not_read_the_key_of_the_kind_that_is_not_used) {
  EXPECT_EQ(Credentials::from_params(with(both(), "JWT_PRIVATE_KEY", "broken")).grant(), Grant::oauth);
}

TEST(Credentials, name_the_missing_settings) {
  const Error one = refusal_of(without(jwt_params(), {"JWT_CLIENT_SECRET"}));
  EXPECT_EQ(one.code(), "missing_params");
  EXPECT_TRUE(one.is_configuration());
  EXPECT_EQ(one.message(), "The JWT credential is incomplete. Not set: JWT_CLIENT_SECRET.");
  EXPECT_THAT(one.hint(), HasSubstr("JWT_CLIENT_SECRET: $JWT_CLIENT_SECRET"));
  const Error two = refusal_of(without(oauth_params(), {"IMS_OAUTH_S2S_CLIENT_ID", "IMS_OAUTH_S2S_SCOPES"}));
  EXPECT_EQ(two.message(),
            "The OAuth server-to-server credential is incomplete. Not set: IMS_OAUTH_S2S_CLIENT_ID, "
            "IMS_OAUTH_S2S_SCOPES.");
}

TEST(Credentials, say_that_the_requested_kind_is_missing) {
  const Error error = refusal_of(jwt_params(), Grant::oauth);
  EXPECT_EQ(error.code(), "missing_params");
  EXPECT_THAT(error.message(), HasSubstr("IMS_OAUTH_S2S_CLIENT_SECRET"));
  EXPECT_THAT(error.message(), Not(HasSubstr("JWT_")));
  EXPECT_THAT(refusal_of(oauth_params(), Grant::jwt).message(), HasSubstr("JWT_PRIVATE_KEY"));
}

TEST(Credentials, name_both_kinds_if_neither_is_complete) {
  for (const Error& error :
       {refusal_of(json::object{}), refusal_of(without(both(), {"JWT_IMS_ORG", "IMS_OAUTH_S2S_ORG_ID"}))}) {
    EXPECT_EQ(error.code(), "missing_params");
    EXPECT_THAT(error.message(), HasSubstr("JWT_IMS_ORG"));
    EXPECT_THAT(error.message(), HasSubstr("IMS_OAUTH_S2S_ORG_ID"));
  }
}

TEST(Credentials, treat_empty_values_and_null_as_missing) {
  for (const json::value& nothing : {json::value(""), json::value("  "), json::value(nullptr)}) {
    EXPECT_THAT(refusal_of(with(jwt_params(), "JWT_IMS_ORG", nothing)).message(), HasSubstr("JWT_IMS_ORG"));
  }
  for (const char* nothing : {",", "[]", " , ", "[\"\"]"}) {
    EXPECT_THAT(refusal_of(with(jwt_params(), "JWT_METASCOPES", nothing)).message(), HasSubstr("JWT_METASCOPES"))
        << nothing;
  }
}

TEST(Credentials, reject_parameters_that_are_not_text) {
  for (const json::value& odd :
       {json::value(true), json::value(json::array{"x"}), json::value(json::object{}), json::value(1.5)}) {
    const Error error = refusal_of(with(jwt_params(), "JWT_CLIENT_ID", odd));
    EXPECT_EQ(error.code(), "invalid_params");
    EXPECT_THAT(error.message(), HasSubstr("JWT_CLIENT_ID"));
  }
  EXPECT_EQ(refusal_of(with(jwt_params(), "JWT_METASCOPES", json::array{1})).code(), "invalid_params");
  EXPECT_THAT(Credentials::from_params(with(jwt_params(), "JWT_METASCOPES", json::array{"a", "b"})).scopes(),
              ElementsAre("a", "b"));
  EXPECT_EQ(Credentials::from_params(with(jwt_params(), "JWT_CLIENT_ID", 4711)).client_id(), "4711");
}

TEST(Credentials, trim_identifiers_and_secrets) {
  const auto credentials = Credentials::from_params(
      with(with(oauth_params(), "IMS_OAUTH_S2S_CLIENT_ID", " id\n"), "IMS_OAUTH_S2S_CLIENT_SECRET", "s \r\n"));
  EXPECT_EQ(credentials.client_id(), "id");
  EXPECT_EQ(credentials.client_secret().reveal(), "s");
}

TEST(Credentials, from_the_environment_say_where_to_add_missing_settings) {
  const Error error = refusal_of(environment_of(without(jwt_params(), {"JWT_CLIENT_SECRET"})));
  EXPECT_EQ(error.code(), "missing_params");
  ASSERT_TRUE(error.where());
  EXPECT_EQ(error.where()->to_string(), "project/.env:1");
  EXPECT_EQ(error.hint(), "Add JWT_CLIENT_SECRET=… to project/.env, beside the others.");
}

TEST(Credentials, from_an_empty_environment_name_the_file) {
  EXPECT_THAT(refusal_of(environment_of({})).hint(), HasSubstr("project/.env"));
  EXPECT_THAT(refusal_of(Environment()).hint(), HasSubstr(".env"));
  EXPECT_FALSE(refusal_of(Environment()).where());
}

TEST(Credentials, report_the_line_of_an_invalid_key) {
  const Error error =
      refusal_of(environment_of(with(jwt_params(), "JWT_PRIVATE_KEY", "LS0tLS1C..kQgUFJJVkFURSBLRVktLS0tLQ==")));
  EXPECT_EQ(error.code(), "key_is_example");
  ASSERT_TRUE(error.where());
  EXPECT_EQ(error.where()->to_string(), "project/.env:6");
}

TEST(Credentials, prefer_the_process_environment_to_the_file) {
  auto environment = environment_of(oauth_params());
  environment.set("IMS_OAUTH_S2S_CLIENT_ID", "from-the-process");
  EXPECT_EQ(Credentials::from_environment(environment).client_id(), "from-the-process");
}

TEST(Credentials, report_where_their_secret_was_set) {
  const auto source = [](const Environment& environment, Grant grant) {
    return Credentials::from_environment(environment, grant).secret_origin()->source;
  };
  Environment file;
  std::string text;
  for (const auto& member : both())
    text += cat(std::string_view(member.key()), "='", std::string_view(member.value().get_string()), "'\n");
  file.add_file(EnvFile::parse(text, ".env"));
  EXPECT_EQ(source(file, Grant::oauth), SettingSource::project);
  EXPECT_EQ(source(file, Grant::jwt), SettingSource::project);
  auto id = file;
  id.set("JWT_CLIENT_ID", "mine").set("IMS_OAUTH_S2S_CLIENT_ID", "mine");
  EXPECT_EQ(source(id, Grant::oauth), SettingSource::project) << "an id is not a secret";
  EXPECT_EQ(source(id, Grant::jwt), SettingSource::project);
  for (const auto* name : {"JWT_CLIENT_SECRET", "JWT_PRIVATE_KEY", "JWT_PRIVATE_KEY_PASSPHRASE"}) {
    auto part = file;
    part.set(name, name == std::string_view("JWT_PRIVATE_KEY") ? *file.get(name) : "mine");
    EXPECT_EQ(source(part, Grant::jwt), SettingSource::environment) << name;
    EXPECT_EQ(Credentials::from_environment(part, Grant::jwt).secret_origin()->name, name);
  }
  EXPECT_FALSE(Credentials::from_params(oauth_params()).secret_origin());
}

TEST(Credentials, of_a_project_use_no_key_file_outside_the_project) {
  namespace fs = std::filesystem;
  const auto top = fs::path(testing::TempDir()) / cat("key-outside-", ::getpid());
  fs::create_directories(top / "project/config");
  std::ofstream(top / "own.key") << keys::pem(keys::rsa_key());
  std::ofstream(top / "project/its.key") << keys::pem(keys::rsa_key());
  fs::create_symlink("../own.key", top / "project/link.key");
  const auto code = [&top](const std::string& file, const std::string& key, const std::string& root = {}) {
    auto environment = environment_of(with(jwt_params(), "JWT_PRIVATE_KEY", "x"));
    Environment settings;
    std::string text;
    for (const auto& name : environment.names()) text += cat(name, "='", name == "JWT_PRIVATE_KEY" ? key : "x", "'\n");
    settings.add_file(EnvFile::parse(text, (top / file).string()));
    settings.set_project_root(root);
    try {
      static_cast<void>(Credentials::from_environment(settings));
      return std::string("none");
    } catch (const Error& error) {
      EXPECT_TRUE(error.where()) << error.to_string();
      return error.code();
    }
  };
  EXPECT_EQ(code("project/.env", "its.key"), "none");
  EXPECT_EQ(code("project/.env", (top / "project/its.key").string()), "none");
  EXPECT_EQ(code("project/.env", "../own.key"), "outside_project");
  EXPECT_EQ(code("project/.env", (top / "own.key").string()), "outside_project");
  EXPECT_EQ(code("project/.env", "link.key"), "outside_project");
  EXPECT_EQ(code("project/.env", "\"../own.key\""), "outside_project") << "as it is read, without its quotes";
  EXPECT_EQ(code("project/config/.env", "../its.key"), "outside_project");
  EXPECT_EQ(code("project/config/.env", "../its.key", (top / "project").string()), "none");
  EXPECT_EQ(code("own.env", "own.key", (top / "project").string()), "none") << "beside the file that the user names";
  auto process = environment_of(with(jwt_params(), "JWT_PRIVATE_KEY", "x"));
  process.set("JWT_PRIVATE_KEY", (top / "own.key").string());
  EXPECT_NO_THROW(static_cast<void>(Credentials::from_environment(process)));
  fs::remove_all(top);
}

TEST(Credentials, reject_an_elliptic_key_for_ims) {
  for (const auto* key : {&keys::p256_key(), &keys::ed25519_key()}) {
    const Error error = refusal_of(with(jwt_params(), "JWT_PRIVATE_KEY", keys::pem(*key)));
    EXPECT_EQ(error.code(), "key_not_rsa");
    EXPECT_THAT(error.message(), HasSubstr("RS256"));
    EXPECT_FALSE(error.hint().empty());
  }
}

TEST(Credentials, use_the_passphrase) {
  const auto evp = keys::evp(keys::rsa_key());
  const auto params = with(jwt_params(), "JWT_PRIVATE_KEY", keys::encrypted_pem(evp.get(), "word"));
  EXPECT_EQ(refusal_of(params).code(), "key_encrypted");
  EXPECT_THAT(refusal_of(params).hint(), HasSubstr("JWT_PRIVATE_KEY_PASSPHRASE"));
  EXPECT_EQ(Credentials::from_params(with(params, "JWT_PRIVATE_KEY_PASSPHRASE", "word")).grant(), Grant::jwt);
}

TEST(Credentials, show_no_secret_in_any_message) {
  for (const Error& error : {refusal_of(without(both(), {"JWT_IMS_ORG", "IMS_OAUTH_S2S_ORG_ID"})),
                             refusal_of(environment_of(without(both(), {"JWT_IMS_ORG", "IMS_OAUTH_S2S_ORG_ID"})))}) {
    EXPECT_THAT(error.to_string(), Not(HasSubstr("p8e-")));
    EXPECT_THAT(error.to_string(), Not(HasSubstr("LS0t")));
  }
}

TEST(Fingerprint, changes_with_every_part_and_reveals_none) {
  std::set<std::string> seen{Credentials::from_params(jwt_params()).fingerprint(),
                             Credentials::from_params(oauth_params()).fingerprint()};
  std::size_t count = 2;
  for (const auto& params : {jwt_params(), oauth_params()}) {
    for (const auto& member : params) {
      const std::string_view name = member.key();
      const json::value other =
          name == "JWT_PRIVATE_KEY" ? json::value(keys::pem(keys::other_rsa_key()).c_str()) : json::value("another");
      seen.insert(Credentials::from_params(with(params, name, other)).fingerprint());
      EXPECT_EQ(seen.size(), ++count) << name;
    }
  }
  for (const auto& fingerprint : seen) {
    EXPECT_EQ(fingerprint.size(), 43U);
    EXPECT_THAT(fingerprint, Not(HasSubstr("p8e")));
  }
}

TEST(Fingerprint, is_the_same_for_a_key_in_another_format) {
  const std::string one = Credentials::from_params(jwt_params()).fingerprint();
  EXPECT_EQ(Credentials::from_params(
                with(jwt_params(), "JWT_PRIVATE_KEY", keys::traditional_pem(keys::evp(keys::rsa_key()).get())))
                .fingerprint(),
            one);
  EXPECT_EQ(Credentials::from_environment(environment_of(jwt_params())).fingerprint(), one);
  const json::array reversed{"event_receiver_api", "https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk"};
  EXPECT_EQ(Credentials::from_params(with(jwt_params(), "JWT_METASCOPES", reversed)).fingerprint(), one);
}

TEST(Fingerprint, distinguishes_texts_that_are_split_differently) {
  const Credentials one(OAuthCredentials{"ab", Secret("c"), "o", {"x", "y"}});
  EXPECT_NE(one.fingerprint(), Credentials(OAuthCredentials{"a", Secret("bc"), "o", {"x", "y"}}).fingerprint());
  EXPECT_NE(one.fingerprint(), Credentials(OAuthCredentials{"ab", Secret("c"), "o", {"xy"}}).fingerprint());
}

}  // namespace
}  // namespace adit
