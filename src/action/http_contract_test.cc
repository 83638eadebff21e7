#include "action/http_contract.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/action.h"

#include "action/action_process_fixture.h"
#include "base/text/text.h"
#include "system/files/temporary_folder.h"

// Each server runs in a child process, as on a platform, with its own signals, streams and environment.

namespace adit {
namespace {

using json::object;
using testing::HasSubstr;

/// Overflows the stack.
// NOLINTNEXTLINE(misc-no-recursion)
int overflow(volatile const char* above) {
  volatile char room[4096];  // NOLINT: fills the stack
  room[0] = *above;
  if (room[0] == 'x') return 0;
  return overflow(room) + room[0];
}

std::ptrdiff_t count_of(const std::string& folder) {
  std::ptrdiff_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

/// Creates the file `path.here`, and waits until `path` exists.
void wait_for(const std::string& path) {
  std::ofstream(path + ".here").close();
  while (!std::filesystem::exists(path)) ::poll(nullptr, 0, 1);
}

Response test_action(const Params& params, const Activation& activation) {
  const auto mode = params.get_or("mode", "echo");
  if (mode == "throw") throw std::runtime_error("went wrong");
  if (mode == "other") throw 7;
  if (mode == "misconfigured") (void)params.require("a");
  if (mode == "refused") throw Error::failure("invalid_client", "IMS refused.").hint("Check it.").http_status(401);
  if (mode == "unavailable") {
    const auto after = params.get<int>("after");
    throw Error::failure("request_failed", "IMS does not answer.")
        .retryable(after ? std::optional(std::chrono::milliseconds(*after)) : std::nullopt);
  }
  if (mode == "number") return Response(json::value(42));
  if (mode == "array") return json::array{1, 2};
  if (mode == "hang" && activation.deadline != WallTime::max()) ::pause();
  if (mode == "wait") wait_for(params.require("file"));
  if (mode == "abort") std::abort();
  if (mode == "segv") std::raise(SIGSEGV);
  if (mode == "exit") std::exit(params.get_or("code", 0));
  if (mode == "overflow") return object{{"depth", overflow("")}};
  if (mode == "thread") std::thread([] { throw std::runtime_error("nobody catches \"this\""); }).join();
  if (mode == "threads") return object{{"threads", count_of("/proc/self/task")}};
  if (mode == "fork" || mode == "_Fork") {
    const pid_t child = mode == "fork" ? ::fork() : ::_Fork();
    if (child == 0 && mode == "fork") std::exit(3);
    if (child == 0) std::abort();  // after _Fork(), exit() is not allowed
    ::waitpid(child, nullptr, 0);
    return object{{"forked", true}};
  }
  if (mode == "env") {
    const char* value = std::getenv(params.require("name").c_str());
    return object{{"value", value == nullptr ? json::value() : json::value(value)}};
  }
  if (mode == "context") {
    // Waits until all activations have reached this line, so that they really overlap.
    static std::atomic<int> here{0};
    const int all = params.get_or("overlap", 1);
    ++here;
    while (here < all) std::this_thread::yield();
    return object{{"id", activation.id},
                  {"action", activation.action_name},
                  {"transaction", activation.transaction_id},
                  {"namespace", activation.name_space},
                  {"left", activation.time_left().count()},
                  {"mine", params.require("mine")}};
  }
  return Response(params.json());
}

/// A server on a Unix socket or a port.
class TestServer {
 public:
  explicit TestServer(HttpContract contract = {.concurrency = 8}, bool on_port = false)
      : process_(test_action, {.program = [&](const std::string& folder) {
                   contract.host = "127.0.0.1";
                   contract.port = 0;
                   if (!on_port) contract.socket = folder + "/socket";
                   return serve_http(test_action, contract);
                 }}) {
    if (on_port) {
      port_ = process_.port();
      return;
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (std::chrono::steady_clock::now() < until) {
      if (const int probe = connect(); probe >= 0) {
        ::close(probe);
        return;
      }
      ::poll(nullptr, 0, 2);
    }
    ADD_FAILURE() << "the server did not start";
  }

  [[nodiscard]] std::string text(const std::string& name) const { return process_.text(name); }
  [[nodiscard]] pid_t pid() const { return process_.pid(); }
  [[nodiscard]] int connect() const { return port_ != 0 ? connect_to(port_) : connect_to(process_.path("socket")); }
  [[nodiscard]] Answer run(const object& message) const { return post("/run", to_json(message)); }
  [[nodiscard]] Answer post(const std::string& path, const std::string& body) const {
    return post_over(connect(), path, body);
  }
  int end(int signal = SIGTERM) { return process_.end(signal); }

 private:
  ActionProcess process_;
  int port_ = 0;
};

object echo(object value) { return object{{"value", std::move(value)}}; }
std::int64_t in_ms(int ms) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
             .count() +
         ms;
}

/// Calls `run` with a deadline, a later one each time, until the activation began before it. The test action hangs only
/// then; otherwise it returns its parameters. Returns the last result.
template <typename Run>
std::string at_its_deadline(Run run) {
  std::string result;
  for (int ms = 150; ms <= 150'000; ms *= 10) {
    result = run(std::to_string(in_ms(ms)));
    if (result.find("hang") == std::string::npos) break;
  }
  return result;
}

TEST(HttpContract, accepts_an_init_without_code_because_the_action_is_built_in) {
  const TestServer server;
  EXPECT_EQ(server.post("/init", R"({"value":{"name":"a","main":"niam","binary":false,"code":""}})").status, 200);
}

TEST(HttpContract, refuses_a_second_init) {
  const TestServer server;
  EXPECT_EQ(server.post("/init", R"({"value":{}})").status, 200);
  const auto second = server.post("/init", R"({"value":{}})");
  EXPECT_EQ(second.status, 403);
  EXPECT_EQ(second.body, R"({"error":"Cannot initialize the action more than once."})");
}

TEST(HttpContract, refuses_an_invalid_init_and_accepts_a_valid_one_afterwards) {
  const TestServer server;
  for (const auto* body : {"", "{}", "not json", "[1]", R"({"value":5})"}) {
    const auto answer = server.post("/init", body);
    EXPECT_EQ(answer.status, 502) << body;
    EXPECT_THAT(answer.body, HasSubstr("{\"error\":"));
  }
  EXPECT_EQ(server.post("/init", R"({"value":{}})").status, 200);
}

TEST(HttpContract, sets_the_environment_of_init_before_the_first_run) {
  const TestServer server;
  EXPECT_EQ(server.post("/init", R"({"value":{"env":{"SOME_VAR":"xyz","COUNT":3}}})").status, 200);
  EXPECT_EQ(server.run(echo({{"mode", "env"}, {"name", "SOME_VAR"}})).body, R"({"value":"xyz"})");
  EXPECT_EQ(server.run(echo({{"mode", "env"}, {"name", "COUNT"}})).body, R"({"value":"3"})");
}

TEST(HttpContract, accepts_at_most_a_thousand_variables) {
  const TestServer server;
  const auto init = [](int count) {
    json::object variables;
    for (int number = 0; number < count; ++number) variables[cat("ADIT_TEST_", number)] = "x";
    return to_json(json::object{{"value", {{"env", std::move(variables)}}}});
  };
  const auto answer = server.post("/init", init(1001));
  EXPECT_EQ(answer.status, 502);
  EXPECT_THAT(answer.body, HasSubstr("more than 1000 variables"));
  EXPECT_EQ(server.post("/init", init(1000)).status, 200);
}

TEST(HttpContract, echoes_arguments_unicode_arrays_and_a_megabyte) {
  const TestServer server;
  EXPECT_EQ(server.run(echo({{"a", 1}})).body, R"({"a":1})");
  EXPECT_EQ(server.run(echo({{"t", "☃ Zażółć 😀"}})).body, R"({"t":"☃ Zażółć 😀"})");
  EXPECT_EQ(server.run(echo({{"mode", "array"}})).body, "[1,2]");
  const std::string big(1U << 20U, 'x');
  EXPECT_EQ(server.run(echo({{"b", big}})).body, cat(R"({"b":")", big, "\"}"));
  EXPECT_EQ(server.run({}).body, "{}");
}

TEST(HttpContract, listens_only_for_this_machine_if_started_by_hand_and_logs_it) {
  const ActionProcess process(test_action, {.arguments = {"--port", "0"}});
  EXPECT_GT(process.port(), 0);
  EXPECT_THAT(process.text("err"), HasSubstr("listening on http://127.0.0.1:"));
  EXPECT_THAT(process.text("err"), HasSubstr("--host 0.0.0.0 allows others"));
}

TEST(HttpContract, listens_at_every_address_on_a_platform_and_if_an_option_says_so) {
  const std::vector<ActionProcess::Options> cases{
      {.arguments = {"--port", "0"}, .environment = {{"__OW_API_HOST", "https://openwhisk.example"}}},
      {.arguments = {"--port", "0", "--host", "0.0.0.0"}}};
  for (const auto& options : cases) {
    const ActionProcess process(test_action, options);
    EXPECT_EQ(post_over(connect_to(process.port()), "/init", R"({"value":{}})").status, 200);
    EXPECT_THAT(process.text("err"), HasSubstr("listening on http://0.0.0.0:"));
  }
  ActionProcess process(test_action, {.arguments = {"--port", "0", "--host", "127.0.0.1"},
                                      .environment = {{"__OW_API_HOST", "https://openwhisk.example"}}});
  EXPECT_GT(process.port(), 0);
  EXPECT_THAT(process.text("err"), HasSubstr("listening on http://127.0.0.1:"));
}

TEST(HttpContract, refuses_pages_of_other_sites_if_it_serves_only_this_machine) {
  const ActionProcess process(test_action, {.arguments = {"--port", "0"}});
  const auto run = [port = process.port()](std::string_view more) {
    return post_over(connect_to(port), "/run", R"({"value":{"a":1}})", more).status;
  };
  EXPECT_EQ(run("Origin: https://evil.example\r\n"), 403);
  EXPECT_EQ(run("Origin: null\r\n"), 403);
  EXPECT_EQ(run("Sec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(run("Origin: http://localhost:3000\r\n"), 200);
  EXPECT_EQ(run(""), 200);
}

TEST(HttpContract, answers_502_if_the_action_returns_no_result) {
  const TestServer server;
  const auto answer = server.run(echo({{"mode", "number"}}));
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.body, R"({"error":"The action did not return a dictionary or array."})");
  EXPECT_EQ(server.post("/run", "not json").status, 502);
}

TEST(HttpContract, turns_every_exception_into_an_error_result) {
  const TestServer server;
  EXPECT_EQ(server.run(echo({{"mode", "throw"}})).body, R"({"error":"went wrong"})");
  EXPECT_EQ(server.run(echo({{"mode", "other"}})).body, R"({"error":"An error has occurred."})");
  EXPECT_EQ(server.run(echo({{"a", 1}})).status, 200);
}

TEST(HttpContract, turns_an_exception_of_a_web_activation_into_an_answer) {
  const TestServer server;
  const auto thrown_by = [&](object params) {
    params["__ow_method"] = "get";
    const auto answer = server.run(echo(std::move(params)));
    EXPECT_EQ(answer.status, 200);
    return parse_json(answer.body, "answer");
  };
  const auto answer = [](int status, std::string_view message, std::string_view code) {
    return json::value(
        object{{"error", object{{"statusCode", status}, {"body", object{{"error", message}, {"code", code}}}}}});
  };
  EXPECT_EQ(thrown_by({{"mode", "throw"}}), answer(500, "went wrong", "action_failed"));
  EXPECT_EQ(thrown_by({{"mode", "other"}}), answer(500, "An error has occurred.", "action_failed"));
  EXPECT_EQ(thrown_by({{"mode", "misconfigured"}}), answer(500, "missing parameter(s) 'a'", "missing_params"));
  EXPECT_EQ(thrown_by({{"mode", "refused"}}), answer(502, "IMS refused.", "invalid_client"));
  auto unavailable = answer(503, "IMS does not answer.", "request_failed");
  EXPECT_EQ(thrown_by({{"mode", "unavailable"}}), unavailable);
  unavailable.at("error").as_object()["headers"] = object{{"retry-after", "2"}};
  EXPECT_EQ(thrown_by({{"mode", "unavailable"}, {"after", 1500}}), unavailable);
}

TEST(HttpContract, answers_an_activation_at_its_deadline_and_runs_the_next) {
  const TestServer server({.concurrency = 1});
  const auto answer = at_its_deadline([&](const std::string& deadline) {
    auto message = echo({{"mode", "hang"}});
    message["deadline"] = deadline;
    const auto late = server.run(message);
    return cat(late.status, ' ', late.body);
  });
  EXPECT_THAT(answer, AllOf(testing::StartsWith("502 "), HasSubstr("time limit")));
  EXPECT_EQ(server.run(echo({{"a", 1}})).body, R"({"a":1})");
}

TEST(HttpContract, sets_the_activations_environment_only_if_one_runs_at_a_time) {
  auto message = echo({{"mode", "env"}, {"name", "__OW_ACTIVATION_ID"}});
  message["activation_id"] = "abc";
  ::unsetenv("__OW_ACTIVATION_ID");  // tests of other contracts set it in this process
  EXPECT_EQ(TestServer({.concurrency = 1}).run(message).body, R"({"value":"abc"})");
  EXPECT_EQ(TestServer({.concurrency = 2}).run(message).body, R"({"value":null})");
}

TEST(HttpContract, keeps_200_overlapping_activations_apart) {
  constexpr int kCount = 200;
  const TestServer server({.concurrency = kCount});
  std::vector<Answer> answers(kCount);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCount; ++i) {
    callers.emplace_back([&, i] {
      auto message = echo({{"mode", "context"}, {"overlap", kCount}, {"mine", std::to_string(i)}});
      for (const auto* name : {"activation_id", "action_name", "transaction_id", "namespace"})
        message[name] = cat(name, '-', i);
      message["deadline"] = std::to_string(in_ms(60'000));
      answers[static_cast<std::size_t>(i)] = server.run(message);
    });
  }
  for (auto& caller : callers) caller.join();
  for (int i = 0; i < kCount; ++i) {
    const auto& answer = answers[static_cast<std::size_t>(i)];
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto result = parse_json(answer.body, "answer").get_object();
    EXPECT_EQ(result.at("mine"), json::value(std::to_string(i)));
    EXPECT_EQ(result.at("id"), json::value(cat("activation_id-", i)));
    EXPECT_EQ(result.at("action"), json::value(cat("action_name-", i)));
    EXPECT_EQ(result.at("transaction"), json::value(cat("transaction_id-", i)));
    EXPECT_EQ(result.at("namespace"), json::value(cat("namespace-", i)));
  }
}

TEST(HttpContract, writes_a_sentinel_to_both_streams_after_each_activation) {
  TestServer server({.concurrency = 2}, true);
  EXPECT_EQ(server.run(echo({})).status, 200);
  EXPECT_EQ(server.run(echo({{"mode", "number"}})).status, 502);
  EXPECT_EQ(server.end(), 0);
  const std::string line = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
  EXPECT_EQ(server.text("out"), line + line);
  EXPECT_THAT(server.text("err"), HasSubstr(line));
}

/// Activations that wait until release() creates their files.
class Waiting {
 public:
  Waiting(const TestServer& server, int count) : count_(count), answers_(static_cast<std::size_t>(count)) {
    for (int i = 0; i < count; ++i) {
      callers_.emplace_back([this, i, &server] {
        answers_[static_cast<std::size_t>(i)] = server.run(echo({{"mode", "wait"}, {"file", file(i)}}));
        ++answered_;
      });
    }
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    release();
    join();
  }
  /// Waits until at least this many have begun. Returns how many have begun.
  int await(int least) const {
    while (begun() < least) ::poll(nullptr, 0, 1);
    return begun();
  }
  [[nodiscard]] int begun() const {
    int count = 0;
    for (int i = 0; i < count_; ++i) count += std::filesystem::exists(file(i) + ".here") ? 1 : 0;
    return count;
  }
  [[nodiscard]] int answered() const { return answered_; }
  void release() const {
    for (int i = 0; i < count_; ++i) std::ofstream(file(i)).close();
  }
  const std::vector<Answer>& join() {
    for (auto& caller : callers_) {
      if (caller.joinable()) caller.join();
    }
    return answers_;
  }

 private:
  [[nodiscard]] std::string file(int i) const { return cat(folder_.path().string(), '/', i); }
  int count_;
  const TemporaryFolder folder_{::testing::TempDir() + "adit-wait"};
  std::vector<Answer> answers_;
  std::atomic<int> answered_{0};
  std::vector<std::thread> callers_;
};

TEST(HttpContract, on_sigterm_finishes_running_activations_refuses_new_ones_and_exits_with_0) {
  TestServer server({.concurrency = 4}, true);
  Waiting waiting(server, 2);
  waiting.await(2);
  ::kill(server.pid(), SIGTERM);
  while (true) {  // until the server has stopped listening
    const int fd = server.connect();
    if (fd < 0) break;
    ::close(fd);
  }
  waiting.release();
  for (const auto& answer : waiting.join()) EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(server.end(0), 0);
}

TEST(HttpContract, queues_as_many_as_may_run_and_refuses_more) {
  const TestServer server({.concurrency = 2});
  Waiting waiting(server, 8);
  waiting.await(2);
  while (waiting.answered() < 4) ::poll(nullptr, 0, 1);
  EXPECT_EQ(waiting.begun(), 2);
  waiting.release();
  int refused = 0;
  for (const auto& answer : waiting.join()) {
    if (answer.status == 200) continue;
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, HasSubstr("Too many activations are running and waiting."));
    ++refused;
  }
  EXPECT_EQ(refused, 4);
}

TEST(HttpContract, starts_threads_only_for_overlapping_activations) {
  const TestServer server({.concurrency = 50});
  const auto threads = [&] {
    return parse_json(server.run(echo({{"mode", "threads"}})).body, "answer").at("threads").as_int64();
  };
  for (int i = 0; i < 100; ++i) EXPECT_EQ(server.run(echo({})).status, 200);
  EXPECT_LE(threads(), 5);  // main, the server's I/O, the one that watches deadlines, and one or two that run jobs
  Waiting waiting(server, 30);
  waiting.await(30);
  EXPECT_GE(threads(), 30);
  waiting.release();
}

/// A way in which a program may end during activations, and the error that waiting callers get.
struct Ending {
  std::string mode;
  std::string error;
  int status;
};
const std::vector<Ending>& endings() {
  static const std::vector<Ending> all = {
      {"abort", "The action's program ended with signal SIGABRT.", -SIGABRT},
      {"segv", "The action's program ended with signal SIGSEGV.", -SIGSEGV},
      {"overflow", "The action's program ended with signal SIGSEGV.", -SIGSEGV},
      {"exit", "The action's program ended with exit code 7.", 7},
      {"thread", "The action's program ended: nothing caught an exception: nobody catches \"this\"", -SIGABRT}};
  return all;
}

TEST(HttpContract, answers_all_waiting_callers_before_an_activation_ends_the_process) {
  for (const auto& [mode, error, status] : endings()) {
    SCOPED_TRACE(mode);
    TestServer server({.concurrency = 2}, true);
    Waiting waiting(server, 1);
    waiting.await(1);
    const auto answer = server.run(echo({{"mode", mode}, {"code", 7}}));
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(parse_json(answer.body, "answer"), json::value(object{{"error", error}}));
    const auto& other = waiting.join()[0];
    EXPECT_EQ(other.status, 502);
    EXPECT_EQ(other.body, answer.body);
    EXPECT_EQ(server.end(0), status);
    const std::string line = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
    EXPECT_EQ(server.text("out"), line + line);
    EXPECT_THAT(server.text("err"), ::testing::EndsWith(cat(error, "\n", line, line)));
  }
}

TEST(HttpContract, a_process_that_an_action_forks_may_end) {
  const TestServer server({.concurrency = 2});
  EXPECT_EQ(server.run(echo({{"mode", "fork"}})).body, R"({"forked":true})");
  EXPECT_EQ(server.run(echo({{"mode", "_Fork"}})).body, R"({"forked":true})");
}

TEST(ActionLoop, does_not_answer_if_an_activation_ends_the_process) {
  for (const auto& [mode, error, status] : endings()) {
    SCOPED_TRACE(mode);
    ActionProcess process(test_action, {.pipes_stdin = true, .pipes_3 = true});
    process.write_stdin(to_json(echo({{"mode", mode}, {"code", 7}})) + "\n");
    EXPECT_EQ(process.read_line_3(), "");
    EXPECT_EQ(process.end(), status);
    EXPECT_THAT(process.text("err"), HasSubstr(error + "\n"));
  }
}

TEST(OneShot, does_not_answer_if_an_activation_ends_the_process) {
  for (const auto& [mode, error, status] : endings()) {
    SCOPED_TRACE(mode);
    ActionProcess process(test_action, {.arguments = {to_json(object{{"mode", mode}, {"code", 7}})}});
    EXPECT_EQ(process.end(), status);
    EXPECT_EQ(process.text("out"), "");
    EXPECT_THAT(process.text("err"), HasSubstr(error + "\n"));
  }
}

TEST(ActionLoop, answers_an_activation_at_its_deadline_and_runs_the_next) {
  ActionProcess process(test_action, {.pipes_stdin = true, .pipes_3 = true});
  const auto result = at_its_deadline([&](const std::string& deadline) {
    auto message = echo({{"mode", "hang"}});
    message["deadline"] = deadline;
    process.write_stdin(to_json(message) + "\n");
    return process.read_line_3();
  });
  EXPECT_EQ(result, R"({"error":"The action exceeded its time limit."})");
  process.write_stdin(to_json(echo({{"a", 1}})) + "\n");
  EXPECT_EQ(process.read_line_3(), R"({"a":1})");
  process.close_stdin();
  EXPECT_EQ(process.end(), 0);  // although one activation still hangs
}

TEST(OneShot, answers_an_activation_at_its_deadline) {
  const auto result = at_its_deadline([&](const std::string& deadline) {
    ActionProcess process(test_action,
                          {.arguments = {R"({"mode":"hang"})"}, .environment = {{"__OW_DEADLINE", deadline}}});
    EXPECT_EQ(process.end(), 0);
    return process.text("out");
  });
  EXPECT_EQ(result, "{\"error\":\"The action exceeded its time limit.\"}\n");
}

TEST(OneShot, reads_the_longest_possible_argument) {
  // The kernel's limit for one argument, with its terminating NUL. Longer parameters are passed by stdin.
  constexpr std::size_t kMaxArgument = 131'071;
  const std::string frame = R"({"a":""})";
  const std::string text(kMaxArgument - frame.size(), 'x');
  ActionProcess argument(test_action, {.arguments = {cat(R"({"a":")", text, "\"}")}});
  EXPECT_EQ(argument.end(), 0);
  EXPECT_EQ(argument.text("out").size(), kMaxArgument + 1);
}

TEST(OneShot, refuses_parameters_that_are_neither_object_nor_array) {
  ActionProcess process(test_action, {.pipes_stdin = true});
  process.write_stdin("5");
  process.close_stdin();
  EXPECT_EQ(process.end(), 0);
  EXPECT_EQ(process.text("out"), "{\"error\":\"The parameters of an activation must be a JSON object or array.\"}\n");
}

TEST(HttpContract, memory_and_descriptors_do_not_grow_over_10000_activations) {
  const TestServer server({.concurrency = 4});
  const auto pages = [&] {
    const auto text = read_file(cat("/proc/", server.pid(), "/statm"));
    return std::atol(text.c_str() + text.find(' '));
  };
  const auto descriptors = [&] { return count_of(cat("/proc/", server.pid(), "/fd")); };
  const auto some = [&](int count) {
    for (int i = 0; i < count; ++i) ASSERT_EQ(server.run(echo({{"i", i}})).status, 200);
  };
  some(1000);
  const auto pages_before = pages();
  const auto descriptors_before = descriptors();
  some(9000);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LE(pages(), pages_before + 512);  // 2 MB; sanitizers keep freed memory
#else
  (void)pages_before;
#endif
  EXPECT_LE(descriptors(), descriptors_before + 2);
}

}  // namespace
}  // namespace adit
