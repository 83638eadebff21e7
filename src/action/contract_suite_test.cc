// The cases of OpenWhisk's canonical action-runner suite (apache/openwhisk, BasicActionRunnerTests.scala). Each runs
// with every contract to which it applies. The same program serves all contracts: it detects which one is used.

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/action.h"

#include "action/action_process_fixture.h"
#include "base/text/text.h"

namespace adit {
namespace {

using json::object;
using ::testing::HasSubstr;

constexpr std::string_view kNoResult = R"({"error":"The action did not return a dictionary or array."})";

/// Returns the answer that the proxy in front of the program makes from a result line (openwhisk-runtime-go,
/// openwhisk/runHandler.go; openwhisk-runtime-docker, core/actionProxy/actionproxy.py).
Answer checked_by_proxy(std::string line) {
  const auto value = try_parse_json(line, {.max_depth = 1000});
  if (!value || (!value->is_object() && !value->is_array())) return {.status = 502, .body = std::string(kNoResult)};
  return {.status = 200, .body = std::move(line)};
}

/// All actions of the suite in one. The parameter `do` chooses one.
Response suite_action(const Params& params, const Activation& activation) {
  const auto what = params.get_or("do", "echo");
  if (what == "no object") return Response(params.json().at("result"));
  if (what == "array") return json::array{"a", "b"};
  if (what == "exit") std::exit(0);
  if (what == "abort") std::abort();
  if (what == "unicode") {
    const auto winter = cat(params.require("delimiter"), " ☃ ", params.require("delimiter"));
    std::printf("%s\n", winter.c_str());
    return object{{"winter", winter}};
  }
  if (what == "environment") {
    object values;
    for (const auto& name : params.require<json::array>("names")) {
      const auto* value = std::getenv(name.as_string().c_str());
      values[name.as_string()] = value == nullptr ? json::value() : json::value(value);
    }
    return values;
  }
  if (what == "context") {
    return object{{"api_host", activation.api_host},
                  {"api_key", activation.api_key.reveal()},
                  {"namespace", activation.name_space},
                  {"action_name", activation.action_name},
                  {"action_version", activation.action_version},
                  {"activation_id", activation.id},
                  {"transaction_id", activation.transaction_id},
                  {"time_is_left", activation.time_left().count() > 0}};
  }
  std::printf("hello stdout\n");
  std::fprintf(stderr, "hello stderr\n");
  if (params.array() != nullptr) return *params.array();
  return Response(params.json());
}

/// The part of a platform that runs an action's program with one of the contracts.
class Platform {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;
  virtual ~Platform() = default;
  /// Starts the program in this environment if the contract keeps one running.
  virtual void start(const Environment& environment) = 0;
  /// Only the HTTP contract has /init.
  virtual Answer initialise(const std::string& /*message*/) { throw std::logic_error("no /init"); }
  virtual Answer run(const object& message) = 0;
  /// Ends the program and returns its stdout and stderr.
  virtual std::pair<std::string, std::string> end() = 0;
};

class Http : public Platform {
 public:
  explicit Http(int concurrency) : concurrency_(std::to_string(concurrency)) {}
  void start(const Environment& environment) override {
    process_ = std::make_unique<ActionProcess>(
        suite_action, ActionProcess::Options{.arguments = {"--port", "0", "--concurrency", concurrency_},
                                             .environment = environment});
    port_ = process_->port();
  }
  Answer initialise(const std::string& message) override { return post_over(connect_to(port_), "/init", message); }
  Answer run(const object& message) override { return post_over(connect_to(port_), "/run", to_json(message)); }
  std::pair<std::string, std::string> end() override {
    EXPECT_EQ(process_->end(SIGTERM), 0);
    return {process_->text("out"), process_->text("err")};
  }

 private:
  std::string concurrency_;
  std::unique_ptr<ActionProcess> process_;
  int port_ = 0;
};

class Loop : public Platform {
 public:
  void start(const Environment& environment) override {
    auto all = environment;
    all.emplace_back("__OW_WAIT_FOR_ACK", "1");
    process_ = std::make_unique<ActionProcess>(
        suite_action, ActionProcess::Options{.environment = all, .pipes_stdin = true, .pipes_3 = true});
    EXPECT_EQ(process_->read_line_3(), R"({"ok":true})");
  }
  Answer run(const object& message) override {
    // Another thread writes, so that no pipe fills up.
    std::thread writer([&] { process_->write_stdin(to_json(message) + "\n"); });
    auto line = process_->read_line_3();
    writer.join();
    if (line.empty()) return {.status = 400, .body = R"({"error":"command exited"})"};
    return checked_by_proxy(std::move(line));
  }
  std::pair<std::string, std::string> end() override {
    process_->close_stdin();
    EXPECT_EQ(process_->end(), 0);
    return {process_->text("out"), process_->text("err")};
  }

