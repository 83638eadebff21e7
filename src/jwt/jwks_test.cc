#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/long_text_fixture.h"
#include "base/text/text.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

std::string code_of_text(const std::string& text) {
  try {
    (void)Jwks::parse(text);
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

std::string set_of(const json::object& key) { return to_json(json::object{{"keys", json::array{key}}}); }

template <typename Value>
json::object with(json::object object, std::string_view name, const Value& value) {
  object[name] = value;
  return object;
}

json::object without(json::object object, std::string_view name) {
  object.erase(name);
  return object;
}

json::object rsa_jwk() { return to_jwk(test::rsa_key().public_key()); }
json::object ec_jwk() { return to_jwk(test::p256_key().public_key()); }

TEST(Jwks, reads_back_what_it_writes) {
  const Jwks set({{test::rsa_key().public_key(), "a", "RS256", "sig"},
                  {test::p256_key().public_key(), "b", "ES256", "sig"},
                  {test::p384_key().public_key(), "c", "", ""},
                  {test::ed25519_key().public_key(), "", "EdDSA", "sig"}});
  const Jwks again = Jwks::parse(to_json(set.to_json_object()));
  ASSERT_EQ(again.keys().size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(again.keys()[i].key, set.keys()[i].key);
    EXPECT_EQ(again.keys()[i].key_id, set.keys()[i].key_id);
    EXPECT_EQ(again.keys()[i].algorithm, set.keys()[i].algorithm);
    EXPECT_EQ(again.keys()[i].use, set.keys()[i].use);
  }
  ASSERT_NE(again.find("b"), nullptr);
  EXPECT_EQ(again.find("b")->key, test::p256_key().public_key());
  EXPECT_EQ(again.find("x"), nullptr);
}

TEST(Jwks, writes_no_private_member) {
  const json::object jwk = rsa_jwk();
  EXPECT_EQ(jwk.size(), 3U);
  EXPECT_EQ(string_member(jwk, "e"), "AQAB");
  EXPECT_EQ(base64url_decode(string_member(jwk, "n"))->size(), 256U);
}

TEST(Jwks, skips_unknown_keys) {
  for (const json::object& key :
       {json::object{{"kty", "oct"}, {"k", "AAAA"}}, json::object{{"kty", "quantum"}}, json::object{{"kty", 7}},
        json::object{}, json::object{{"kty", "EC"}, {"crv", "P-224"}, {"x", "AA"}, {"y", "AA"}},
        json::object{{"kty", "OKP"}, {"crv", "X25519"}, {"x", "AA"}}, with(rsa_jwk(), "use", "enc"),
        with(rsa_jwk(), "use", 1), with(rsa_jwk(), "alg", "RSA-OAEP"), with(rsa_jwk(), "alg", "HS256"),
        with(rsa_jwk(), "alg", "ES256"), with(rsa_jwk(), "key_ops", json::array{"encrypt"}), without(rsa_jwk(), "e"),
        without(ec_jwk(), "y")}) {
    EXPECT_TRUE(Jwks::parse(set_of(key)).keys().empty()) << to_json(key);
  }
}

TEST(Jwks, skips_rsa_keys_under_2048_bits) {
  const json::object weak{{"kty", "RSA"}, {"n", base64url_encode(std::string(128, '\xff'))}, {"e", "AQAB"}};
  const Jwks set = Jwks::parse(to_json(json::object{{"keys", json::array{weak, rsa_jwk()}}}));
  ASSERT_EQ(set.keys().size(), 1U);
  EXPECT_EQ(set.keys()[0].key, test::rsa_key().public_key());
}

TEST(Jwks, uses_keys_for_verifying) {
  EXPECT_EQ(Jwks::parse(set_of(with(rsa_jwk(), "key_ops", json::array{"verify"}))).keys().size(), 1U);
  EXPECT_EQ(Jwks::parse(set_of(with(rsa_jwk(), "x5c", json::array{"ignored"}))).keys().size(), 1U);
}

TEST(Jwks, rejects_private_members) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth"})
    EXPECT_EQ(code_of_text(set_of(with(rsa_jwk(), name, "AQAB"))), "invalid_jwks") << name;
  EXPECT_EQ(code_of_text(set_of(with(ec_jwk(), "d", "AQAB"))), "invalid_jwks");
}

TEST(Jwks, rejects_invalid_keys) {
  EXPECT_EQ(code_of_text(set_of(with(rsa_jwk(), "kid", 7))), "invalid_jwks");
  EXPECT_EQ(code_of_text(set_of(with(rsa_jwk(), "n", "a=b"))), "invalid_jwks");
  EXPECT_EQ(code_of_text(set_of(with(rsa_jwk(), "n", ""))), "invalid_jwks");
  EXPECT_EQ(code_of_text(set_of(with(rsa_jwk(), "e", 65537))), "invalid_jwks");
  EXPECT_EQ(code_of_text(set_of(with(ec_jwk(), "x", base64url_encode(std::string(31, 'x'))))), "invalid_jwks");
  EXPECT_EQ(code_of_text(set_of(with(ec_jwk(), "x", base64url_encode(std::string(32, 'x'))))), "invalid_jwks")
      << "not on the curve";
  EXPECT_EQ(code_of_text(set_of(with(rsa_jwk(), "n", base64url_encode(std::string(4096, '\xff'))))), "invalid_jwks")
      << "a bomb";
}

TEST(Jwks, rejects_exponents_that_make_every_message_its_own_signature) {
  for (const char* exponent : {"AQ", "Ag", "AA"}) {
    EXPECT_THROW((void)public_key_from_jwk(with(rsa_jwk(), "e", exponent)), Error) << exponent;
  }
}

TEST(Jwks, accepts_a_leading_zero_of_the_modulus) {
  const std::string modulus = *base64url_decode(string_member(rsa_jwk(), "n"));
  const PublicKey key = public_key_from_jwk(with(rsa_jwk(), "n", base64url_encode('\0' + modulus)));
  EXPECT_EQ(key, test::rsa_key().public_key());
  EXPECT_EQ(key.thumbprint(), test::rsa_key().public_key().thumbprint());
}

TEST(Jwks, rejects_texts_that_are_not_a_set) {
  for (const char* text :
       {"", "[]", "{}", "null", R"({"keys":{}})", R"({"keys":[1]})", R"({"keys":[],"keys":[]})", "<html>"}) {
    EXPECT_EQ(code_of_text(text), "invalid_jwks") << text;
  }
  EXPECT_EQ(code_of_text(R"({"keys":[]})"), "none");
  EXPECT_EQ(code_of_text(cat(R"({"keys":[],"pad":")", std::string(2U << 20U, 'x'), "\"}")), "invalid_jwks");
}

TEST(Thumbprint, is_equal_only_for_equal_keys) {
  EXPECT_EQ(test::p256_key().public_key().thumbprint(), public_key_from_jwk(ec_jwk()).thumbprint());
  EXPECT_NE(test::rsa_key().public_key().thumbprint(), test::other_rsa_key().public_key().thumbprint());
  EXPECT_EQ(test::p384_key().public_key().thumbprint().size(), 43U);
}

TEST(Jwks, rejects_a_set_of_too_many_keys) {
  const auto set = [](std::size_t keys) { return cat("{\"keys\":[{}", repeated(",{}", 3 * (keys - 1)), "]}"); };
  EXPECT_TRUE(Jwks::parse(set(500)).keys().empty());
  EXPECT_THROW(Jwks::parse(set(501)), Error);
}

}  // namespace
}  // namespace adit::jwt
