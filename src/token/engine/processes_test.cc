// Many threads and processes share one exchange: with the IMS emulator, real stores, and processes that are killed.
#include <atomic>
#include <barrier>
#include <filesystem>
#include <future>
#include <iostream>
#include <set>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adit/emulator.h"
#include "adit/http.h"
#include "adit/token_store.h"

#include "token/engine/parts_fixture.h"
#include "token/store/file_store.h"
#include "token/store/redis_server_fixture.h"

namespace adit::token {
namespace {

using namespace testing;

emulator::Options with_client(const Clock& clock = Clock::system()) {
  emulator::Integration client;
  client.client_id = "client-1";
  client.client_secrets = {Secret("p8e-secret-1")};
  client.org_id = "ORG@AdobeOrg";
  client.scopes = {"openid", "AdobeID"};
  emulator::Options options;
  options.integrations = {client};
  options.clock = &clock;
  return options;
}

std::int64_t exchanges(const emulator::Emulator& ims) {
  return ims.stats().at("exchanges").at("client_credentials").to_number<std::int64_t>();
}

/// Counts the requests, and holds the second one until the gate opens.
class SecondRequestWaits final : public http::Transport {
 public:
  SecondRequestWaits(http::Transport& next, std::shared_future<void> gate) : next_(next), gate_(std::move(gate)) {}

  [[nodiscard]] http::Response send(const http::Request& request) override {
    if (++sent_ == 2) gate_.wait();
    return next_.send(request);
  }
  [[nodiscard]] int sent() const { return sent_; }