 private:
  std::unique_ptr<ActionProcess> process_;
};

/// Like openwhisk/dockerskeleton: passes the parameters by stdin, and as an argument too if they are short enough.
class OneShot : public Platform {
 public:
  void start(const Environment& environment) override { environment_ = environment; }
  Answer run(const object& message) override {
    ActionProcess::Options options{.environment = environment_, .pipes_stdin = true};
    for (const auto& [key, value] : message) {
      if (key == "value") continue;
      std::string name = "__OW_";
      for (const char c : std::string_view(key)) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      options.environment.emplace_back(name, value.as_string());
    }
    const auto params = to_json(message.contains("value") ? message.at("value") : object());
    constexpr std::size_t kLongestArgument = 131'071;  // MAX_ARG_STRLEN
    if (params.size() <= kLongestArgument) options.arguments = {params};
    ActionProcess process(suite_action, options);
    process.write_stdin(params);
    process.close_stdin();
    (void)process.end();
    auto out = process.text("out");
    if (out.ends_with('\n')) out.pop_back();
    const auto line = out.rfind('\n');
    auto result = line == std::string::npos ? out : out.substr(line + 1);
    out_ += line == std::string::npos ? "" : out.substr(0, line + 1);
    err_ += process.text("err");
    return checked_by_proxy(std::move(result));
  }
  std::pair<std::string, std::string> end() override { return {out_, err_}; }

