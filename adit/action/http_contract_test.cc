#include "adit/action/http_contract.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/action/action.h"
#include "adit/base/text.h"

// Each server is a process of its own, as on a platform: it takes signals, owns its streams and its environment.

namespace adit {
namespace {

using json::object;
using testing::HasSubstr;

Response test_action(const Params& params, const Activation& activation) {
  const auto mode = params.get_or("mode", "echo");
  if (mode == "throw") throw std::runtime_error("went wrong");
  if (mode == "other") throw 7;
  if (mode == "number") return Response(json::value(42));
  if (mode == "array") return json::array{1, 2};
  if (mode == "hang") ::pause();
  if (mode == "env") {
    const char* value = std::getenv(params.require("name").c_str());
    return object{{"value", value == nullptr ? json::value() : json::value(value)}};
  }
  if (mode == "context") {
    // All that overlap are here before any goes on, so that the activations really are mixed.
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

struct Answer {
  int status = 0;
  std::string body;
};

/// A server process on a Unix socket or a port, its output in files.
class Served {
 public:
  explicit Served(HttpContract contract = {.concurrency = 8}, bool on_port = false) {
    std::string pattern = ::testing::TempDir() + "adit-http-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    if (!on_port) contract.socket = folder_ + "/socket";
    contract.host = "127.0.0.1";
    if (on_port) contract.port = 0;
    socket_ = folder_ + "/socket";
    std::fflush(nullptr);  // or the child writes what is buffered once more
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(::open("/dev/null", O_RDONLY), 0);
      ::dup2(::open((folder_ + "/out").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600), 1);
      ::dup2(::open((folder_ + "/err").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600), 2);
      ::_exit(serve_http(test_action, contract));
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < until) {
      if (on_port) {
        const auto log = text("err");
        const auto at = log.find("127.0.0.1:");
        if (at != std::string::npos && log.find('\n', at) != std::string::npos) {
          port_ = std::atoi(log.c_str() + at + 10);
          return;
        }
      } else if (const int probe = connect(); probe >= 0) {
        ::close(probe);
        return;
      }
      ::poll(nullptr, 0, 2);
    }
    ADD_FAILURE() << "the server did not start";
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] std::string text(const std::string& name) const {
    return std::filesystem::exists(folder_ + "/" + name) ? read_file(folder_ + "/" + name) : "";
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

  [[nodiscard]] Answer run(object message) const { return post("/run", to_json(message)); }
  [[nodiscard]] Answer post(const std::string& path, const std::string& body) const {
    const int fd = connect();
    if (fd < 0) return {};
    const auto request = cat(
        "POST ", path, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
    for (std::string_view left = request; !left.empty();) {
      const auto count = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
      if (count <= 0) break;
      left.remove_prefix(static_cast<std::size_t>(count));
    }
    std::string answer;
    std::array<char, 65536> chunk{};
    for (ssize_t count = 0; (count = ::read(fd, chunk.data(), chunk.size())) > 0;)
      answer.append(chunk.data(), static_cast<std::size_t>(count));
    ::close(fd);
    if (answer.size() < 12) return {};
    return {.status = std::atoi(answer.c_str() + 9), .body = answer.substr(answer.find("\r\n\r\n") + 4)};
  }

  /// The exit code, after SIGTERM where `signal` says so.
  int end(int signal = SIGTERM) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  [[nodiscard]] int connect() const {
    if (port_ != 0) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<std::uint16_t>(port_));
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
      ::close(fd);
      return -1;
    }
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
  }

  std::string folder_;
  std::string socket_;
  int port_ = 0;
  pid_t pid_ = -1;
};

object echo(object value) { return object{{"value", std::move(value)}}; }
std::int64_t in_ms(int ms) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
             .count() +
         ms;
}

TEST(HttpContract, takesAnInitWithoutCodeAsTheActionIsBuiltIn) {
  const Served server;
  EXPECT_EQ(server.post("/init", R"({"value":{"name":"a","main":"niam","binary":false,"code":""}})").status, 200);
}

TEST(HttpContract, refusesASecondInit) {
  const Served server;
  EXPECT_EQ(server.post("/init", R"({"value":{}})").status, 200);
  const auto second = server.post("/init", R"({"value":{}})");
  EXPECT_EQ(second.status, 403);
  EXPECT_EQ(second.body, R"({"error":"Cannot initialize the action more than once."})");
}

TEST(HttpContract, refusesAnInitWithoutContentOrThatIsNoJsonAndTakesAGoodOneAfter) {
  const Served server;
  for (const auto* body : {"", "{}", "not json", "[1]", R"({"value":5})"}) {
    const auto answer = server.post("/init", body);
    EXPECT_EQ(answer.status, 502) << body;
    EXPECT_THAT(answer.body, HasSubstr("{\"error\":"));
  }
  EXPECT_EQ(server.post("/init", R"({"value":{}})").status, 200);
}

TEST(HttpContract, setsTheEnvironmentOfInitBeforeTheFirstRun) {
  const Served server;
  EXPECT_EQ(server.post("/init", R"({"value":{"env":{"SOME_VAR":"xyz","COUNT":3}}})").status, 200);
  EXPECT_EQ(server.run(echo({{"mode", "env"}, {"name", "SOME_VAR"}})).body, R"({"value":"xyz"})");
  EXPECT_EQ(server.run(echo({{"mode", "env"}, {"name", "COUNT"}})).body, R"({"value":"3"})");
}

TEST(HttpContract, echoesArgumentsUnicodeArraysAndAMegabyte) {
  const Served server;
  EXPECT_EQ(server.run(echo({{"a", 1}})).body, R"({"a":1})");
  EXPECT_EQ(server.run(echo({{"t", "☃ Zażółć 😀"}})).body, R"({"t":"☃ Zażółć 😀"})");
  EXPECT_EQ(server.run(echo({{"mode", "array"}})).body, "[1,2]");
  const std::string big(1U << 20U, 'x');
  EXPECT_EQ(server.run(echo({{"b", big}})).body, cat(R"({"b":")", big, "\"}"));
  EXPECT_EQ(server.run({}).body, "{}");
}

TEST(HttpContract, answers502ForWhatIsNoResult) {
  const Served server;
  const auto answer = server.run(echo({{"mode", "number"}}));
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.body, R"({"error":"The action did not return a dictionary or array."})");
  EXPECT_EQ(server.post("/run", "not json").status, 502);
}

