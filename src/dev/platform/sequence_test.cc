#include "dev/platform/sequence.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace adit::dev {
namespace {

app::Sequence sequence(std::vector<std::string> actions) {
  app::Sequence made;
  made.package = "p";
  made.name = "s";
  made.actions = std::move(actions);
  return made;
}

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
        const std::function<json::value(const std::string&, json::object)>& part) {
  Run done;
  run_sequence(
      sequence(actions), json::object{{"n", 1}},
      [&](const std::string& name, json::object params) {
        done.ran.push_back(name);
        return answer(part(name, std::move(params)));
      },
      Clock::system(), done.record);
  return done;
}

TEST(Sequence, EachResultIsTheNextOnesParameters) {
  const auto done = run({"p/a", "p/b", "p/c"}, [](const std::string&, json::object params) {
    return json::object{{"n", params.at("n").as_int64() * 2}};
  });
  EXPECT_EQ(to_json(done.record.result), R"({"n":8})");
  EXPECT_EQ(done.record.logs.size(), 3U);
  EXPECT_EQ(done.record.kind, "sequence");
  EXPECT_TRUE(done.record.success());
}

TEST(Sequence, AnErrorEndsIt) {
  const auto done = run({"p/a", "p/b", "p/c"}, [](const std::string& name, json::object params) {
    return name == "p/b" ? json::object{{"error", "boom"}} : params;
  });
  EXPECT_EQ(done.ran, (std::vector<std::string>{"p/a", "p/b"}));
  EXPECT_EQ(to_json(done.record.result), R"({"error":"boom"})");
  EXPECT_EQ(done.record.status, ActivationStatus::application_error);
}

TEST(Sequence, AListMayEndItAndNothingElse) {
  const auto list = [](const std::string&, json::object) { return json::array{1}; };
  EXPECT_EQ(to_json(run({"p/a"}, list).record.result), "[1]");
  EXPECT_EQ(run({"p/a", "p/b"}, list).record.status, ActivationStatus::developer_error);
}

TEST(Sequence, NeedsAPart) {
  EXPECT_EQ(run({}, [](const std::string&, json::object params) { return params; }).record.status,
            ActivationStatus::developer_error);
}

TEST(Sequence, FindsCycles) {
  app::Project project;
  app::Package package;
  package.name = "p";
  package.sequences = {sequence({"p/t"}), sequence({"p/a", "p/s"}), sequence({"p/a"})};
  package.sequences[1].name = "t";
  package.sequences[2].name = "u";
  project.packages = {package};
  EXPECT_EQ(sequence_cycle(project, project.packages[0].sequences[0]), "p/s -> p/t -> p/s");
  EXPECT_EQ(sequence_cycle(project, project.packages[0].sequences[2]), "");
}

}  // namespace
}  // namespace adit::dev