 private:
  Environment environment_;
  std::string out_;
  std::string err_;
};

enum class Contract { http, http_200, action_loop, one_shot };
constexpr std::array kContracts = {Contract::http, Contract::http_200, Contract::action_loop, Contract::one_shot};
bool is_http(Contract contract) { return contract == Contract::http || contract == Contract::http_200; }

std::string_view name_of(Contract contract) {
  switch (contract) {
    case Contract::http:
      return "http";
    case Contract::http_200:
      return "http_200";
    case Contract::action_loop:
      return "action_loop";
    case Contract::one_shot:
      return "one_shot";
  }
  return "";
}

struct Case {
  std::string name;
  void (*check)(Platform&, Contract);
  /// The contracts to which it does not apply, and why.
  std::map<Contract, std::string> not_in{};
};

void expect_result(const Answer& answer, std::string_view result, int status = 200) {
  EXPECT_EQ(answer.body, result);
  EXPECT_EQ(answer.status, status);
}

const std::string kNoInit =
    "the proxy in front of the program answers /init itself (unpacks the code, refuses a second one) and starts the "
    "program, which does not see these requests";

void no_code(Platform& platform, Contract /*contract*/) {
  platform.start({});
  // The action is built in, as in a skeleton that already contains its code (the suite's hasCodeStub).
  EXPECT_EQ(platform.initialise(R"({"value":{"name":"a","main":"","binary":false,"code":""}})").status, 200);
  expect_result(platform.run({{"value", object{{"a", 1}}}}), R"({"a":1})");
}

void no_content(Platform& platform, Contract /*contract*/) {
  platform.start({});
  const auto answer = platform.initialise("{}");
  expect_result(answer, R"({"error":"Missing main/no code to execute."})", 502);
}

void not_json(Platform& platform, Contract contract) {
  platform.start({});
  for (const json::value& result : {json::value("text"), json::value(42), json::value(true), json::value(nullptr)}) {
    if (contract == Contract::one_shot) platform.start({});
    expect_result(platform.run({{"value", object{{"do", "no object"}, {"result", result}}}}), kNoResult, 502);
  }
  // An action may return the same message itself.
  if (contract == Contract::one_shot) platform.start({});
  expect_result(platform.run({{"value", *parse_json(kNoResult, "It").if_object()}}), kNoResult);
  if (contract != Contract::one_shot)  // and the next one works
    expect_result(platform.run({{"value", object{{"a", 1}}}}), R"({"a":1})");
}

void initialised_twice(Platform& platform, Contract /*contract*/) {
  platform.start({});
  const std::string message = R"({"value":{"name":"a","main":"main","binary":true,"code":""}})";
  EXPECT_EQ(platform.initialise(message).status, 200);
  constexpr std::string_view kRefused = R"({"error":"Cannot initialize the action more than once."})";
  expect_result(platform.initialise(message), kRefused, 403);
  const auto [out, err] = platform.end();
  EXPECT_THAT(out + err, HasSubstr("Cannot initialize the action more than once."));
  EXPECT_THAT(out + err, ::testing::Not(HasSubstr("XXX_THE_END")));
}

/// "support array as input param" and "support return array result" of the runtimes' own tests.
void arrays(Platform& platform, Contract /*contract*/) {
  platform.start({});
  expect_result(platform.run({{"value", object{{"do", "array"}}}}), R"(["a","b"])");
  expect_result(platform.run({{"value", json::array{"a", 1, object{{"b", true}}}}}), R"(["a",1,{"b":true}])");
  expect_result(platform.run({{"value", json::array{}}}), "[]");
}

/// A platform sends such a deadline if its clock is behind this machine's.
void deadline_in_the_past(Platform& platform, Contract /*contract*/) {
  platform.start({});
  for (const auto* deadline : {"1", "1577836800000"})
    expect_result(platform.run({{"value", object{{"a", 1}}}, {"deadline", deadline}}), R"({"a":1})");
  const auto answer = platform.run({{"value", object{{"do", "context"}}}, {"deadline", "1577836800000"}});
  EXPECT_THAT(answer.body, HasSubstr(R"("time_is_left":true)"));
}

/// A program that ends must not write anything that the proxy could take for a result, because the platform keeps a
/// container that has answered with a result.
void ends_the_process(Platform& platform, Contract contract) {
  for (const auto* how : {"exit", "abort"}) {
    platform.start({});
    const auto answer = platform.run({{"value", object{{"do", how}}}});
    EXPECT_EQ(answer.status, contract == Contract::action_loop ? 400 : 502) << how;
    EXPECT_THAT(answer.body, HasSubstr("{\"error\":")) << how;
  }
}

/// A native binary has one entry point. OpenWhisk's skeleton for native binaries runs it for any `main` ("this test
/// will pass with any main", ActionProxyContainerTests.scala).
void other_entry_point(Platform& platform, Contract /*contract*/) {
  platform.start({});
  EXPECT_EQ(platform.initialise(R"({"value":{"name":"a","main":"niam","binary":true,"code":""}})").status, 200);
  expect_result(platform.run({{"value", object{{"string", "hello"}}}}), R"({"string":"hello"})");
}

void echo(Platform& platform, Contract contract) {
  platform.start({});
  const std::vector<std::string> all = {R"({"string":"hello"})", R"({"string":"❄ ☃ ❄"})", R"({"numbers":[42,1]})",
                                        R"({"boolean":true})", R"({"object":{"a":"A"}})"};
  for (const auto& args : all) expect_result(platform.run({{"value", parse_json(args, "args")}}), args);
  const auto [out, err] = platform.end();
  const auto count = [](const std::string& text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count(out + err, "hello stdout\n"), all.size());
  EXPECT_EQ(count(err, "hello stderr\n"), all.size());
  // In the other contracts, the proxy in front of the program writes the sentinels.
  const auto sentinels = is_http(contract) ? all.size() : 0;
  EXPECT_EQ(count(out, "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"), sentinels);
  EXPECT_EQ(count(err, "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"), sentinels);
}

void unicode(Platform& platform, Contract /*contract*/) {
  platform.start({});
  expect_result(platform.run({{"value", object{{"do", "unicode"}, {"delimiter", "❄"}}}}), R"({"winter":"❄ ☃ ❄"})");
  const auto [out, err] = platform.end();
  EXPECT_THAT(out + err, HasSubstr("❄ ☃ ❄\n"));
}

void environment_before_init(Platform& platform, Contract contract) {
  if (is_http(contract)) {
    platform.start({});
    const auto* const message = R"({"value":{"name":"a","main":"main","binary":true,"code":"","env":{"ARRAY":["a","b"],
        "OBJECT":{"a":"A"},"STRING":"xyz","NUMBER":3,"BOOL":true,"NULL":null}}})";
    EXPECT_EQ(platform.initialise(message).status, 200);
  } else {  // The proxy converts the values to text and starts the program with them.
    platform.start({{"ARRAY", R"(["a","b"])"},
                    {"OBJECT", R"({"a":"A"})"},
                    {"STRING", "xyz"},
                    {"NUMBER", "3"},
                    {"BOOL", "true"},
                    {"NULL", ""}});
  }
  const object ask{{"do", "environment"}, {"names", {"ARRAY", "OBJECT", "STRING", "NUMBER", "BOOL", "NULL"}}};
  expect_result(
      platform.run({{"value", ask}}),
      R"({"ARRAY":"[\"a\",\"b\"]","OBJECT":"{\"a\":\"A\"}","STRING":"xyz","NUMBER":"3","BOOL":"true","NULL":""})");
}

