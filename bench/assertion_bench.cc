// Compares building and signing an assertion with OpenSSL's EVP_DigestSign alone, with the same key and input.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <time.h>

#include "adit/json.h"
#include "adit/jwt.h"
#include "adit/signing_key.h"

namespace {

/// Returns the processor time of this thread, because wall-clock time depends on other programs on the machine.
std::chrono::nanoseconds processor_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// Returns the claims that IMS requires, with two metascopes.
adit::json::object claims(std::int64_t expiry) {
  return {{"exp", expiry},
          {"iss", "7ABB3E6A5A7491460A495D61@AdobeOrg"},
          {"sub", "1F072B8A63C6E0230A495EE1@techacct.adobe.com"},
          {"aud", "https://ims-na1.adobelogin.com/c/58b23182d80a40fea8b12bc236d71167"},
          {"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk", true},
          {"https://ims-na1.adobelogin.com/s/event_receiver_api", true}};
}

Pkey bare_key(const adit::jwt::SigningKey& key) {
  const adit::Secret der = key.to_der();
  const auto* at = reinterpret_cast<const unsigned char*>(der.reveal().data());
  return {d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())), &EVP_PKEY_free};
}

std::size_t sign_bare(EVP_PKEY* key, std::string_view input, bool hashed) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  unsigned char signature[512];
  std::size_t size = sizeof signature;
  EVP_DigestSignInit(context.get(), nullptr, hashed ? EVP_sha256() : nullptr, nullptr, key);
  EVP_DigestSign(context.get(), signature, &size, reinterpret_cast<const unsigned char*>(input.data()), input.size());
  benchmark::DoNotOptimize(signature);
  return size;
}

/// Measures both alternately, so that other load affects both alike. `ratio` is the number of assertions per bare
/// signature in the same time: 1 would mean that building the assertion costs nothing.
void sign_beside_bare(benchmark::State& state, const adit::jwt::SigningKey& key, adit::jwt::Algorithm algorithm) {
  const Pkey bare = bare_key(key);
  const bool hashed = key.type() != adit::jwt::KeyType::ed25519;
  const auto sample = adit::jwt::sign(claims(1700000000), key, algorithm);
  const std::string input(sample.reveal().substr(0, sample.reveal().rfind('.')));
  std::chrono::nanoseconds ours{};
  std::chrono::nanoseconds theirs{};
  std::int64_t expiry = 1700000000;
  for ([[maybe_unused]] auto step : state) {
    const auto begin = processor_time();
    benchmark::DoNotOptimize(sign_bare(bare.get(), input, hashed));
    const auto middle = processor_time();
    benchmark::DoNotOptimize(adit::jwt::sign(claims(++expiry), key, algorithm));
    const auto end = processor_time();
    theirs += middle - begin;
    ours += end - middle;
    state.SetIterationTime(std::chrono::duration<double>(end - middle).count());
  }
  const auto micros = [&state](std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count() / static_cast<double>(state.iterations());
  };
  state.counters["bare_us"] = micros(theirs);
  state.counters["assertion_us"] = micros(ours);
  state.counters["ratio"] = static_cast<double>(theirs.count()) / static_cast<double>(ours.count());
  state.SetItemsProcessed(state.iterations());
}

void rs256_assertion(benchmark::State& state) {
  sign_beside_bare(state, adit::jwt::SigningKey::generate_rsa(2048), adit::jwt::Algorithm::RS256);
}
BENCHMARK(rs256_assertion)->UseManualTime();

void es256_assertion(benchmark::State& state) {
  sign_beside_bare(state, adit::jwt::SigningKey::generate(adit::jwt::KeyType::ec_p256), adit::jwt::Algorithm::ES256);
}
BENCHMARK(es256_assertion)->UseManualTime();

void eddsa_assertion(benchmark::State& state) {
  sign_beside_bare(state, adit::jwt::SigningKey::generate(adit::jwt::KeyType::ed25519), adit::jwt::Algorithm::EdDSA);
}
BENCHMARK(eddsa_assertion)->UseManualTime();

/// Reads a key, as each start of the command does once.
void read_rsa_key(benchmark::State& state) {
  const adit::Secret pem = adit::jwt::SigningKey::generate_rsa(2048).to_pem();
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::jwt::SigningKey::from_pem(pem));
}
BENCHMARK(read_rsa_key);

}  // namespace

BENCHMARK_MAIN();
