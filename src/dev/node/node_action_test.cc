#include "dev/node/node_action.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/http_server.h"

#include "base/text/text.h"
#include "base/trace.h"
#include "dev/host/hosted_action_fixture.h"
#include "system/files/temporary_folder.h"
#include "system/resident_memory.h"

namespace adit::dev {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using std::chrono::milliseconds;

constexpr std::string_view kEcho = "exports.main = (params) => params";

/// Runs JavaScript that the test writes with the machine's Node.js.
class NodeActionTest : public testing::Test {
 protected:
  NodeActionTest() {
    action_.package = "pkg";
    action_.name = "act";
    action_.runtime = "nodejs:22";
    action_.limits.timeout = std::chrono::seconds(60);
    action_.limits.memory_mb = 512;
  }

  void write(const std::string& name, std::string_view text) const {
    const auto path = std::filesystem::path(folder_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  /// Returns the options of an action whose function is this file, relative to the project's folder.
  HostOptions function(const std::string& name) {
    action_.function = name;
    action_.function_path = folder_ + '/' + name;
    app::Project project;
    project.root = folder_;
    return host_options(project, action_, {}, Environment::process());
  }
  HostOptions script(std::string_view text, const std::string& name = "act.js") {
    write(name, text);
    return function(name);
  }
  /// Runs a script once and returns its error.
  std::string error_with(std::string_view text) { return error_of(ActionHost(script(text)).run({})); }

  const TemporaryFolder temporary_{testing::TempDir() + "adit-node-test"};
  const std::string folder_ = temporary_.path().string();
  app::Action action_;
};

TEST_F(NodeActionTest, returns_the_actions_result) {
  ActionHost host(script(kEcho));
  const auto record = host.run({{"a", "Zażółć 😀"}});
  EXPECT_EQ(to_json(record.result), "{\"a\":\"Zażółć 😀\"}");
  EXPECT_EQ(record.kind, "nodejs:22");
  EXPECT_TRUE(record.init_time.has_value());
  EXPECT_FALSE(host.run({}).init_time.has_value());
}

TEST_F(NodeActionTest, accepts_promises_arrays_and_undefined_as_results) {
  EXPECT_EQ(to_json(ActionHost(script("exports.main = async () => [1, {a: 2}]")).run({}).result), R"([1,{"a":2}])");
  EXPECT_EQ(to_json(ActionHost(script("exports.main = () => {}")).run({}).result), "{}");
  EXPECT_EQ(to_json(ActionHost(script("exports.main = () => ({then (done) { done({a: 1}) }})")).run({}).result),
            R"({"a":1})");
}

TEST_F(NodeActionTest, loads_every_kind_of_module) {
  EXPECT_TRUE(ActionHost(script("export const main = () => ({})", "es.mjs")).run({}).success());
  write("module/package.json", R"({"type":"module","main":"entry.js"})");
  write("module/entry.js", "import os from 'node:os'\nexport function main () { return { os: typeof os.hostname } }");
  EXPECT_EQ(to_json(ActionHost(function("module")).run({}).result), R"({"os":"function"})");
  write("common/index.js", "exports.main = () => require('./other')");
  write("common/other.js", "module.exports = { from: 'other' }");
  EXPECT_EQ(to_json(ActionHost(function("common")).run({}).result), R"({"from":"other"})");
  // Nothing says whether this file is an ES module.
  EXPECT_TRUE(ActionHost(script("export default { main: () => ({}) }", "plain.js")).run({}).success());
}

TEST_F(NodeActionTest, calls_the_function_that_main_names) {
  action_.main = "other";
  EXPECT_EQ(to_json(ActionHost(script("exports.other = () => ({ by: 'other' })")).run({}).result), R"({"by":"other"})");
  EXPECT_THAT(error_with(kEcho), AllOf(HasSubstr("'other' is not a function"), HasSubstr("exports main")));
}

TEST_F(NodeActionTest, explains_why_an_action_cannot_be_loaded) {
  EXPECT_THAT(error_with("throw new Error('at load')"), HasSubstr("Error: at load"));
  EXPECT_THAT(error_with("exports.main = ("), HasSubstr("SyntaxError"));
  EXPECT_THAT(error_with("require('absent-package')"), HasSubstr("Cannot find module 'absent-package'"));
  EXPECT_EQ(error_with("process.exit(5)"), "The action did not initialize and exited unexpectedly.");
}

TEST_F(NodeActionTest, reports_rejections_as_application_errors_and_exceptions_as_developer_errors) {
  const auto rejected = ActionHost(script("exports.main = async () => { throw new Error('no') }")).run({});
  EXPECT_EQ(rejected.status, ActivationStatus::application_error);
  EXPECT_EQ(rejected.result.at("error").at("message"), "no");
  const auto plain = ActionHost(script("exports.main = () => Promise.reject('words')")).run({});
  EXPECT_EQ(error_of(plain), "words");
  const auto thrown = ActionHost(script("exports.main = () => { throw new TypeError('at once') }")).run({});
  EXPECT_EQ(thrown.status, ActivationStatus::developer_error);
  EXPECT_EQ(error_of(thrown), "An error has occurred: TypeError: at once");
  EXPECT_THAT(thrown.logs, Contains(HasSubstr("stderr: TypeError: at once")));
}

// The platform's runtime converts a rejection with npm's serialize-error.
TEST_F(NodeActionTest, converts_any_rejection_as_the_platforms_runtime_does) {
  ActionHost host(script(R"js(const circle = { a: 1, f () {}, inner: { list: [1, undefined, () => 0] } }
circle.self = circle
circle.inner.up = circle.inner
const rich = Object.assign(new RangeError('far'), { code: 'E_FAR', extra: { n: 1 }, stack: 'at x' })
class Own { constructor () { this.mine = 1 } }
const named = function named () {}
const all = [undefined, null, '', 0, false, NaN, 'text', 7, true, [1, [2]], circle, rich, new Own(), named, () => 0]
exports.main = ({ n }) => Promise.reject(all[n]))js"));
  const std::vector<std::string> expected = {
      "{}",
      "{}",
      "{}",
      "{}",
      "{}",
      "{}",
      R"("text")",
      "7",
      "true",
      "[1,[2]]",
      R"({"a":1,"inner":{"list":[1,null],"up":"[Circular]"},"self":"[Circular]"})",
      R"({"code":"E_FAR","extra":{"n":1},"name":"RangeError","message":"far","stack":"at x"})",
      R"({"mine":1})",
      R"("[Function: named]")",
      R"("[Function: anonymous]")"};
  for (std::size_t n = 0; n < expected.size(); ++n) {
    const auto record = host.run({{"n", n}});
    EXPECT_EQ(record.status, ActivationStatus::application_error) << n;
    EXPECT_EQ(to_json(record.result.at("error")), expected[n]) << n;
  }
}

TEST_F(NodeActionTest, rejects_invalid_results) {
  for (const auto* value : {"42", "'text'", "() => 0", "Symbol('s')"})
    EXPECT_EQ(error_with(cat("exports.main = () => (", value, ")")),
              "The action did not return a dictionary or array.");
  EXPECT_EQ(error_with("exports.main = () => null"), "The action did not produce a valid JSON response: null");
  EXPECT_EQ(error_with("exports.main = () => ({ toJSON: () => 'text' })"),
            "The action did not produce a valid JSON response: \"text\"");
  EXPECT_EQ(error_with("exports.main = () => ({ n: 1n })"), "Internal error.");
  const auto circular = ActionHost(script("exports.main = () => { const a = {}; a.a = a; return a }")).run({});
  EXPECT_EQ(error_of(circular), "Internal error.");
  EXPECT_THAT(circular.logs, Contains(HasSubstr("cannot be written as JSON")));
  EXPECT_EQ(to_json(ActionHost(script("exports.main = () => ({ f () {}, a: [() => 0] })")).run({}).result),
            R"({"a":[null]})");
}

TEST_F(NodeActionTest, names_the_exit_code) {
  const auto record = ActionHost(script("exports.main = () => process.exit(9)")).run({});
  EXPECT_EQ(error_of(record), "The action did not produce a valid response and exited unexpectedly.");
  EXPECT_THAT(record.hint, HasSubstr("exit code 9"));
}

TEST_F(NodeActionTest, ends_an_activation_that_never_resolves_and_lets_others_finish) {
  action_.limits.timeout = milliseconds(8'000);
  ActionHost host(
      script("const { existsSync } = require('fs')\n"
             "exports.main = ({ ms, file }) => new Promise((resolve) => {\n"
             "  if (ms) setTimeout(resolve, ms, { ms })\n"
             "  if (file) setInterval(() => existsSync(file) && resolve({ file }), 5).unref()\n"
             "})"));
  ASSERT_TRUE(host.run({{"ms", 1}}).success());
  const int pid = host.process_id();
  auto hanging = std::async(std::launch::async, [&] { return host.run({}); });
  ASSERT_TRUE(host.run({{"ms", 4'000}}).success());
  const auto file = folder_ + "/leave";
  auto beside = std::async(std::launch::async, [&] { return host.run({{"file", file}}); });
  EXPECT_EQ(error_of(hanging.get()), "The action exceeded its time limits of 8000 milliseconds.");
  std::ofstream(file).close();
  const auto other = beside.get();
  EXPECT_TRUE(other.success()) << error_of(other);
  EXPECT_TRUE(host.run({{"ms", 1}}).success());
  EXPECT_NE(host.process_id(), pid);
}

TEST_F(NodeActionTest, reports_a_script_that_is_not_loaded_in_time) {
  action_.limits.timeout = milliseconds(1'000);
  const auto record = ActionHost(script("while (true) {}")).run({});
  EXPECT_TRUE(record.timed_out);
  EXPECT_EQ(error_of(record), "The action exceeded its time limits of 1000 milliseconds during initialization.");
  EXPECT_THAT(record.hint, StartsWith("Loading it takes that long"));
}

TEST_F(NodeActionTest, kills_an_endless_loop) {
  action_.limits.timeout = milliseconds(6'000);
  ActionHost host(script("exports.main = ({ loop }) => { while (loop) {} }"));
  ASSERT_TRUE(host.run({}).success());
  const auto record = host.run({{"loop", true}});
  EXPECT_TRUE(record.timed_out);
  EXPECT_EQ(error_of(record), "The action exceeded its time limits of 6000 milliseconds.");
  EXPECT_TRUE(host.run({}).success());
}

TEST_F(NodeActionTest, kills_an_action_that_fills_memory_inside_or_outside_the_heap) {
  action_.limits.memory_mb = 200;
  const std::string message = "The action exhausted its memory and was aborted.";
  EXPECT_EQ(error_with("exports.main = () => { const all = []; while (true) all.push({ a: all.length, b: [1, 2] }) }"),
            message);
  EXPECT_EQ(error_with("exports.main = () => { const all = []; while (true) all.push(Buffer.alloc(1 << 20, 1)) }"),
            message);
}

TEST_F(NodeActionTest, assigns_an_uncaught_error_to_its_activation) {
  ActionHost host(script(R"js(exports.main = ({ mode, mine }) => new Promise((resolve) => {
    if (mode === 'throw') setTimeout(() => { throw new Error('late ' + mine) }, 300)
    else if (mode === 'reject') setTimeout(() => { Promise.reject(new Error('late ' + mine)) }, 300)
    else setTimeout(resolve, 800, { mine })
  }))js"));
  ASSERT_TRUE(host.run({}).success());
  const int pid = host.process_id();
  const auto start = [&](const json::object& params) {
    return std::async(std::launch::async, [&host, params] { return host.run(params); });
  };
  auto well = start({{"mine", "a"}});
  auto thrower = start({{"mine", "b"}, {"mode", "throw"}});
  auto rejecter = start({{"mine", "c"}, {"mode", "reject"}});
  EXPECT_EQ(error_of(thrower.get()), "An error has occurred: Error: late b");
  EXPECT_EQ(error_of(rejecter.get()), "An error has occurred: Error: late c");
  EXPECT_EQ(to_json(well.get().result), R"({"mine":"a"})");
  EXPECT_EQ(host.process_id(), pid);
}

TEST_F(NodeActionTest, never_mixes_the_contexts_of_200_overlapping_activations) {
  const int count = overlapping_activations(200);
  action_.limits.timeout = std::chrono::minutes(10);
  action_.limits.concurrency = count;
  ActionHost host(script(R"js(let waiting = []
exports.main = async ({ mine, count }) => {
  // Waits until all activations are running.
  await new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length >= count) for (const go of waiting.splice(0)) go()
  })
  const first = process.env.__OW_ACTIVATION_ID
  process.env.MINE = mine
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
  return { first, second: process.env.__OW_ACTIVATION_ID, keys: Object.keys(process.env).filter((key) => key.startsWith('__OW_')).sort().join(), mine }
})js"));
  ASSERT_TRUE(host.run({{"mine", ""}, {"count", 1}}).success());
  std::vector<std::future<void>> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(std::async(std::launch::async, [&host, count, mine = std::to_string(i)] {
      RunOptions run;
      run.activation_id = make_activation_id();
      const auto record = host.run({{"mine", mine}, {"count", count}}, run);
      ASSERT_TRUE(record.success()) << error_of(record);
      EXPECT_EQ(record.result.at("first"), json::value(run.activation_id));
      EXPECT_EQ(record.result.at("second"), json::value(run.activation_id));
      EXPECT_EQ(record.result.at("mine"), json::value(mine));
      EXPECT_EQ(record.result.at("keys"),
                "__OW_ACTION_NAME,__OW_ACTION_VERSION,__OW_ACTIVATION_ID,__OW_API_HOST,__OW_DEADLINE,__OW_NAMESPACE,"
                "__OW_TRANSACTION_ID");
    }));
  }
  for (auto& one : all) one.get();
}

/// Runs a script once and returns the steps that its process reported.
std::vector<trace::Step> steps_of(HostOptions options, const json::object& params = {}) {
  std::mutex mutex;
  std::vector<trace::Step> steps;
  options.on_step = [&](const trace::Step& step) {
    const std::lock_guard lock(mutex);
    steps.push_back(step);
  };
  EXPECT_EQ(error_of(ActionHost(std::move(options)).run(params)), "");
  return steps;
}

TEST_F(NodeActionTest, reports_the_beginning_and_the_end_of_each_request_without_user_information_and_query) {
  http::Server server({}, [](const http::ServerRequest& request) {
    auto answer = http::ServerResponse::text(404, "");
    answer.headers.set(request.method == "PUT" ? "X-Debug-Id" : "x-request-id", request.method);
    return answer;
  });
  const auto origin = cat("http://127.0.0.1:", server.port());
  const auto steps = steps_of(script(R"(exports.main = async ({ url, dead }) => {
    await new Promise((done) => require('http').request(url.replace('//', '//user:word@'), { method: 'PUT' },
      (answer) => answer.resume().on('end', done)).end())
    await fetch(url).then((answer) => answer.text())
    await fetch(dead).catch(() => {})
    return {}
  })"),
                              {{"url", origin + "/x?key=value#part"}, {"dead", "http://127.0.0.1:2/"}});
  ASSERT_EQ(steps.size(), 6U);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i].kind, i % 2 == 0 ? trace::StepKind::request_began : trace::StepKind::request_ended) << i;
    EXPECT_EQ(steps[i].name + steps[i].detail, "") << i;
    EXPECT_FALSE(steps[i].activation.empty()) << i;
    EXPECT_EQ(steps[i].request.method, i < 2 ? "PUT" : "GET") << i;
    EXPECT_EQ(steps[i].request.url, i < 4 ? origin + "/x" : "http://127.0.0.1:2/") << i;
    EXPECT_EQ(steps[i].request.status, i == 1 || i == 3 ? 404 : 0) << i;
    EXPECT_EQ(steps[i].request.request_id, i == 1 ? "PUT" : i == 3 ? "GET" : "") << i;
    EXPECT_EQ(steps[i].request.error, i < 5 ? "" : "ECONNREFUSED") << i;
  }
}

TEST_F(NodeActionTest, reports_a_request_that_failed_with_an_error_whose_code_cannot_be_read) {
  const auto steps = steps_of(script(R"(exports.main = async () => {
    const stop = new AbortController()
    const server = require('http').createServer(() => stop.abort({ get code () { throw new Error('no') } }))
    await new Promise((done) => server.listen(0, '127.0.0.1', done))
    await fetch(`http://127.0.0.1:${server.address().port}`, { signal: stop.signal }).catch(() => {})
    server.closeAllConnections()
    server.close()
    return {}
  })"));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[1].kind, trace::StepKind::request_ended);
  EXPECT_EQ(steps[1].request.error, "failed");
}

TEST_F(NodeActionTest, ignores_lines_that_are_not_steps_and_members_of_wrong_types) {
  const auto steps = steps_of(script(R"(exports.main = () => {
    const write = (text) => require('fs').writeSync(Number(process.env.ADIT_TRACE_FD), text + '\n')
    write('not JSON')
    write('[]')
    write(JSON.stringify({ kind: 'request_ended', method: ['GET'], url: { a: 1 }, status: '401', error: 7, us: 'x' }))
    write(JSON.stringify({ kind: 'unknown', step: 'own step', status: 1e300, us: -1 }))
    write('{"kind":"request_ended","us":9223372036854775807,"status":4294967697}')
    return {}
  })"));
  ASSERT_EQ(steps.size(), 3U);
  for (const auto& step : steps) {
    EXPECT_EQ(step.took.count(), 0);
    EXPECT_EQ(step.request.method + step.request.url + step.request.error, "");
    EXPECT_EQ(step.request.status, 0);
  }
  EXPECT_EQ(steps[0].kind, trace::StepKind::request_ended);
  EXPECT_EQ(steps[1].kind, trace::StepKind::other);
  EXPECT_EQ(steps[1].name, "own step");
}

TEST_F(NodeActionTest, leaks_nothing_in_host_or_action_over_10000_activations) {
  ActionHost host(script("exports.main = () => ({ id: process.env.__OW_ACTIVATION_ID })"));
  const auto activate = [&](int times) {
    std::vector<std::future<void>> callers;
    for (int caller = 0; caller < 4; ++caller) {
      callers.push_back(std::async(std::launch::async, [&] {
        for (int i = 0; i < times / 4; ++i) ASSERT_TRUE(host.run({}).success());
      }));
    }
    for (auto& caller : callers) caller.get();
  };
  activate(10'000);  // lets the heap reach its usual size
  const int pid = host.process_id();
  const auto memory = resident_bytes(pid);
  const auto ours = descriptors_of(::getpid());
  const auto theirs = descriptors_of(pid);
  activate(10'000);
  ASSERT_EQ(host.process_id(), pid);
  // Each caller's last connection may still be closing.
  EXPECT_LE(descriptors_of(::getpid()), ours + 4);
  EXPECT_LE(descriptors_of(pid), theirs + 4);
  // The size of the heap varies by some megabytes. A leak of 2 KB per activation would be 20 MB.
  EXPECT_LT(resident_bytes(pid), memory + (16U << 20U));
}

TEST_F(NodeActionTest, starts_a_new_process_after_one_is_killed) {
  ActionHost host(script("exports.main = ({ ms }) => new Promise((resolve) => { setTimeout(resolve, ms, {}) })"));
  ASSERT_TRUE(host.run({{"ms", 0}}).success());
  const int pid = host.process_id();
  ::kill(pid, SIGKILL);
  while (host.process_id() == pid) std::this_thread::yield();
  ASSERT_TRUE(host.run({{"ms", 0}}).success());
  // An activation that kills its own process, which is then certainly running.
  ActionHost killed_in_activation(
      script("exports.main = ({ die }) => die ? process.kill(process.pid, 'SIGKILL') && new Promise(() => {}) : {}",
             "die.js"));
  EXPECT_THAT(killed_in_activation.run({{"die", true}}).hint, HasSubstr("SIGKILL"));
  EXPECT_TRUE(killed_in_activation.run({}).success());
}

TEST_F(NodeActionTest, passes_a_megabyte_in_both_directions) {
  auto options = script(kEcho);
  options.max_result_bytes = 4U << 20U;
  const json::object big{{"big", std::string(1U << 20U, 'x')}};
  EXPECT_EQ(ActionHost(options).run(big).result, big);
}

TEST_F(NodeActionTest, records_what_it_prints) {
  const auto record = ActionHost(script("exports.main = () => { console.log('one\\ntwo'); console.error('three'); "
                                        "process.stdout.write('open'); return {} }"))
                          .run({});
  EXPECT_THAT(record.logs, testing::UnorderedElementsAre(EndsWith("stdout: one"), EndsWith("stdout: two"),
                                                         EndsWith("stderr: three"), EndsWith("stdout: open")));
}

TEST_F(NodeActionTest, does_not_pass_the_developers_environment) {
  write("act.js",
        "exports.main = () => ({ keys: Object.keys(process.env), cwd: process.cwd(), argv: process.argv.length })");
  action_.function_path = folder_ + "/act.js";
  action_.function = "act.js";
  app::Project project;
  project.root = folder_;
  auto environment = Environment::process();
  environment.set("AWS_SECRET_ACCESS_KEY", "s").set("NODE_OPTIONS", "--no-warnings");
  const auto result = ActionHost(host_options(project, action_, {}, environment)).run({}).result;
  EXPECT_THAT(to_json(result.at("keys")),
              AllOf(HasSubstr("AIO_DEV"), testing::Not(HasSubstr("AWS")), testing::Not(HasSubstr("NODE_OPTIONS"))));
  EXPECT_EQ(std::filesystem::path(std::string(result.at("cwd").as_string())), std::filesystem::canonical(folder_));
  EXPECT_EQ(result.at("argv"), 2);
}

TEST_F(NodeActionTest, reports_actions_that_cannot_run) {
  const auto code_of = [](const auto& act) -> std::string {
    try {
      act();
    } catch (const Error& error) {
      EXPECT_TRUE(error.is_configuration());
      EXPECT_FALSE(error.hint().empty());
      return error.code();
    }
    return "nothing thrown";
  };
  write("typed.ts", "");
  write("packed.zip", "");
  EXPECT_EQ(code_of([&] { (void)function("absent.js"); }), "bad_function");
  EXPECT_EQ(code_of([&] { (void)function("packed.zip"); }), "bad_function");
  EXPECT_EQ(code_of([&] { (void)function("typed.ts"); }), "unsupported_typescript");
  write("act.js", kEcho);
  action_.function = "act.js";
  action_.function_path = folder_ + "/act.js";
  HostOptions options;
  Environment nowhere;
  nowhere.set("PATH", folder_);
  EXPECT_EQ(code_of([&] { set_node_program(options, action_, nowhere); }), "node_missing");
  nowhere.set("ADIT_NODE", folder_ + "/act.js");
  EXPECT_EQ(code_of([&] { set_node_program(options, action_, nowhere); }), "node_missing");
  action_.runtime = "python:3";
  EXPECT_EQ(code_of([&] { (void)function("act.js"); }), "unsupported_runtime");
}

TEST_F(NodeActionTest, uses_the_node_that_adit_node_names) {
  write("act.js", kEcho);
  write("my-node", "#!/bin/sh\nexit 7\n");
  ::chmod((folder_ + "/my-node").c_str(), 0755);
  action_.function = "act.js";
  action_.function_path = folder_ + "/act.js";
  app::Project project;
  project.root = folder_;
  Environment environment;
  environment.set("PATH", "/usr/bin:/bin").set("ADIT_NODE", folder_ + "/my-node");
  EXPECT_THAT(ActionHost(host_options(project, action_, {}, environment)).run({}).hint, HasSubstr("exit code 7"));
}

}  // namespace
}  // namespace adit::dev
