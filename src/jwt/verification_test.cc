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

}  // namespace
}  // namespace adit::jwt
