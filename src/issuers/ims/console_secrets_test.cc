#include "issuers/ims/console_secrets.h"

#include <deque>

#include <gmock/gmock.h>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/http_server.h"

#include "base/text/text.h"

namespace adit::ims {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A Developer Console that returns the prepared answers, one for each request.
class ConsoleSecretsTest : public testing::Test {
 protected:
  ConsoleSecretsTest()
      : server({}, [this](const http::ServerRequest& request) {
          asked.push_back(cat(request.method, ' ', request.path));
          last = request;
          auto answer = answers.front();
          if (answers.size() > 1) answers.pop_front();
          return answer;
        }) {}

  void answer(int status, std::string body) {
    answers.push_back(http::ServerResponse::text(status, std::move(body), "application/json"));
  }
  template <typename Work>
  Error failure(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return Error::failure("none", "It succeeded.");
  }

  std::vector<std::string> asked;
  std::deque<http::ServerResponse> answers;
  http::ServerRequest last;
  http::Server server;
  http::Client http;
  Secret token{"the-token"};
  ConsoleSecrets secrets{{.org = "12345", .credential = "67890"}, "the-client", http, Clock::system(), server.origin()};
};

TEST_F(ConsoleSecretsTest, lists_secrets) {
  answer(200, R"({"client_id":"the-client","client_secrets":[
    {"uuid":"one","expires_at":"PERMANENT","expires_at_str":"PERMANENT","created_at":"1682448485000",
     "created_at_str":"Tue, Apr 25 2023 18:48:05.000 UTC","secret_usages":null},
    {"uuid":"two","created_at":"1682448485001","secret_usages":[
       {"last_used_at":"1682534886000","grant_type":"client_credentials"},{"last_used_at":"1682534885000","grant_type":"x"}]}]})");
  const auto list = secrets.list(token);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].uuid, "one");
  EXPECT_THAT(list[0].created_at, HasSubstr("2023-04-25T18:48:05"));
  EXPECT_EQ(list[0].last_used_at, "");
  EXPECT_FALSE(list[0].value);
  EXPECT_THAT(list[1].last_used_at, HasSubstr("2023-04-26T18:48:06")) << "the latest of its uses";
  EXPECT_THAT(asked, ElementsAre("GET /console/organizations/12345/credentials/67890/secrets"));
  EXPECT_EQ(last.headers.get_or_empty("authorization"), "Bearer the-token");
  EXPECT_EQ(last.headers.get_or_empty("x-api-key"), "the-client");
}

TEST_F(ConsoleSecretsTest, accepts_times_in_other_forms_and_an_array_as_the_answer) {
  answer(200, R"([{"uuid":"one","created_at":1682448485000,"last_used_at":"2024-01-02T03:04:05.000Z"},
                  {"uuid":"two","created_at":"last week","secret_usages":[null,7]}])");
  const auto list = secrets.list(token);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_THAT(list[0].created_at, HasSubstr("2023-04-25"));
  EXPECT_EQ(list[0].last_used_at, "2024-01-02T03:04:05.000Z");
  EXPECT_EQ(list[1].created_at, "last week");
}

TEST_F(ConsoleSecretsTest, adds_a_secret_whose_value_is_not_printed) {
  answer(201, R"({"uuid":"new","client_secret":"top-secret","created_at":"1682448485000","expires_at":"PERMANENT"})");
  const auto added = secrets.add(token);
  EXPECT_EQ(added.uuid, "new");
  ASSERT_TRUE(added.value);
  EXPECT_EQ(added.value->reveal(), "top-secret");
  EXPECT_THAT(asked, ElementsAre("POST /console/organizations/12345/credentials/67890/secrets"));
}

TEST_F(ConsoleSecretsTest, says_that_there_are_two_secrets_already) {
  answer(400, R"({"code":"max_client_secrets","message":"too many"})");
  answer(200, R"({"client_secrets":[{"uuid":"old\nadit: line","created_at":"1682448485000"},{"uuid":"newer"}]})");
  const auto error = failure([&] { static_cast<void>(secrets.add(token)); });
  EXPECT_EQ(error.code(), "secret_limit_reached");
  EXPECT_THAT(error.hint(), HasSubstr("The older one is old adit: line, created at 2023-04-25"));
  EXPECT_EQ(asked.size(), 2U);
}

TEST_F(ConsoleSecretsTest, keeps_the_error_if_there_are_fewer_than_two_secrets) {
  answer(400, R"({"error_code":"400001","message":"no"})");
  answer(200, R"({"client_secrets":[{"uuid":"old"}]})");
  EXPECT_EQ(failure([&] { static_cast<void>(secrets.add(token)); }).code(), "400001");
}

TEST_F(ConsoleSecretsTest, removes_a_secret_by_its_uuid) {
  answer(204, "");
  secrets.remove(token, "0a1b-2c");
  EXPECT_THAT(asked, ElementsAre("DELETE /console/organizations/12345/credentials/67890/secrets/0a1b-2c"));
}

TEST_F(ConsoleSecretsTest, sends_nothing_if_an_id_is_not_a_path_segment) {
  for (const auto* uuid : {"", "..", "a/b", "a?b", "\xc3\xa4"}) {
    EXPECT_EQ(failure([&] { secrets.remove(token, uuid); }).code(), "invalid_console_credential") << uuid;
  }
  EXPECT_TRUE(asked.empty());
  const auto refused = failure([&] { ConsoleSecrets({.org = "ORG@AdobeOrg", .credential = "1"}, "c", http); });
  EXPECT_EQ(refused.code(), "invalid_console_credential");
  EXPECT_TRUE(refused.is_configuration());
}

TEST_F(ConsoleSecretsTest, names_the_missing_scopes_and_quotes_no_token) {
  answer(403, R"({"error_code":"403025","message":"the-token lacks a profile"})");
  const auto error = failure([&] { static_cast<void>(secrets.list(token)); });
  EXPECT_EQ(error.code(), "403025");
  EXPECT_THAT(error.hint(), HasSubstr("manage_client_secrets"));
  EXPECT_THAT(error.to_string(), Not(HasSubstr("the-token")));
}

TEST_F(ConsoleSecretsTest, rejects_answers_of_another_form) {
  for (const auto* body : {"", "null", "{}", R"({"client_secrets":{}})", R"([7])", R"([{"created_at":"1"}])"}) {
    answers.clear();
    answer(200, body);
    EXPECT_EQ(failure([&] { static_cast<void>(secrets.list(token)); }).code(), "invalid_response_body") << body;
  }
  answers.clear();
  answer(201, R"({"uuid":"new"})");
  const auto error = failure([&] { static_cast<void>(secrets.add(token)); });
  EXPECT_EQ(error.code(), "invalid_response_body");
  EXPECT_THAT(error.hint(), HasSubstr("added all the same"));
}

}  // namespace
}  // namespace adit::ims
