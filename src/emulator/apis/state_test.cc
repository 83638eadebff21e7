#include <gmock/gmock.h>

#include "adit/base64.h"

#include "emulator/server/ims_fixture.h"

namespace adit::emulator {
namespace {

class State : public testing::Test, public test::TestIms {
 public:
  http::Response call(std::string method, const std::string& below, const std::string& body = "",
                      const std::string& name_space = "1234-project-stage") {
    auto request = http::Request(std::move(method), url("/containers/" + name_space + below));
    if (!key_.empty()) request.header("Authorization", "Basic " + base64_encode(key_));
    if (!host_.empty()) request.header("Host", host_);
    if (!body.empty()) request.body(body, "application/octet-stream");
    return request.send(http());
  }

 protected:
  std::string key_ = "user:password";
  std::string host_;
};

TEST_F(State, answers_a_value_with_the_time_of_its_expiry) {
  EXPECT_EQ(call("PUT", "/data/key", "value").status(), 204);
  const auto found = call("GET", "/data/key");
  EXPECT_EQ(found.status(), 200);
  EXPECT_EQ(found.body(), "value");
  const auto day = clock().wall_now() + std::chrono::hours(24);
  EXPECT_EQ(found.headers().get_or_empty("x-key-expires-ms"), std::to_string(day.time_since_epoch().count()));
  clock().advance(std::chrono::hours(24));
  EXPECT_EQ(call("GET", "/data/key").status(), 404);
}

TEST_F(State, keeps_a_value_for_the_requested_time) {
  EXPECT_EQ(call("PUT", "/data/key?ttl=5", "value").status(), 204);
  EXPECT_EQ(call("PUT", "/data/day?ttl=0", "value").status(), 204);
  EXPECT_EQ(call("PUT", "/data/year?ttl=31536000", "value").status(), 204);
  clock().advance(std::chrono::seconds(5));
  EXPECT_EQ(call("GET", "/data/key").status(), 404);
  EXPECT_EQ(call("GET", "/data/day").status(), 200);
  for (const auto* ttl : {"-1", "31536001", "soon", "", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(call("PUT", std::string("/data/key?ttl=") + ttl, "value").status(), 400) << ttl;
  }
}

TEST_F(State, holds_keys_and_values_to_their_limits) {
  EXPECT_EQ(call("PUT", "/data/" + std::string(1024, 'k'), "v").status(), 204);
  EXPECT_EQ(call("PUT", "/data/" + std::string(1025, 'k'), "v").status(), 400);
  EXPECT_EQ(call("PUT", "/data/a%2Fb", "v").status(), 400);
  EXPECT_EQ(call("PUT", "/data/a*", "v").status(), 400);
  EXPECT_EQ(call("PUT", "/data/large", std::string(1U << 20U, 'v')).status(), 204);
  EXPECT_EQ(call("PUT", "/data/large", std::string((1U << 20U) + 1, 'v')).status(), 413);
  EXPECT_EQ(call("GET", "/data?match=a%20b").status(), 400);
  EXPECT_EQ(call("GET", "/data?cursor=-1").status(), 400);
}

TEST_F(State, has_no_container_until_there_is_a_key) {
  for (const auto* method : {"HEAD", "GET", "DELETE"}) EXPECT_EQ(call(method, "").status(), 404) << method;
  EXPECT_EQ(call("GET", "/data").status(), 404);
  EXPECT_EQ(call("PUT", "/data/key", "value").status(), 204);
  EXPECT_EQ(call("HEAD", "").status(), 200);
  EXPECT_EQ(call("GET", "").body(), R"({"keys":1,"bytesKeys":3,"bytesValues":5})");
  EXPECT_EQ(call("GET", "/data?match=k*&countHint=100").body(), R"({"keys":["key"],"cursor":0})");
  EXPECT_EQ(call("DELETE", "?matchData=x*").body(), R"({"keys":0})");
  EXPECT_EQ(call("DELETE", "").body(), R"({"keys":1})");
  EXPECT_EQ(call("DELETE", "/data/key").status(), 404);
}

TEST_F(State, allows_only_the_key_of_the_namespace) {
  EXPECT_EQ(call("PUT", "/data/key", "value").status(), 204);
  EXPECT_EQ(call("GET", "/data/key", "", "1234-project-stagebad").status(), 401);
  key_ = "other:password";
  EXPECT_EQ(call("GET", "/data/key", "", "1234-other").status(), 404) << "a container of its own";
  key_ = "without a colon";
  EXPECT_EQ(call("GET", "/data/key").status(), 401);
  key_.clear();
  EXPECT_EQ(call("GET", "/data/key").status(), 401);
}

TEST_F(State, accepts_only_namespaces_of_the_developer_console) {
  int number = 0;
  const auto status = [&](const std::string& name_space) {
    key_ = "user" + std::to_string(++number) + ":password";
    return call("GET", "/data/key", "", name_space).status();
  };
  for (const auto* one : {"guest", "123-project", "1234567890-project-workspace1", "development-1234-project"})
    EXPECT_EQ(status(one), 404) << one;
  for (const auto* one : {"legacy", "12-project", "1234-", "1234-Project", "1234-a-b-c", "1234--a", "-1234-a",
                          "1234-project890123456789012"})
    EXPECT_EQ(status(one), 401) << one;
}

TEST_F(State, separates_regions) {
  host_ = "storage-state-emea.app-builder.adp.adobe.io";
  EXPECT_EQ(call("PUT", "/data/key", "in Europe").status(), 204);
  host_ = "storage-state-amer.app-builder.adp.adobe.io";
  EXPECT_EQ(call("GET", "/data/key").status(), 404);
  host_ = "storage-state-emea.app-builder.adp.adobe.io";
  EXPECT_EQ(call("GET", "/data/key").body(), "in Europe");
}

TEST_F(State, is_affected_by_faults_for_its_path) {
  emulator().set_fault(Fault::parse("status=429,retry_after=1,count=1,path=/containers"));
  EXPECT_EQ(call("GET", "/data/key").status(), 429);
  EXPECT_EQ(call("GET", "/data/key").status(), 404);
}

}  // namespace
}  // namespace adit::emulator
