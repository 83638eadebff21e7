// The main() of this test program: it runs Google Test, or, if its first argument says so, an action that a test has
// started as a separate process. The file is named _test.cc so that it is not compiled into the library.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "adit/action.h"
#include "adit/http_server.h"

#include "dev/host/hosted_action_fixture.h"

namespace adit::dev {
namespace {

/// Starts a child that outlives its parent unless the whole process group is killed.
void start_sleeping_child() {
  if (::fork() != 0) return;
  ::close(STDOUT_FILENO);
  ::close(STDERR_FILENO);
  ::pause();
  ::_exit(0);
}

[[noreturn]] void fill_memory() {
  static std::mutex mutex;
  static std::vector<std::string> all;
  while (true) {
    const std::lock_guard lock(mutex);
    all.emplace_back(4U << 20U, 'x');  // written, hence resident
  }
}

Response act(const Params& params, const Activation& activation) {
  const auto what = params.get_or("do", "echo");
  if (what == "echo") return params.json();
  if (what == "pid") return json::object{{"pid", ::getpid()}};
  if (what == "sleep") {
    // Shows the test that this activation is running.
    std::fputs("begun\n", stderr);
    std::this_thread::sleep_for(std::chrono::milliseconds(params.require<int>("ms")));
  }
  if (what == "count") {
    static std::atomic<int> running{0};
    const int with_this_one = ++running;
    std::this_thread::sleep_for(std::chrono::milliseconds(params.require<int>("ms")));
    --running;
    return json::object{{"running", with_this_one}};
  }
  if (what == "overlap") {
    // Waits until this many activations are running.
    static std::mutex mutex;
    static std::condition_variable changed;
    static int running = 0;
    std::unique_lock lock(mutex);
    ++running;
    changed.notify_all();
    changed.wait(lock, [count = params.require<int>("count")] { return running >= count; });
  }
  if (what == "wait") {
    std::fputs("begun\n", stderr);
    while (!std::filesystem::exists(params.require("file"))) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (what == "throw") throw std::runtime_error("told to throw");
  if (what == "fail") return Response::error(500, "told to fail");
  if (what == "signal") ::raise(params.require<int>("number"));
  if (what == "exit") ::_exit(params.require<int>("code"));
  if (what == "fill memory") fill_memory();
  if (what == "return a number") return Response(json::value(42));
  if (what == "return text") return json::object{{"text", std::string(params.require<std::size_t>("size"), 'x')}};
  if (what == "have a child") start_sleeping_child();
  if (what == "print") {
    for (int i = 0; i < params.get_or("times", 1); ++i) std::printf("%s", params.require("text").c_str());
    std::fputs("to stderr\n", stderr);
  }
  // Returns what the action knows about its activation.
  return json::object{{"id", activation.id},
                      {"name", activation.action_name},
                      {"namespace", activation.name_space},
                      {"left", activation.time_left().count()},
                      {"mine", params.get_or("mine", "")}};
}

/// Speaks HTTP, but violates the contract after `/init`.
int serve_raw_answers(const std::string& socket) {
  http::ServerOptions options;
  options.unix_path = socket;
  const http::Server server(std::move(options), [](const http::ServerRequest& request) {
    if (request.path == "/init") return http::ServerResponse::json(200, json::object{});
    const auto message = parse_json(request.body, "the activation");
    const auto& value = message.at("value").as_object();
    const auto* status = value.if_contains("status");
    return http::ServerResponse::text(status != nullptr ? status->to_number<int>() : 200,
                                      std::string(string_member(value, "body")));
  });
  ::pause();
  return 0;
}

/// Answers `/init`, and ends at the next message without reading it.
int end_unread(const std::string& path) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(std::begin(address.sun_path), sizeof address.sun_path - 1);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(listener, 16) != 0)
    return 1;
  while (true) {
    const int peer = ::accept(listener, nullptr, nullptr);
    std::array<char, 65'536> message{};
    // The host probes the socket with an empty connection before it sends a message.
    if (::read(peer, message.data(), message.size()) > 0) {
      constexpr std::string_view kReady = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      if (::write(peer, kReady.data(), kReady.size()) < 0) return 1;
      ::close(peer);
      break;
    }
    ::close(peer);
  }
  return ::accept(listener, nullptr, nullptr) >= 0 ? 0 : 1;
}

/// Speaks ActionLoop without the SDK, as programs for openwhisk/actionloop do.
int loop(bool acknowledges) {
  auto* const out = ::fdopen(3, "w");
  const auto answer = [out](const std::string& line) {
    std::fprintf(out, "%s\n", line.c_str());
    std::fflush(out);
  };
  if (acknowledges && std::getenv("__OW_WAIT_FOR_ACK") != nullptr) answer(R"({"ok":true})");
  for (std::string line; std::getline(std::cin, line);) {
    const auto message = parse_json(line, "the activation");
    const auto& value = message.at("value").as_object();
    const auto what = string_member(value, "do");
    if (what == "hang") ::pause();
    if (what == "exit") return 3;
    if (what == "half") {
      std::fputs("{\"half\":true}", out);
      std::fflush(out);
      return 3;
    }
    if (what == "garbage") {
      answer("this is not JSON");
      continue;
    }
    std::puts("looped");
    std::fflush(stdout);
    answer(to_json(json::object{{"pid", ::getpid()}, {"id", message.at("activation_id")}, {"value", value}}));
  }
  return 0;
}

int be_an_action(std::string_view mode, int argc, char** argv) {
  if (mode == "--action") return serve_action(make_handler(act), argc, argv);
  if (mode == "--raw") return serve_raw_answers(argv[argc - 1]);
  if (mode == "--loop") return loop(true);
  if (mode == "--silent-loop") return loop(false);
  if (mode == "--ends-unread") {
    const std::string mark = std::getenv("MARK");
    if (std::filesystem::exists(mark)) return serve_action(make_handler(act), argc, argv);
    std::ofstream(mark).close();
    return end_unread(argv[argc - 1]);
  }
  if (mode == "--exits") return 3;
  ::pause();  // --stalls
  return 0;
}

}  // namespace