 private:
  http::Transport& next_;
  std::shared_future<void> gate_;
  std::atomic<int> sent_{0};
};

/// A token source with its own HTTP client and engine, as in another process.
struct Party {
  explicit Party(const std::string& ims_url, std::shared_ptr<TokenStore> store = nullptr,
                 const Clock& clock = Clock::system(), int threads = 4, const RefreshPolicy& policy = {}) {
    EngineOptions options;
    options.store = std::move(store);
    options.clock = &clock;
    options.threads = threads;
    engine = std::make_unique<TokenEngine>(std::move(options));
    source.emplace(engine->source(oauth(), ims_issuer(ims::Ims{ims_url}, http, clock), policy));
  }
  http::Client http;
  std::unique_ptr<TokenEngine> engine;
  std::optional<TokenSource> source;
};

/// `--as-helper get IMS STORE THREADS`: succeeds if all threads got the same token.
int help_get(const std::string& ims, const std::string& store, int threads) {
  Party party(ims, open_store(store));
  std::vector<std::string> got(static_cast<std::size_t>(threads));
  std::vector<std::thread> callers;
  for (auto& slot : got) {
    callers.emplace_back([&slot, &party] { slot = party.source->get().reveal(); });
  }
  for (auto& caller : callers) caller.join();
  const std::set<std::string> different(got.begin(), got.end());
  return different.size() == 1 && !got[0].empty() ? 0 : 3;
}

/// Replaces the record by one letter, repeated 4,000 times. Returns false if another process has the lock.
bool replace_record(FileStore& store, int i) {
  const auto known = store.get("a");
  const auto locked = store.get_or_lock("a", known ? known->fence : 0, 10s);
  return locked.fence != 0 && store.put("a", std::string(4000, static_cast<char>('a' + i % 26)), locked.fence, 1h);
}

/// Replaces the record again and again until the process is killed. Writes a byte before it begins.
int help_write(const std::string& folder, const Descriptor& begin) {
  FileStore store(folder);
  if (write(begin.get(), "b", 1) != 1) return 5;
  for (int i = 0; replace_record(store, i); ++i) {
  }
  return 4;
}

pid_t start_helper(const std::vector<std::string>& arguments) {
  const auto process = fork();
  if (process != 0) return process;
  std::vector<char*> words;
  std::string self = "/proc/self/exe";
  std::string flag = "--as-helper";
  words = {self.data(), flag.data()};
  auto copies = arguments;
  for (auto& copy : copies) words.push_back(copy.data());
  words.push_back(nullptr);
  execv(self.c_str(), words.data());
  _exit(127);
}

int exit_status(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(SingleFlight, ten_thousand_callers_on_64_threads_make_one_exchange) {
  emulator::Emulator ims(with_client());
  Party party(ims.origin());
  std::atomic<int> good{0};
  std::barrier start(64);
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&, calls = 156 + (i < 16 ? 1 : 0)] {
      start.arrive_and_wait();
      for (int call = 0; call < calls; ++call) good += party.source->get().empty() ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 10'000);
  EXPECT_EQ(exchanges(ims), 1);
}

TEST(SingleFlight, fifty_processes_of_20_threads_with_one_folder_make_one_exchange) {
  emulator::Emulator ims(with_client());
  const TemporaryFolder folder;
  std::vector<pid_t> processes;
  for (int i = 0; i < 50; ++i)
    processes.push_back(start_helper({"get", ims.origin(), "file:" + folder.path() + "/tokens", "20"}));
  for (const auto process : processes) EXPECT_EQ(exit_status(process), 0);
  EXPECT_EQ(exchanges(ims), 1);
}

TEST(SingleFlight, fifty_processes_of_20_threads_with_one_redis_make_one_exchange) {
  emulator::Emulator ims(with_client());
  const RedisServer redis;
  std::vector<pid_t> processes;
  for (int i = 0; i < 50; ++i) processes.push_back(start_helper({"get", ims.origin(), redis.url(), "20"}));
  for (const auto process : processes) EXPECT_EQ(exit_status(process), 0);
  EXPECT_EQ(exchanges(ims), 1);
}

TEST(SingleFlight, no_caller_waits_for_a_refresh_that_hangs) {
  emulator::Emulator ims(with_client());
  http::Client http;
  std::promise<void> gate;
  SecondRequestWaits transport(http, gate.get_future().share());
  TokenEngine engine;
  // Declared after the engine, so that it is destroyed first: the engine's destructor waits for the exchange.
  auto let_go = std::move(gate);
  RefreshPolicy policy;
  policy.refresh_share = 1.0 / 86'400;  // one second after the token was issued
  policy.refresh_jitter = 0;
  auto source = engine.source(oauth(), ims_issuer(ims::Ims{ims.origin()}, transport), policy);
  const std::string first(source.get().reveal());
  const auto get = [&] { return std::string(source.get({.timeout = 0ms}).reveal()); };  // throws if it has to wait
  for (int olds = 0; olds < 1000; olds += transport.sent() == 2 ? 1 : 0) EXPECT_EQ(get(), first);
  EXPECT_EQ(transport.sent(), 2);
  EXPECT_EQ(exchanges(ims), 1);
  let_go.set_value();
  while (get() == first) std::this_thread::yield();
  EXPECT_GE(exchanges(ims), 2);
}

TEST(SingleFlight, an_outage_of_half_a_tokens_life_affects_no_caller_and_ends_with_one_exchange) {
  ManualClock clock(Clock::system().wall_now());
  emulator::Emulator ims(with_client(clock));
  const auto store = std::make_shared<MemoryStore>(clock);
  std::vector<std::unique_ptr<Party>> fleet;
  for (int i = 0; i < 5; ++i) fleet.push_back(std::make_unique<Party>(ims.origin(), store, clock, 0));
  const std::string first(fleet[0]->source->get().reveal());
  clock.advance(12h);
  emulator::Fault down;
  down.kind = emulator::Fault::Kind::status;
  down.status = 503;
  ims.set_fault(down);
  int served = 0;
  for (int minute = 0; minute < 12 * 60 - 2; ++minute) {
    clock.advance(60s);
    for (auto& party : fleet) {
      served += party->source->get().reveal() == first ? 1 : 0;
      party->engine->run_due();
    }
  }
  EXPECT_EQ(served, 5 * (12 * 60 - 2));
  EXPECT_EQ(exchanges(ims), 1);
  ims.clear_faults();
  clock.advance(3min);
  std::set<std::string> renewed;
  std::size_t answered = 0;
  for (auto& party : fleet) {
    party->source->async_get([&](const std::optional<Error>& error, const std::optional<Token>& token) {
      ++answered;
      EXPECT_FALSE(error) << error->to_string();
      if (token) renewed.emplace(token->reveal());
    });
  }
  for (int i = 0; i < 400 && answered < fleet.size(); ++i) {
    for (auto& party : fleet) party->engine->run_due();
    clock.advance(100ms);
  }
  EXPECT_EQ(answered, fleet.size());
  EXPECT_EQ(renewed.size(), 1);
  EXPECT_EQ(exchanges(ims), 2);
}

TEST(FileStoreKills, killing_a_writer_at_any_time_leaves_a_complete_record) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "under ThreadSanitizer a forked process begins later than a write takes, so that none is hit";
#endif
  const TemporaryFolder folder;
  const auto path = folder.path() + "/tokens";
  FileStore store(path);
  // One and a half times the duration of a write on this machine: the kills hit every part of a write.
  const auto begin = MonotonicClock::now();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(replace_record(store, i));
  const auto span = static_cast<unsigned>(
      std::chrono::duration_cast<std::chrono::microseconds>(MonotonicClock::now() - begin).count() / 20 * 3 / 2 + 1);
  std::uint64_t last = store.get("a")->fence;
  const auto first = last;
  unsigned random = 1;
  for (int i = 0; i < 1000; ++i) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    const auto process = fork();
    if (process == 0) _exit(help_write(path, writing));
    writing.close();
    char byte = 0;
    ASSERT_EQ(read(reading.get(), &byte, 1), 1);
    random = random * 1103515245U + 12345U;
    std::this_thread::sleep_for(std::chrono::microseconds(random / 65536U * 7U % span));
    kill(process, SIGKILL);
    EXPECT_EQ(exit_status(process), 128 + SIGKILL);
    const auto record = store.get("a");
    ASSERT_TRUE(record) << "the record was lost";
    EXPECT_GE(record->fence, last);
    last = record->fence;
    EXPECT_EQ(record->sealed, std::string(4000, record->sealed[0]));
  }
  EXPECT_GT(last, first) << "no process wrote a record before it was killed";
  // The lock of the last killed process is free.
  EXPECT_NE(store.get_or_lock("a", last, 10s).fence, 0);
}

TEST(SingleFlight, a_wrong_secret_fails_at_once_with_the_error_of_ims) {
  emulator::Emulator ims(with_client());
  http::Client http;
  TokenEngine engine;
  auto source = engine.source(oauth("client-1", "wrong"), ims_issuer(ims::Ims{ims.origin()}, http));
  for (int i = 0; i < 100; ++i) {
    try {
      source.get();
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "invalid_client");
      EXPECT_EQ(error.http_status(), 401);
    }
  }
  EXPECT_LE(ims.stats().at("rejected").to_number<int>(), 4);
}

