#include "deploy/openwhisk_client.h"

#include "adit/base64.h"

#include "deploy/activations.h"
#include "deploy/deploy_fixture.h"

namespace adit::deploy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using OpenWhiskClientTest = DeployFixture;

http::ServerResponse json_text(int status, const std::string& text) {
  return http::ServerResponse::text(status, text, "application/json");
}

TEST_F(OpenWhiskClientTest, sends_the_key_and_encodes_names) {
  client().put("actions/my%20package/a", {{"x", 1}});
  const auto requests = received();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].path, "/api/v1/namespaces/ns/actions/my%20package/a");
  EXPECT_EQ(requests[0].query, "overwrite=true");
  EXPECT_EQ(requests[0].headers.get_or_empty("Authorization"), cat("Basic ", base64_encode("u:p")));
  EXPECT_EQ(requests[0].body, R"({"x":1})");
}

TEST_F(OpenWhiskClientTest, reads_lists_page_by_page) {
  json::array page;
  for (int number = 0; number < 200; ++number) page.push_back(json::object{{"name", cat("a", number)}});
  answer("GET /api/v1/namespaces/ns/actions", http::ServerResponse::json(200, page));
  answer("GET /api/v1/namespaces/ns/actions", json_text(200, R"([{"name":"last"}, 5])"));
  EXPECT_EQ(client().list("actions").size(), 201U);
  EXPECT_EQ(received()[1].query, "limit=200&skip=200");
}

TEST_F(OpenWhiskClientTest, reports_the_servers_error_with_a_hint) {
  struct Case {
    int status;
    std::string code;
  };
  for (const auto& [status, code] :
       {Case{401, "not_authorized"}, Case{403, "not_authorized"}, Case{409, "conflict"}, Case{413, "too_large"},
        Case{500, "platform_error"}, Case{400, "platform_error"}}) {
    answer("PUT /api/v1/namespaces/ns/rules/r", json_text(status, R"({"error":"words of the server","code":"x"})"));
    const auto error = error_of([this] { client().put("rules/r", {}); });
    EXPECT_EQ(error.code(), code) << status;
    EXPECT_EQ(error.http_status(), status);
    EXPECT_THAT(error.message(), HasSubstr("/api/v1/namespaces/ns/rules/r was answered"));
    EXPECT_THAT(error.message(), HasSubstr("words of the server"));
    EXPECT_EQ(error.retryable(), status == 500);
    EXPECT_THAT(error.message(), testing::Not(HasSubstr("u:p")));
  }
  answer("GET /api/v1/namespaces/ns/actions", json_text(200, "{}"));
  EXPECT_EQ(error_of([this] { (void)client().list("actions"); }).code(), "invalid_response_body");
}

TEST_F(OpenWhiskClientTest, stops_reading_an_endless_list) {
  json::array page(200, json::value(5));
  for (int number = 0; number < 501; ++number)
    answer("GET /api/v1/namespaces/ns/actions", http::ServerResponse::json(200, page));
  const auto error = error_of([this] { (void)client().list("actions"); });
  EXPECT_EQ(error.code(), "invalid_response_body");
  EXPECT_THAT(error.message(), HasSubstr("does not end"));
  EXPECT_EQ(received().size(), 501U);
}

TEST_F(OpenWhiskClientTest, refuses_pages_that_are_much_longer_than_requested) {
  const json::array page(100'001, json::value(5));
  answer("GET /api/v1/namespaces/ns/actions", http::ServerResponse::json(200, page));
  EXPECT_THAT(error_of([this] { (void)client().list("actions"); }).message(), HasSubstr("does not end"));
  EXPECT_EQ(received().size(), 1U);
}

TEST_F(OpenWhiskClientTest, quotes_no_credential_that_the_server_echoes) {
  const std::string key = "3f1b-user:some-password";
  const OpenWhiskClient client({.base = url(), .name_space = "ns", .key = Secret(key), .token = {}}, transport());
  const auto echo = cat("you sent ", key, " as ", base64_encode(key), ", some-password\x1b[31m");
  for (const auto& body : {to_json(json::object{{"error", echo}}), to_json(json::object{{"message", echo}}), echo}) {
    answer("GET /api/v1/namespaces/ns/rules/r", json_text(400, body));
    const auto error = error_of([&] { (void)client.get("rules/r"); });
    EXPECT_THAT(error.message(), HasSubstr("you sent <hidden> as <hidden>, <hidden>"));
    EXPECT_THAT(error.message(), testing::Not(HasSubstr("\x1b")));
  }
  answer("GET /api/v1/namespaces/ns/rules/r", json_text(400, std::string(100'000, 'x')));
  EXPECT_LT(error_of([&] { (void)client.get("rules/r"); }).message().size(), 1'000U);
}

TEST_F(OpenWhiskClientTest, reports_a_missing_entity_as_absent) {
  EXPECT_EQ(client().find("triggers/t"), std::nullopt);
  EXPECT_FALSE(client().remove("triggers/t"));
  answer("DELETE /api/v1/namespaces/ns/triggers/t", json_text(200, "{}"));
  EXPECT_TRUE(client().remove("triggers/t"));
}

TEST_F(OpenWhiskClientTest, returns_the_record_of_a_failed_activation) {
  answer("POST /api/v1/namespaces/whisk.system/actions/alarms/once",
         json_text(502, R"({"response":{"success":false,"result":{"error":"no"}}})"));
  const auto record = client().invoke("whisk.system", "alarms/once", {{"a", 1}});
  EXPECT_EQ(to_json(record), R"({"response":{"success":false,"result":{"error":"no"}}})");
}

TEST_F(OpenWhiskClientTest, lists_activations_newest_first_and_logs_oldest_first) {
  const std::string list =
      R"([{"activationId":"1","name":"a","start":1000,"duration":5,"statusCode":0,"annotations":[{"key":"path","value":"ns/p/a"},{"key":"kind","value":"nodejs:22"}]},
          {"activationId":"2","name":"s","start":2000,"duration":1e300,"statusCode":1,"annotations":[{"key":"kind","value":"sequence"}]},
          {"activationId":"3","name":"b","start":3000,"statusCode":2,"annotations":[{"key":"kind","value":"nodejs:22"}]}, "not a record"])";
  answer("GET /api/v1/namespaces/ns/activations", json_text(200, list));
  const auto found =
      list_activations(client(), {.action = "p/a", .since = WallTime(std::chrono::seconds(1)), .limit = 7});
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(received()[0].query, "limit=7&name=p%2Fa&since=1000");
  EXPECT_EQ(found[0].id, "3");
  EXPECT_EQ(found[0].status, "developer error");
  EXPECT_EQ(found[2].name, "p/a");
  answer("GET /api/v1/namespaces/ns/activations", json_text(200, list));
  const auto newest = list_activations(client(), {.action = "", .since = {}, .limit = 1});
  ASSERT_THAT(newest, SizeIs(1)) << "even if the platform sends more";
  EXPECT_EQ(newest[0].id, "3");
  answer("GET /api/v1/namespaces/ns/activations", json_text(200, list));
  answer("GET /api/v1/namespaces/ns/activations/1/logs", json_text(200, R"({"logs":["one"]})"));
  const auto logs = list_logs(client(), {.action = "", .since = {}, .limit = 7}, {"3"});
  ASSERT_THAT(logs, SizeIs(1));
  EXPECT_THAT(logs[0].lines, ElementsAre("one"));
}

}  // namespace
}  // namespace adit::deploy
