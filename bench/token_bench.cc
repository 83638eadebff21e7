// The token engine: a cached get() compared with the two obvious implementations, memory per credential, a cold
// exchange, and the exchanges per day of a fleet of processes.
#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "adit/emulator.h"
#include "adit/http.h"
#include "adit/ims.h"
#include "adit/token_engine.h"
#include "adit/token_store.h"

#include "base/text/text.h"

namespace {

using namespace std::chrono_literals;
using adit::token::EngineOptions;
using adit::token::TokenEngine;

const std::string& text_of_a_token() {
  static const std::string text(900, 'x');  // about as long as a token of IMS
  return text;
}

adit::Credentials oauth(const std::string& client_id) {
  return adit::OAuthCredentials{client_id, adit::Secret("p8e-secret"), "ORG@AdobeOrg", {"openid", "AdobeID"}};
}

class InstantIssuer final : public adit::ims::Issuer {
 public:
  explicit InstantIssuer(const adit::Clock& clock, long* calls = nullptr) : clock_(clock), calls_(calls) {}

  [[nodiscard]] std::string id() const override { return "bench"; }
  [[nodiscard]] adit::ims::AccessToken fetch(const adit::Credentials& /*unused*/, std::chrono::milliseconds /*unused*/,
                                             const std::stop_token& /*unused*/) override {
    if (calls_ != nullptr) ++*calls_;
    adit::ims::AccessToken token;
    token.value = adit::Secret(text_of_a_token());
    token.life = 24h;
    token.expires_at = clock_.wall_now() + token.life;
    token.expires_at_monotonic = clock_.monotonic_now() + token.life;
    return token;
  }
  void revoke(const adit::Credentials& /*unused*/, const adit::Secret& /*unused*/) override {}

 private:
  const adit::Clock& clock_;
  long* calls_;
};

std::shared_ptr<adit::ims::Issuer> instant_issuer(const adit::Clock& clock, long* calls = nullptr) {
  return std::make_shared<InstantIssuer>(clock, calls);
}

void cached_get(benchmark::State& state) {
  static auto& engine = *new TokenEngine;
  static auto& source = *new adit::TokenSource(engine.source(oauth("client"), instant_issuer(adit::Clock::system())));
  for (auto _ : state) {
    const auto token = source.get();
    benchmark::DoNotOptimize(token.reveal().data());
  }
}
BENCHMARK(cached_get)->ThreadRange(1, 4)->UseRealTime();

void atomic_shared_ptr(benchmark::State& state) {
  static std::atomic<std::shared_ptr<const std::string>> token(std::make_shared<const std::string>(text_of_a_token()));
  for (auto _ : state) {
    const auto mine = token.load();
    benchmark::DoNotOptimize(mine->data());
  }
}
BENCHMARK(atomic_shared_ptr)->ThreadRange(1, 4)->UseRealTime();

void mutex_and_copy(benchmark::State& state) {
  static std::mutex mutex;
  static const std::string token = text_of_a_token();
  for (auto _ : state) {
    std::string mine;
    {
      const std::scoped_lock lock(mutex);
      mine = token;
    }
    benchmark::DoNotOptimize(mine.data());
  }
}
BENCHMARK(mutex_and_copy)->ThreadRange(1, 4)->UseRealTime();

void memory_per_credential(benchmark::State& state) {
  constexpr int kCount = 10'000;
  for (auto _ : state) {
    const auto before = mallinfo2().uordblks;
    TokenEngine engine;
    const auto issuer = instant_issuer(adit::Clock::system());
    for (int i = 0; i < kCount; ++i) {
      auto source = engine.source(oauth(adit::cat("client-", i)), issuer);
      benchmark::DoNotOptimize(source.get());
    }
    state.counters["bytes"] = static_cast<double>(mallinfo2().uordblks - before) / kCount;
  }
}
BENCHMARK(memory_per_credential)->Iterations(1)->Unit(benchmark::kMillisecond);

const adit::JwtCredentials& jwt() {
  static const adit::JwtCredentials credentials{
      "client",       adit::Secret("p8e-secret"),        "T@techacct.adobe.com",
      "ORG@AdobeOrg", {"ent_analytics_bulk_ingest_sdk"}, adit::jwt::SigningKey::generate_rsa()};
  return credentials;
}

void bare_signature(benchmark::State& state) {
  const auto input = std::string(600, 'x');
  static_cast<void>(jwt());  // makes the key
  for (auto _ : state) benchmark::DoNotOptimize(jwt().private_key.sign(adit::jwt::Algorithm::RS256, input));
}
BENCHMARK(bare_signature)->Unit(benchmark::kMicrosecond);

/// The time includes the work of IMS, verifying and signing, because the emulator runs in this process.
void cold_exchange_over_http(benchmark::State& state) {
  adit::emulator::Integration client;
  client.client_id = jwt().client_id;
  client.client_secrets = {jwt().client_secret};
  client.org_id = jwt().org_id;
  client.technical_account_id = jwt().technical_account_id;
  client.public_keys = {jwt().private_key.public_key()};
  client.metascopes = jwt().metascopes;
  adit::emulator::Options options;
  options.integrations = {client};
  adit::emulator::Emulator ims(std::move(options));
  adit::http::Client http;
  TokenEngine engine;
  auto source = engine.source(jwt(), adit::ims::ims_issuer(adit::ims::Ims{ims.origin()}, http));
  for (auto _ : state) benchmark::DoNotOptimize(source.get({.fresh = true}));
}
BENCHMARK(cold_exchange_over_http)->Unit(benchmark::kMicrosecond)->UseRealTime();

/// Simulates 200 processes that share a store and ask for a token once a minute for 30 days. Each process is an engine;
/// all use one manual clock.
void fleet_exchanges_per_day(benchmark::State& state) {
  constexpr int kProcesses = 200;
  constexpr int kDays = 30;
  for (auto _ : state) {
    adit::ManualClock clock;
    long calls = 0;
    std::mt19937 random(1);
    const auto store = state.range(0) == 1 ? std::make_shared<adit::token::MemoryStore>(clock) : nullptr;
    const auto issuer = instant_issuer(clock, &calls);
    std::vector<std::unique_ptr<TokenEngine>> engines;
    std::vector<adit::TokenSource> sources;
    for (int i = 0; i < kProcesses; ++i) {
      EngineOptions options;
      options.clock = &clock;
      options.threads = 0;
      options.store = store;
      options.random = [&random] { return std::uniform_real_distribution<double>(0, 1)(random); };
      engines.push_back(std::make_unique<TokenEngine>(std::move(options)));
      sources.push_back(engines.back()->source(oauth("client"), issuer));
    }
    for (int minute = 0; minute < kDays * 24 * 60; ++minute) {
      for (int i = 0; i < kProcesses; ++i) {
        benchmark::DoNotOptimize(sources[static_cast<std::size_t>(i)].get());
        engines[static_cast<std::size_t>(i)]->run_due();
      }
      clock.advance(1min);
    }
    state.counters["exchanges_per_day"] = static_cast<double>(calls) / kDays;
  }
}
BENCHMARK(fleet_exchanges_per_day)
    ->ArgName("shared_store")
    ->Arg(1)
    ->Arg(0)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
