// A cached get() must not allocate or lock, and must not return a token that has expired.
#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "token/engine/parts_fixture.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define ADIT_COUNTS 0  // the sanitizers replace malloc themselves
#else
#define ADIT_COUNTS 1
#endif

namespace {
thread_local int allocations = 0;
}  // namespace

#if ADIT_COUNTS
// Replaces malloc of the C library in the whole program; operator new calls it, too.
extern "C" {
void* __libc_malloc(std::size_t size);     // NOLINT(bugprone-reserved-identifier)
void* malloc(std::size_t size) noexcept {  // NOLINT(readability-inconsistent-declaration-parameter-name)
  ++allocations;
  return __libc_malloc(size);
}
}
#endif

namespace adit::token {
namespace {

using namespace testing;

constexpr std::string_view kWhyNotCounted = "Allocations are not counted, because the sanitizer replaces malloc.";

TEST(CachedPath, the_allocation_counter_counts) {
  if (!ADIT_COUNTS) GTEST_SKIP() << kWhyNotCounted;
  const auto before = allocations;
  const std::vector<int> allocating(1000);
  EXPECT_EQ(allocations, before + 1);
}

// A cached get() does not change the table of credentials; the table must still know which were used.
TEST(CachedPath, counts_as_a_use_of_the_credential) {
  FakeIssuer ims(Clock::system());
  EngineOptions options;
  options.max_credentials = 3;
  TokenEngine engine(std::move(options));
  const auto use = [&](const char* id) { engine.source(oauth(id), ims.issuer()).get(); };
  {
    auto held = engine.source(oauth("a"), ims.issuer());
    for (int i = 0; i < 3; ++i) held.get();
    use("b");
    use("c");
    held.get();
  }
  use("d");
  for (const auto* id : {"a", "c", "d"}) use(id);
  EXPECT_EQ(ims.calls, 4) << "b was the least recently used";
}

// A call that takes the credential's lock allocates a new copy for its thread. If nothing is allocated, nothing is
// locked.
TEST(CachedPath, allocates_nothing_on_any_thread) {
  if (!ADIT_COUNTS) GTEST_SKIP() << kWhyNotCounted;
  FakeIssuer ims(Clock::system());
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  source.get();
  std::atomic<int> firsts{0};
  std::atomic<int> allocated{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto begin = allocations;
      source.get();
      firsts += allocations > begin ? 1 : 0;
      const auto before = allocations;
      for (int call = 0; call < 10'000; ++call) {
        const auto token = source.get();
        const auto copy = token;
        if (copy.reveal() != "token-1") ++allocated;
      }
      allocated += allocations - before;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(firsts, 4) << "the first call of each thread allocates its copy";
  EXPECT_EQ(allocated, 0);
}

TEST(CachedPath, allocates_nothing_for_many_credentials_in_any_order) {
  FakeIssuer ims(Clock::system());
  TokenEngine engine;
  std::vector<TokenSource> sources;
  for (int i = 0; i < 16; ++i) sources.push_back(engine.source(oauth(cat("client-", i)), ims.issuer()));
  for (auto& source : sources) source.get();
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same orders each time
  std::atomic<int> allocated{0};
  for (int order = 0; order < 200; ++order) {
    std::shuffle(sources.begin(), sources.end(), random);
    std::thread([&] {
      for (int i = 0; i < 5; ++i) sources[static_cast<std::size_t>(i)].get();
      const auto before = allocations;
      for (int i = 0; i < 5; ++i) sources[static_cast<std::size_t>(i)].get();
      allocated += allocations - before;
    }).join();
  }
  EXPECT_EQ(allocated, 0);
}

TEST(CachedPath, returns_the_right_token_for_more_credentials_than_a_thread_keeps) {
  FakeIssuer ims(Clock::system());
  TokenEngine engine;
  std::vector<TokenSource> sources;
  std::vector<std::string> tokens;
  for (int i = 0; i < 200; ++i) {
    sources.push_back(engine.source(oauth(cat("client-", i)), ims.issuer()));
    tokens.emplace_back(sources.back().get().reveal());
  }
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < sources.size(); ++i) EXPECT_EQ(sources[i].get().reveal(), tokens[i]);
  }
  EXPECT_EQ(ims.calls, 200);
}

TEST(CachedPath, ends_when_the_token_expires_also_in_a_forked_child) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer allows no new threads after a fork with threads";
#endif
  FakeIssuer ims(Clock::system());
  ims.life = 500ms;
  TokenEngine engine;
  auto source = engine.source(oauth(), ims.issuer());
  static_cast<void>(source.get());
  const auto first = source.get();
  // This thread has a copy of the token. In the child, no thread of the engine ends it when the token expires.
  const auto child = fork();
  if (child == 0) {
    try {
      while (true) {
        const auto begin = MonotonicClock::now();
        if (source.get().reveal() != first.reveal()) _exit(0);
        if (begin > first.expires_at_monotonic()) _exit(1);
      }
    } catch (...) {
      _exit(2);
    }
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "1: the child returned an expired token";
}

}  // namespace
}  // namespace adit::token
