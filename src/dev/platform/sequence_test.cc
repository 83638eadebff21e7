#include "dev/platform/sequence.h"

#include <map>

#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::dev {
namespace {

ActivationRecord answer(json::value result) {
  ActivationRecord record;
  record.id = make_activation_id();
  record.result = std::move(result);
  const auto* object = record.result.if_object();
  if (object != nullptr && object->contains("error")) record.status = ActivationStatus::application_error;
  return record;
}

struct Run {
  ActivationRecord record;
  std::vector<std::string> ran;
};
Run run(const std::vector<std::string>& actions,
        const std::function<json::value(const std::string&, json::value)>& part) {
  Run done;
  run_sequence(
      actions, json::object{{"n", 1}},
      [&](const std::string& name, json::value params) -> std::optional<ActivationRecord> {
        if (name == "p/absent") return std::nullopt;
        done.ran.push_back(name);
        return answer(part(name, std::move(params)));
      },
      Clock::system(), done.record);
  return done;
}

TEST(Sequence, passes_each_result_to_the_next_component) {
  const auto done = run({"p/a", "p/b", "p/c"}, [](const std::string&, json::value params) {
    return json::object{{"n", params.at("n").as_int64() * 2}};
  });
  EXPECT_EQ(to_json(done.record.result), R"({"n":8})");
  EXPECT_EQ(done.record.logs.size(), 3U);
  EXPECT_EQ(done.record.kind, "sequence");
  EXPECT_TRUE(done.record.success());
}

TEST(Sequence, ends_at_an_error) {
  const auto done = run({"p/a", "p/b", "p/c"}, [](const std::string& name, json::value params) {
    return name == "p/b" ? json::value{{"error", "boom"}} : params;
  });
  EXPECT_EQ(done.ran, (std::vector<std::string>{"p/a", "p/b"}));
  EXPECT_EQ(to_json(done.record.result), R"({"error":"boom"})");
  EXPECT_EQ(done.record.status, ActivationStatus::application_error);
}

TEST(Sequence, passes_arrays_on) {
  const auto done = run({"p/a", "p/b"}, [](const std::string& name, json::value params) -> json::value {
    if (name == "p/a") return json::array{1, 2};
    return json::object{{"got", std::move(params)}};
  });
  EXPECT_EQ(to_json(done.record.result), R"({"got":[1,2]})");
  EXPECT_TRUE(done.record.success());
}

TEST(Sequence, ends_at_a_component_that_does_not_exist) {
  const auto done = run({"p/a", "p/absent", "p/b"}, [](const std::string&, json::value params) { return params; });
  EXPECT_EQ(done.ran, std::vector<std::string>{"p/a"});
  EXPECT_EQ(done.record.status, ActivationStatus::application_error);
  EXPECT_EQ(to_json(done.record.result), R"({"error":"Sequence component does not exist."})");
}

TEST(Sequence, has_the_sum_of_its_components_durations) {
  ActivationRecord record;
  int n = 0;
  run_sequence(
      {"p/a", "p/b"}, json::object{},
      [&](const std::string&, json::value) {
        auto part = answer(json::object{});
        part.start = WallTime(std::chrono::milliseconds(1000));
        part.end = part.start + std::chrono::milliseconds(++n * 100);
        part.limits.memory_mb = 512 / n;
        part.response_size = 2;
        return part;
      },
      Clock::system(), record);
  const auto text = record.to_json();
  EXPECT_EQ(text.at("duration"), 300);
  EXPECT_EQ(record.summary().at("duration"), 300);
  EXPECT_EQ(text.at("response").at("size"), 2);
  EXPECT_EQ(record.limits.memory_mb, 512);
  EXPECT_EQ(to_json(text.at("annotations")),
            R"([{"key":"path","value":""},{"key":"kind","value":"sequence"},)"
            R"({"key":"limits","value":{"timeout":60000,"memory":512,"logs":10,"concurrency":200}},)"
            R"({"key":"topmost","value":true}])");
}

class SequenceRefusal : public testing::Test {
 protected:
  /// Returns the controller's message for the sequence `p/s`, given these sequences.
  static std::string_view refusal(const std::map<std::string, std::vector<std::string>>& sequences) {
    return sequence_refusal("p/s", sequences.at("s"), [&](const std::string& name) {
      const auto found = name.starts_with("p/") ? sequences.find(name.substr(2)) : sequences.end();
      return found != sequences.end() ? std::optional(found->second) : std::nullopt;
    });
  }
};

TEST_F(SequenceRefusal, is_empty_for_a_valid_sequence) {
  EXPECT_EQ(refusal({{"s", {"p/a", "p/t", "p/t"}}, {"t", {"p/a"}}}), "");
  EXPECT_EQ(refusal({{"s", std::vector<std::string>(50, "p/a")}}), "");
}

TEST_F(SequenceRefusal, rejects_a_sequence_without_components) {
  EXPECT_EQ(refusal({{"s", {}}}), "No component specified for the sequence.");
}

TEST_F(SequenceRefusal, rejects_cycles) {
  constexpr auto kCyclic = "Sequence may not refer to itself.";
  EXPECT_EQ(refusal({{"s", {"p/s"}}}), kCyclic);
  EXPECT_EQ(refusal({{"s", {"p/t"}}, {"t", {"p/a", "p/s"}}}), kCyclic);
  EXPECT_EQ(refusal({{"s", {"p/t"}}, {"t", {"p/t"}}}), kCyclic) << "the cycle is in another sequence";
}

TEST_F(SequenceRefusal, rejects_more_than_50_actions) {
  constexpr auto kTooLong = "Too many actions in the sequence.";
  EXPECT_EQ(refusal({{"s", std::vector<std::string>(51, "p/a")}}), kTooLong);
  const std::vector<std::string> half(26, "p/a");
  EXPECT_EQ(refusal({{"s", {"p/t", "p/t"}}, {"t", half}}), kTooLong);
  // Doubles at each step: 2^40 actions, too many to be counted one by one.
  std::map<std::string, std::vector<std::string>> doubling{{"s", {"p/t0", "p/t0"}}};
  for (int i = 0; i < 40; ++i) doubling[cat("t", i)] = {cat("p/t", i + 1), cat("p/t", i + 1)};
  EXPECT_EQ(refusal(doubling), kTooLong);
}

TEST_F(SequenceRefusal, rejects_deeply_nested_sequences) {
  std::map<std::string, std::vector<std::string>> nested{{"s", {"p/t0"}}};
  for (int i = 0; i < 10'000; ++i) nested[cat("t", i)] = {cat("p/t", i + 1)};
  EXPECT_EQ(refusal(nested), "Too many actions in the sequence.");
}

}  // namespace
}  // namespace adit::dev