void activation_context(Platform& platform, Contract contract) {
  platform.start({});
  object message{{"value", object{{"do", "context"}}},
                 {"api_host", "xyz"},
                 {"api_key", "abc"},
                 {"namespace", "zzz"},
                 {"action_name", "xxx"},
                 {"action_version", "1.2"},
                 {"activation_id", "iii"},
                 {"transaction_id", "ttt"},
                 {"deadline", "4102444800000"}};
  expect_result(platform.run(message),
                R"({"api_host":"xyz","api_key":"abc","namespace":"zzz","action_name":"xxx","action_version":"1.2",)"
                R"("activation_id":"iii","transaction_id":"ttt","time_is_left":true})");
  // The environment contains all of it if one activation runs at a time, otherwise what all activations have in common.
  message["value"] =
      object{{"do", "environment"},
             {"names", {"__OW_API_HOST", "__OW_API_KEY", "__OW_NAMESPACE", "__OW_ACTION_NAME", "__OW_ACTION_VERSION"}}};
  expect_result(platform.run(message),
                R"({"__OW_API_HOST":"xyz","__OW_API_KEY":"abc","__OW_NAMESPACE":"zzz","__OW_ACTION_NAME":"xxx",)"
                R"("__OW_ACTION_VERSION":"1.2"})");
  message["value"] = object{{"do", "environment"}, {"names", {"__OW_ACTIVATION_ID", "__OW_DEADLINE"}}};
  expect_result(platform.run(message), contract == Contract::http_200
                                           ? R"({"__OW_ACTIVATION_ID":null,"__OW_DEADLINE":null})"
                                           : R"({"__OW_ACTIVATION_ID":"iii","__OW_DEADLINE":"4102444800000"})");
}

void large_input(Platform& platform, Contract /*contract*/) {
  platform.start({});
  const std::string big(1'048'561, 'a');
  const auto answer = platform.run({{"value", object{{"arg", big}}}});
  EXPECT_TRUE(answer.body == cat(R"({"arg":")", big, "\"}"));
  // The longest text that fits an argument, and one that must be passed by stdin.
  for (const std::size_t size : {131'071 - 10, 131'072 - 10}) {
    const auto text = std::string(size, 'b');
    EXPECT_TRUE(platform.run({{"value", object{{"arg", text}}}}).body == cat(R"({"arg":")", text, "\"}"));
  }
  EXPECT_EQ(answer.status, 200);
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"no_code", no_code, {{Contract::action_loop, kNoInit}, {Contract::one_shot, kNoInit}}},
      {"no_content", no_content, {{Contract::action_loop, kNoInit}, {Contract::one_shot, kNoInit}}},
      {"not_json", not_json},
      {"arrays", arrays},
      {"deadline_in_the_past", deadline_in_the_past},
      {"ends_the_process", ends_the_process},
      {"initialised_twice", initialised_twice, {{Contract::action_loop, kNoInit}, {Contract::one_shot, kNoInit}}},
      {"other_entry_point", other_entry_point, {{Contract::action_loop, kNoInit}, {Contract::one_shot, kNoInit}}},
      {"echo", echo},
      {"unicode", unicode},
      {"environment_before_init", environment_before_init},
      {"activation_context", activation_context},
      {"large_input", large_input}};
  return all;
}

class ActionRunnerSuite : public ::testing::TestWithParam<std::tuple<Case, Contract>> {};

TEST_P(ActionRunnerSuite, passes) {
  const auto& [the_case, contract] = GetParam();
  if (const auto why = the_case.not_in.find(contract); why != the_case.not_in.end())
    GTEST_SKIP() << "does not apply to " << name_of(contract) << ": " << why->second;
  std::unique_ptr<Platform> platform;
  if (contract == Contract::http) platform = std::make_unique<Http>(1);
  if (contract == Contract::http_200) platform = std::make_unique<Http>(200);
  if (contract == Contract::action_loop) platform = std::make_unique<Loop>();
  if (contract == Contract::one_shot) platform = std::make_unique<OneShot>();
  the_case.check(*platform, contract);
}

INSTANTIATE_TEST_SUITE_P(OpenWhisk, ActionRunnerSuite,
                         ::testing::Combine(::testing::ValuesIn(cases()), ::testing::ValuesIn(kContracts)),
                         [](const auto& tested) {
                           return cat(std::get<0>(tested.param).name, "_", name_of(std::get<1>(tested.param)));
                         });

}  // namespace
}  // namespace adit
