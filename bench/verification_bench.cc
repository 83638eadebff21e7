// Verifying access tokens without asking IMS: the complete verification of a token, compared with verifying only its
// signature with OpenSSL. bench/ims.py compares the first with npm's jose.
#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "adit/base64.h"
#include "adit/clock.h"
#include "adit/jwt.h"
#include "adit/token_verifier.h"

namespace {

using adit::jwt::Algorithm;

struct Subject {
  adit::jwt::SigningKey key = adit::jwt::SigningKey::generate_rsa();
  std::string token;
  std::string_view signing_input;
  std::string signature;

  Subject() {
    const auto now = adit::Clock::system().wall_now().time_since_epoch().count();
    const adit::json::object claims{
        {"id", "1700000000000_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9_ue1"},
        {"type", "access_token"},
        {"client_id", "58b23182d80a40fea8b12bc236d71167"},
        {"user_id", "1F072B8A63C6E0230A495EE1@techacct.adobe.com"},
        {"as", "ims-na1"},
        {"aa_id", "1F072B8A63C6E0230A495EE1@techacct.adobe.com"},
        {"ctp", 0},
        {"scope", "openid,AdobeID,read_organizations,additional_info.projectedProductContext"},
        {"created_at", std::to_string(now)},
        {"expires_in", "86400000"}};
    token = std::string(adit::jwt::sign(claims, key, Algorithm::RS256, {{"kid", "ims_na1-key-at-1"}}).reveal());
    const auto dot = token.rfind('.');
    signing_input = std::string_view(token).substr(0, dot);
    signature = adit::base64url_decode(std::string_view(token).substr(dot + 1)).value();
  }
};

const Subject& subject() {
  static const Subject made;
  return made;
}

void token_verified(benchmark::State& state) {
  const auto& of = subject();
  static const adit::ims::TokenVerifier verifier(
      std::make_shared<adit::ims::KeyCache>([&of] {
        return adit::jwt::Jwks({{of.key.public_key(), "ims_na1-key-at-1", "RS256", "sig"}});
      }),
      {.as = "ims-na1"});
  for (auto _ : state) benchmark::DoNotOptimize(verifier.verify(of.token));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(token_verified)->ThreadRange(1, 2)->UseRealTime()->Unit(benchmark::kMicrosecond);

void signature_alone(benchmark::State& state) {
  const auto& of = subject();
  const auto key = of.key.public_key();
  for (auto _ : state) {
    if (!key.verify(Algorithm::RS256, of.signing_input, of.signature))
      return state.SkipWithError("the signature does not fit");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(signature_alone)->ThreadRange(1, 2)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
