#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

using test::code_of;

std::string signed_by(const SigningKey& key, Algorithm algorithm, const json::object& header = {}) {
  return std::string(sign({{"sub", "somebody"}}, key, algorithm, header).reveal());
}

TEST(Verification, TakesTheKeyThatTheHeaderNamesAndNoOther) {
  const auto one = SigningKey::generate(KeyType::ec_p256);
  const auto two = SigningKey::generate(KeyType::ec_p256);
  const Jwks keys({{one.public_key(), "one", "", ""}, {two.public_key(), "two", "", ""}});
  EXPECT_EQ(verify(signed_by(two, Algorithm::ES256, {{"kid", "two"}}), keys).key, 1U);
  EXPECT_EQ(verify(signed_by(two, Algorithm::ES256), keys).key, 1U);
  EXPECT_EQ(code_of([&] {
              (void)verify(signed_by(two, Algorithm::ES256, {{"kid", "one"}}), keys);
            }),
            "invalid_signature");
  EXPECT_EQ(code_of([&] { (void)verify(signed_by(two, Algorithm::ES256, {{"kid", "three"}}), keys); }), "unknown_key");
}

TEST(Verification, AcceptsNoAlgorithmThatTheCallerOrTheKeyDoesNot) {
  const auto key = SigningKey::generate_rsa();
  const auto token = signed_by(key, Algorithm::RS512);
  const Jwks keys({{key.public_key(), "", "", ""}});
  const std::vector<Algorithm> only{Algorithm::RS256};
  EXPECT_EQ(verify(token, keys).algorithm, Algorithm::RS512);
  EXPECT_EQ(code_of([&] { (void)verify(token, keys, only); }), "invalid_signature");
  EXPECT_EQ(code_of([&] { (void)verify(token, Jwks({{key.public_key(), "", "RS256", ""}})); }), "unknown_key");
  EXPECT_EQ(code_of([&] { (void)verify("eyJhbGciOiJub25lIn0.e30.", keys); }), "invalid_signature");
}

TEST(Verification, ReadsKeysFromEveryFormThatPeopleHaveInFiles) {
  const auto one = SigningKey::generate_rsa().public_key();
  const auto two = SigningKey::generate(KeyType::ed25519).public_key();
  EXPECT_EQ(read_keys(one.to_pem() + two.to_pem()).keys().size(), 2U);
  EXPECT_EQ(read_keys(one.to_der()).keys().at(0).key, one);
  EXPECT_EQ(read_keys(to_json(to_jwk(two))).keys().at(0).key, two);
  EXPECT_EQ(read_keys(to_json(Jwks({{one, "a", "", ""}}).to_json_object())).keys().at(0).key_id, "a");
  EXPECT_EQ(code_of([] { (void)read_keys("nonsense"); }), "invalid_key");
}

TEST(PreparedKey, AgreesWithTheKeyItselfForEveryAlgorithmAndEveryDamagedByte) {
  for (const auto algorithm : {Algorithm::RS256, Algorithm::PS256, Algorithm::PS512, Algorithm::RS512, Algorithm::ES256,
                               Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA}) {
    const auto& key = algorithm == Algorithm::ES256   ? test::p256_key()
                      : algorithm == Algorithm::ES384 ? test::p384_key()
                      : algorithm == Algorithm::ES512 ? test::p521_key()
                      : algorithm == Algorithm::EdDSA ? test::ed25519_key()
                                                      : test::rsa_key();
    const PreparedKey prepared(key.public_key(), algorithm);
    auto signature = key.sign(algorithm, "text");
    EXPECT_TRUE(prepared.verify("text", signature));
    EXPECT_TRUE(prepared.verify("text", signature));
    EXPECT_FALSE(prepared.verify("texT", signature));
    EXPECT_FALSE(prepared.verify("text", ""));
    EXPECT_FALSE(prepared.verify("text", signature + "x"));
    for (std::size_t at = 0; at < signature.size(); at += 7) {
      signature[at] = static_cast<char>(signature[at] ^ 4);
      EXPECT_FALSE(prepared.verify("text", signature)) << at;
      signature[at] = static_cast<char>(signature[at] ^ 4);
    }
    EXPECT_TRUE(prepared.verify("text", signature));
  }
  EXPECT_EQ(code_of([] { PreparedKey(SigningKey::generate_rsa().public_key(), Algorithm::ES256); }), "invalid_key");
}

// More threads than contexts are kept for, each with right and wrong signatures in turn.
TEST(PreparedKey, ServesManyThreadsAtOnce) {
  for (const auto algorithm : {Algorithm::RS256, Algorithm::ES256}) {
    const auto key =
        algorithm == Algorithm::RS256 ? SigningKey::generate_rsa() : SigningKey::generate(KeyType::ec_p256);
    const PreparedKey prepared(key.public_key(), algorithm);
    const auto signature = key.sign(algorithm, "text");
    std::atomic<int> mistakes{0};
    std::vector<std::thread> threads;
    for (int n = 0; n < 24; ++n) {
      threads.emplace_back([&] {
        for (int time = 0; time < 20; ++time) {
          if (!prepared.verify("text", signature)) ++mistakes;
          if (prepared.verify("other", signature)) ++mistakes;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(mistakes, 0);
  }
}

}  // namespace
}  // namespace adit::jwt
