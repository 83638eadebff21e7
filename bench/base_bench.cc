// base64 compared with OpenSSL's, and parsing of `.env`.
#include <string>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include "adit/base64.h"
#include "adit/environment.h"

#include "config/dotenv.h"

namespace {

std::string sample(std::int64_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  unsigned state = 1;
  for (char& c : bytes) {
    state = state * 1103515245U + 12345U;
    c = static_cast<char>(state >> 16U);
  }
  return bytes;
}

void count_bytes(benchmark::State& state, std::size_t each) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

void base64_encode(benchmark::State& state) {
  const std::string bytes = sample(state.range(0));
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::base64_encode(bytes));
  count_bytes(state, bytes.size());
}

/// Encodes into a new string, as adit's function does.
void openssl_base64_encode(benchmark::State& state) {
  const std::string bytes = sample(state.range(0));
  for ([[maybe_unused]] auto step : state) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's bytes are unsigned
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    benchmark::DoNotOptimize(text);
  }
  count_bytes(state, bytes.size());
}

void base64_decode(benchmark::State& state) {
  const std::string text = adit::base64_encode(sample(state.range(0)));
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::base64_decode(text));
  count_bytes(state, text.size());
}

void base64_decode_forgiving(benchmark::State& state) {
  const std::string text = adit::base64_encode(sample(state.range(0)));
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::base64_decode_forgiving(text));
  count_bytes(state, text.size());
}

void openssl_base64_decode(benchmark::State& state) {
  const std::string text = adit::base64_encode(sample(state.range(0)));
  for ([[maybe_unused]] auto step : state) {
    std::string bytes(text.size() / 4 * 3, '\0');
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
    benchmark::DoNotOptimize(bytes);
  }
  count_bytes(state, text.size());
}

// The sizes of a part of a JWS, a private key, and a picture.
BENCHMARK(base64_encode)->Arg(200)->Arg(1700)->Arg(100'000);
BENCHMARK(openssl_base64_encode)->Arg(200)->Arg(1700)->Arg(100'000);
BENCHMARK(base64_decode)->Arg(200)->Arg(1700)->Arg(100'000);
BENCHMARK(base64_decode_forgiving)->Arg(200)->Arg(1700)->Arg(100'000);
BENCHMARK(openssl_base64_decode)->Arg(200)->Arg(1700)->Arg(100'000);

/// Returns a project's `.env` with comments, the usual keys, and a private key in base64, wrapped at 76 columns.
std::string env_text() {
  std::string text =
      "# Credentials\nJWT_CLIENT_ID=0123456789abcdef\nJWT_CLIENT_SECRET='s3cr3t # not a comment'\n"
      "JWT_METASCOPES=ent_analytics_bulk_ingest_sdk, ent_user_sdk # two\n\nexport "
      "AIO_runtime_namespace=\"one\\ntwo\"\n";
  const std::string key = adit::base64_encode("-----BEGIN PRIVATE KEY-----\n" + sample(1700));
  text += "JWT_PRIVATE_KEY=";
  for (std::size_t i = 0; i < key.size(); i += 76) text += key.substr(i, 76) + '\n';
  return text + "AIO_runtime_auth=a:b\n";
}

void parse_dotenv(benchmark::State& state) {
  const std::string text = env_text();
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::parse_dotenv(text));
  count_bytes(state, text.size());
}

void parse_env_file(benchmark::State& state) {
  const std::string text = env_text();
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::EnvFile::parse(text, ".env"));
  count_bytes(state, text.size());
}

BENCHMARK(parse_dotenv);
BENCHMARK(parse_env_file);

}  // namespace

BENCHMARK_MAIN();