HostOptions hosted_action(std::string_view mode) {
  HostOptions options;
  options.program = std::filesystem::read_symlink("/proc/self/exe").string();
  options.arguments = {std::string(mode)};
  options.package = "pkg";
  options.action = "act";
  options.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
  // From the environment, only what a sanitizer needs for its report.
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) options.environment.push_back(std::string(name) + '=' + value);
  }
  options.limits.timeout = std::chrono::seconds(60);
  options.limits.memory_mb = 4096;
  options.limits.concurrency = 4;
  return options;
}

std::string error_of(const ActivationRecord& record) {
  return record.result.is_object() ? std::string(string_member(record.result.get_object(), "error")) : std::string();
}

int overlapping_activations(int wanted) {
  constexpr rlim_t kEach = 4;  // a socket, and those of a curl handle
  constexpr rlim_t kOthers = 56;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kOthers + kEach * static_cast<rlim_t>(wanted)));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const auto possible = static_cast<int>(std::min<rlim_t>((limit.rlim_cur - kOthers) / kEach, 1'000'000));
  if (possible >= wanted) return wanted;
  std::cerr << "The limit of descriptors (ulimit -n) allows only " << possible << " activations at the same time.\n";
  return possible;
}

std::size_t descriptors_of(int pid) {
  std::error_code error;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/" + std::to_string(pid) + "/fd", error), end; !error && at != end;
       at.increment(error))
    ++count;
  return count;
}

}  // namespace adit::dev

int main(int argc, char** argv) {
  constexpr std::array<std::string_view, 7> kModes = {"--action",      "--raw",   "--loop",  "--silent-loop",
                                                      "--ends-unread", "--exits", "--stalls"};
  if (argc > 1) {
    for (const auto mode : kModes) {
      // The action must see only its own arguments.
      if (argv[1] == mode) return adit::dev::be_an_action(mode, argc - 1, argv + 1);
    }
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