TEST(HttpContract, makesAnErrorResultOfWhateverIsThrown) {
  const Served server;
  EXPECT_EQ(server.run(echo({{"mode", "throw"}})).body, R"({"error":"went wrong"})");
  EXPECT_EQ(server.run(echo({{"mode", "other"}})).body, R"({"error":"An error has occurred."})");
  EXPECT_EQ(server.run(echo({{"a", 1}})).status, 200);
}

TEST(HttpContract, endsAnActivationAtItsDeadlineAndRunsTheNext) {
  const Served server({.concurrency = 1});
  auto message = echo({{"mode", "hang"}});
  message["deadline"] = std::to_string(in_ms(150));
  const auto late = server.run(message);
  EXPECT_EQ(late.status, 502);
  EXPECT_THAT(late.body, HasSubstr("time limit"));
  EXPECT_EQ(server.run(echo({{"a", 1}})).body, R"({"a":1})");
  message["deadline"] = in_ms(-1);
  EXPECT_EQ(server.run(message).status, 502);
}

TEST(HttpContract, setsTheActivationsEnvironmentOnlyWhereOneRunsAtATime) {
  auto message = echo({{"mode", "env"}, {"name", "__OW_ACTIVATION_ID"}});
  message["activation_id"] = "abc";
  ::unsetenv("__OW_ACTIVATION_ID");  // Other contracts' tests set it in this process.
  EXPECT_EQ(Served({.concurrency = 1}).run(message).body, R"({"value":"abc"})");
  EXPECT_EQ(Served({.concurrency = 2}).run(message).body, R"({"value":null})");
}

TEST(HttpContract, keeps200OverlappingActivationsApart) {
  constexpr int kCount = 200;
  const Served server({.concurrency = kCount});
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

TEST(HttpContract, writesASentinelOnBothStreamsAfterEachActivation) {
  Served server({.concurrency = 2}, true);
  EXPECT_EQ(server.run(echo({})).status, 200);
  EXPECT_EQ(server.run(echo({{"mode", "number"}})).status, 502);
  EXPECT_EQ(server.end(), 0);
  const std::string line = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
  EXPECT_EQ(server.text("out"), line + line);
  EXPECT_THAT(server.text("err"), HasSubstr(line));
}

TEST(HttpContract, finishesWhatRunsOnSigterm) {
  Served server({.concurrency = 4});
  Answer answer;
  std::thread caller([&] {
    auto message = echo({{"mode", "hang"}});
    message["deadline"] = in_ms(400);
    answer = server.run(message);
  });
  ::poll(nullptr, 0, 100);
  ::kill(server.pid(), SIGTERM);
  caller.join();
  EXPECT_EQ(answer.status, 502);  // answered, at its deadline
}

TEST(HttpContract, neitherMemoryNorDescriptorsGrowOver10000Activations) {
  const Served server({.concurrency = 4});
  const auto pages = [&] {
    const auto text = read_file(cat("/proc/", server.pid(), "/statm"));
    return std::atol(text.c_str() + text.find(' '));
  };
  const auto descriptors = [&] {
    std::ptrdiff_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(cat("/proc/", server.pid(), "/fd")))
      ++count;
    return count;
  };
  const auto some = [&](int count) {
    for (int i = 0; i < count; ++i) ASSERT_EQ(server.run(echo({{"i", i}})).status, 200);
  };
  some(1000);
  const auto pages_before = pages();
  const auto descriptors_before = descriptors();
  some(9000);
  EXPECT_LE(pages(), pages_before + 512);  // 2 MB
  EXPECT_LE(descriptors(), descriptors_before + 2);
}

}  // namespace
}  // namespace adit