TEST(TokenThreads, tokens_may_be_copied_and_freed_on_other_threads) {
  FakeIssuer ims(Clock::system());
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  std::mutex mutex;
  std::vector<Token> passed;
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        auto mine = source.get();
        const std::scoped_lock lock(mutex);
        EXPECT_TRUE(mine.reveal().starts_with("token-"));
        if (passed.size() > 50) passed.erase(passed.begin(), passed.begin() + 25);
        passed.push_back(mine);
        if (passed.size() > 1) passed.front() = passed.back();
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    source.get({.fresh = true});
    std::thread([&] { static_cast<void>(source.get()); }).join();
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  for (const auto& token : passed) EXPECT_TRUE(token.reveal().starts_with("token-"));
}

/// Runs `work` in a forked child, and returns the exit status that `work` returns; 9 after an exception.
template <typename Work>
int in_a_child(Work&& work) {
  const auto process = fork();
  if (process == 0) {
    try {
      _exit(work());
    } catch (...) {
      _exit(9);
    }
  }
  return exit_status(process);
}

TEST(ForkedChild, inherits_the_token_of_the_forking_thread) {
  emulator::Emulator ims(with_client());
  Party party(ims.origin());
  const std::string token(party.source->get().reveal());
  EXPECT_EQ(in_a_child([&] { return party.source->get().reveal() == token ? 0 : 1; }), 0);
  EXPECT_EQ(exchanges(ims), 1);
}

TEST(ForkedChild, does_not_inherit_a_rejected_token) {
  emulator::Emulator ims(with_client());
  Party party(ims.origin());
  const auto rejected = party.source->get();
  party.source->report_rejected(rejected);
  EXPECT_EQ(in_a_child([&] { return party.source->status().token ? 1 : 0; }), 0);
}

TEST(ForkedChild, sources_made_before_and_after_the_fork_share_one_exchange) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer allows no new threads after a fork with threads";
#endif
  emulator::Emulator ims(with_client());
  Party party(ims.origin());
  const auto issuer = ims_issuer(ims::Ims{ims.origin()}, party.http);
  auto early = party.engine->source(oauth(), issuer);
  EXPECT_EQ(in_a_child([&] {
              auto late = party.engine->source(oauth(), issuer);
              return early.get().reveal() == late.get().reveal() ? 0 : 1;
            }),
            0);
  EXPECT_EQ(exchanges(ims), 1);
}

TEST(ForkedChild, gets_a_token_even_if_other_threads_of_the_parent_held_locks) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer allows no new threads after a fork with threads";
#endif
  FakeIssuer ims(Clock::system());
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  source.get();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!stop) static_cast<void>(source.status());  // takes and releases the credential's lock
    });
  }
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(in_a_child([&] { return source.status().token || !source.get().empty() ? 0 : 1; }), 0);
  }
  stop = true;
  for (auto& thread : threads) thread.join();
}

TEST(ForkedChild, makes_its_own_exchange) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer allows no new threads after a fork with threads";
#endif
  emulator::Emulator ims(with_client());
  Party party(ims.origin());
  party.source->get();
  const auto process = fork();
  if (process == 0) {
    try {
      _exit(party.source->get({.fresh = true, .timeout = 2min}).empty() ? 1 : 0);
    } catch (...) {
      _exit(2);
    }
  }
  EXPECT_EQ(exit_status(process), 0);
  EXPECT_EQ(exchanges(ims), 2);
}

}  // namespace
}  // namespace adit::token

int main(int argc, char** argv) {
  if (argc > 3 && std::string_view(argv[1]) == "--as-helper") {
    try {
      if (argc == 6) return adit::token::help_get(argv[3], argv[4], std::stoi(argv[5]));
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
      return 5;
    }
    return 6;
  }
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
