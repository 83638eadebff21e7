#include "dev/platform/activations.h"

#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::dev {
namespace {

ActivationRecord record(int number, std::string name = "a") {
  ActivationRecord made;
  made.id = cat(std::string(28, '0'), 1000 + number);
  made.name = std::move(name);
  made.path = cat("guest/p/", made.name);
  made.name_space = "guest";
  made.start = made.end = WallTime(std::chrono::milliseconds(number));
  made.result = json::object{{"n", number}};
  made.logs = {"line"};
  return made;
}

class ActivationsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 1; i <= 300; ++i) activations_.add(record(i, i % 2 == 0 ? "even" : "odd"));
  }
  [[nodiscard]] json::array list(std::string_view query) const {
    const auto answer = activations_.answer("", query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return parse_json(answer.body, "answer").as_array();
  }
  Activations activations_;
};

TEST_F(ActivationsTest, lists_thirty_newest_first_without_result_and_log) {
  const auto all = list("");
  ASSERT_EQ(all.size(), 30U);
  EXPECT_EQ(all[0].at("start"), 300);
  EXPECT_EQ(all[29].at("start"), 271);
  EXPECT_FALSE(all[0].as_object().contains("response"));
  EXPECT_FALSE(all[0].as_object().contains("logs"));
  EXPECT_FALSE(all[0].as_object().contains("subject"));
  EXPECT_EQ(all[0].at("statusCode"), 0);
}

TEST(Activations, keep_no_more_than_their_memory_limit_allows) {
  Activations activations(1000, 10'000);
  for (int i = 1; i <= 50; ++i) {
    auto large = record(i);
    large.logs = {std::string(2'000, 'x')};
    activations.add(large);
  }
  EXPECT_EQ(activations.size(), 4U);
  auto huge = record(51);
  huge.logs = {std::string(20'000, 'x')};
  activations.add(huge);
  EXPECT_EQ(activations.size(), 1U) << "the newest one is kept in any case";
  EXPECT_EQ(activations.answer(cat("/", huge.id), "").status, 200);
}

TEST_F(ActivationsTest, accepts_limit_and_skip) {
  EXPECT_EQ(list("limit=0").size(), 200U);
  EXPECT_EQ(list("limit=200").size(), 200U);
  const auto some = list("limit=2&skip=3");
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0].at("start"), 297);
}

TEST_F(ActivationsTest, accepts_since_upto_name_and_docs) {
  const auto some = list("since=10&upto=14&name=p/even&docs=true");
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some[0].at("start"), 14);
  EXPECT_EQ(some[0].at("response").at("result").at("n"), 14);
  EXPECT_EQ(list("name=p/odd&limit=5").size(), 5U);
  EXPECT_EQ(list("name=odd").size(), 0U) << "this name means an action in no package";
  EXPECT_EQ(list("name=q/odd").size(), 0U);
}

TEST(Activations, find_actions_in_no_package_by_their_name) {
  Activations activations;
  auto made = record(1, "hello");
  made.path = "guest/hello";
  activations.add(made);
  const auto count = [&](const auto* query) { return activations.answer("", query).body; };
  EXPECT_EQ(count("count=true&name=hello"), R"({"activations":1})");
  EXPECT_EQ(count("count=true&name=default/hello"), R"({"activations":0})");
}

TEST_F(ActivationsTest, counts_matching_activations) {
  EXPECT_EQ(activations_.answer("", "count=true&name=p/odd").body, R"({"activations":150})");
  EXPECT_EQ(activations_.answer("", "count=true&docs=true").status, 400);
}

TEST_F(ActivationsTest, rejects_invalid_queries) {
  for (const auto* query :
       {"limit=201", "limit=-1", "limit=x", "skip=-1", "skip=x", "since=x", "upto=1.5", "name=a/b/c", "name=0%20",
        "name=/a", "name=a/", "docs=perhaps", "limit=99999999999", "count=maybe"}) {
    const auto answer = activations_.answer("", query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_TRUE(parse_json(answer.body, "answer").at("error").is_string());
  }
  EXPECT_NE(activations_.answer("", "limit=201").body.find("'201' is not in the range of 0 to 200"), std::string::npos);
}

TEST_F(ActivationsTest, returns_one_activation_with_its_logs_and_result) {
  const auto id = record(7).id;
  const auto whole = parse_json(activations_.answer("/" + id, "").body, "answer");
  EXPECT_EQ(string_member(whole.as_object(), "activationId"), id);
  EXPECT_EQ(whole.at("logs").as_array().size(), 1U);
  EXPECT_EQ(activations_.answer("/" + id + "/logs", "").body, R"({"logs":["line"]})");
  EXPECT_EQ(parse_json(activations_.answer("/" + id + "/result", "").body, "answer").at("result").at("n"), 7);
}

TEST_F(ActivationsTest, rejects_invalid_ids) {
  EXPECT_EQ(activations_.answer("/" + std::string(32, 'f'), "").status, 404);
  EXPECT_EQ(activations_.answer("/" + std::string(32, 'x'), "").status, 400);
  EXPECT_EQ(activations_.answer("/" + std::string(32, 'F'), "").status, 400);
  EXPECT_EQ(activations_.answer("/123", "").status, 400);
  EXPECT_EQ(activations_.answer("/" + record(7).id + "/other", "").status, 404);
}

TEST(Activations, keep_the_latest_thousand) {
  Activations activations;
  for (int i = 1; i <= 1500; ++i) activations.add(record(i));
  EXPECT_EQ(activations.size(), 1000U);
  EXPECT_EQ(activations.answer("/" + record(500).id, "").status, 404);
  EXPECT_EQ(activations.answer("/" + record(501).id, "").status, 200);
}

TEST(Activations, show_which_sequence_caused_an_activation) {
  Activations activations;
  auto part = record(1);
  part.cause = "cause-id";
  activations.add(part);
  const auto body = activations.answer("", "").body;
  EXPECT_NE(body.find(R"("cause":"cause-id")"), std::string::npos);
  EXPECT_NE(body.find(R"({"key":"causedBy","value":"sequence"})"), std::string::npos);
}

}  // namespace
}  // namespace adit::dev
