#include <gmock/gmock.h>

#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

using test::code_of;

std::string signed_by(const SigningKey& key, Algorithm algorithm, const json::object& header = {}) {
  return std::string(sign({{"sub", "somebody"}}, key, algorithm, header).reveal());
}

TEST(Verification, uses_only_the_key_that_the_header_names) {
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

TEST(Verification, accepts_only_algorithms_of_the_caller_and_the_key) {
  const auto key = SigningKey::generate_rsa();
  const auto token = signed_by(key, Algorithm::RS512);
  const Jwks keys({{key.public_key(), "", "", ""}});
  const std::vector<Algorithm> only{Algorithm::RS256};
  EXPECT_EQ(verify(token, keys).algorithm, Algorithm::RS512);
  EXPECT_EQ(code_of([&] { (void)verify(token, keys, only); }), "invalid_signature");
  EXPECT_EQ(code_of([&] { (void)verify(token, Jwks({{key.public_key(), "", "RS256", ""}})); }), "unknown_key");
  EXPECT_EQ(code_of([&] { (void)verify("eyJhbGciOiJub25lIn0.e30.", keys); }), "invalid_signature");
}

TEST(Verification, reads_keys_in_all_formats_of_files) {
  const auto one = SigningKey::generate_rsa().public_key();
  const auto two = SigningKey::generate(KeyType::ed25519).public_key();
  EXPECT_EQ(read_keys(one.to_pem() + two.to_pem()).keys().size(), 2U);
  EXPECT_EQ(read_keys(one.to_der()).keys().at(0).key, one);
  EXPECT_EQ(read_keys(to_json(to_jwk(two))).keys().at(0).key, two);
  EXPECT_EQ(read_keys(to_json(Jwks({{one, "a", "", ""}}).to_json_object())).keys().at(0).key_id, "a");
  EXPECT_EQ(code_of([] { (void)read_keys("nonsense"); }), "invalid_key");
}

TEST(Verification, uses_a_single_key_only_for_its_use) {
  const auto key = SigningKey::generate(KeyType::ec_p256);
  const auto token = signed_by(key, Algorithm::ES256);
  const auto verified_with = [&](std::string_view name, const json::value& value) {
    auto jwk = to_jwk(key.public_key());
    if (!name.empty()) jwk[name] = value;
    return code_of([&] { (void)verify(token, read_keys(to_json(jwk))); });
  };
  EXPECT_EQ(verified_with("", nullptr), "none");
  EXPECT_EQ(verified_with("use", "sig"), "none");
  EXPECT_EQ(verified_with("key_ops", json::array{"sign", "verify"}), "none");
  for (const json::value& use : {json::value("enc"), json::value(""), json::value(1), json::value(nullptr)})
    EXPECT_EQ(verified_with("use", use), "invalid_jwks") << use;
  for (const json::value& operations :
       {json::value(json::array{"encrypt"}), json::value(json::array{}), json::value("verify"), json::value(nullptr)})
    EXPECT_EQ(verified_with("key_ops", operations), "invalid_jwks") << operations;
  for (const auto* name : {"kid", "alg"}) {
    for (const json::value& value : {json::value(7), json::value(nullptr), json::value(json::array{"ES256"})})
      EXPECT_EQ(verified_with(name, value), "invalid_jwks") << name << value;
  }
  EXPECT_EQ(verified_with("alg", "ECDH-ES"), "unknown_key");
}

TEST(Verification, rejects_a_key_id_that_is_not_a_string) {
  const auto key = SigningKey::generate(KeyType::ec_p256);
  const Jwks keys({{key.public_key(), "a", "", ""}});
  for (const json::value& key_id : {json::value(7), json::value(nullptr), json::value(true),
                                    json::value(json::array{"a"}), json::value(json::object{})}) {
    const auto token = signed_by(key, Algorithm::ES256, {{"kid", key_id}});
    EXPECT_EQ(code_of([&] { (void)verify(token, keys); }), "invalid_jws") << key_id;
  }
  EXPECT_EQ(code_of([&] { (void)verify(signed_by(key, Algorithm::ES256, {{"kid", ""}}), keys); }), "unknown_key");
}

TEST(Verification, accepts_both_names_of_ed25519) {
  const auto& key = test::ed25519_key();
  const Jwks any({{key.public_key(), "", "", ""}});
  EXPECT_EQ(verify(signed_by(key, Algorithm::Ed25519), any).algorithm, Algorithm::Ed25519);
  EXPECT_EQ(verify(signed_by(key, Algorithm::EdDSA), any).algorithm, Algorithm::EdDSA);
  const Jwks pinned({{key.public_key(), "", "Ed25519", ""}});
  EXPECT_EQ(verify(signed_by(key, Algorithm::Ed25519), pinned).algorithm, Algorithm::Ed25519);
  EXPECT_EQ(code_of([&] { (void)verify(signed_by(key, Algorithm::EdDSA), pinned); }), "unknown_key");
}

}  // namespace
}  // namespace adit::jwt
