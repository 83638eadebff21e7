#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "adit/base64.h"
#include "adit/error.h"
#include "adit/jwt.h"

#include "base/text/text.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

using test::code_of;
using testing::HasSubstr;
using testing::Not;

std::string reason_of(std::string_view compact) {
  return code_of([&] { (void)verify_claims(compact, test::rsa_key().public_key(), Algorithm::RS256); });
}

/// Returns a token with this header and payload and a valid signature.
std::string signed_text(std::string_view header, std::string_view payload) {
  return sign_compact(header, payload, test::rsa_key(), Algorithm::RS256);
}

constexpr std::string_view kHeader = R"({"alg":"RS256","typ":"JWT"})";
constexpr std::string_view kClaims = R"({"iss":"me"})";

TEST(Jws, verifies_the_tokens_that_it_makes) {
  const json::object claims{{"iss", "A@AdobeOrg"}, {"exp", 1700000000}, {"https://ims/s/x", true}};
  const Secret token = sign(claims, test::rsa_key(), Algorithm::RS256);
  EXPECT_EQ(verify_claims(token.reveal(), test::rsa_key().public_key(), Algorithm::RS256), claims);
  EXPECT_EQ(base64url_decode(token.reveal().substr(0, token.reveal().find('.'))), kHeader);
}

TEST(Jws, keeps_the_given_header_and_sets_the_algorithm) {
  const Secret token = sign({}, test::rsa_key(), Algorithm::PS256, {{"alg", "none"}, {"typ", "at+jwt"}, {"kid", "k1"}});
  const json::object header = parse_compact(token.reveal()).header;
  EXPECT_EQ(header, (json::object{{"alg", "PS256"}, {"typ", "at+jwt"}, {"kid", "k1"}}));
}

TEST(Jws, writes_numbers_of_claims_as_integers) {
  const Secret token = sign({{"exp", std::int64_t{1700000000}}}, test::p256_key(), Algorithm::ES256);
  EXPECT_EQ(parse_compact(token.reveal()).payload, R"({"exp":1700000000})");
}

TEST(Jws, rejects_the_algorithm_none_in_any_spelling) {
  for (const char* name : {"none", "None", "NONE", "nOnE"}) {
    const std::string text =
        cat(base64url_encode(cat(R"({"alg":")", name, "\"}")), '.', base64url_encode(kClaims), '.');
    EXPECT_EQ(reason_of(text), "invalid_signature") << name;
    EXPECT_EQ(reason_of(signed_text(cat(R"({"alg":")", name, "\"}"), kClaims)), "invalid_signature") << name;
  }
}

TEST(Jws, rejects_an_hmac_made_with_the_public_keys_text) {
  const std::string secret = test::rsa_key().public_key().to_pem();
  const std::string input = cat(base64url_encode(R"({"alg":"HS256"})"), '.', base64url_encode(kClaims));
  std::string mac(32, '\0');
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), openssl::bytes(input.data()), input.size(),
       openssl::bytes(mac.data()), nullptr);
  EXPECT_EQ(reason_of(cat(input, '.', base64url_encode(mac))), "invalid_signature");
  const std::string disguised =
      cat(base64url_encode(kHeader), input.substr(input.find('.')), '.', base64url_encode(mac));
  EXPECT_EQ(reason_of(disguised), "invalid_signature");
}

TEST(Jws, rejects_another_algorithm_of_the_same_key) {
  const Secret token = sign({}, test::rsa_key(), Algorithm::RS512);
  const PublicKey key = test::rsa_key().public_key();
  EXPECT_NO_THROW((void)verify(token.reveal(), key, Algorithm::RS512));
  EXPECT_EQ(code_of([&] { (void)verify(token.reveal(), key, Algorithm::RS256); }), "invalid_signature");
  EXPECT_EQ(code_of([&] { (void)verify(token.reveal(), key, Algorithm::PS256); }), "invalid_signature");
}

TEST(Jws, rejects_a_key_that_cannot_use_the_algorithm) {
  const Secret token = sign({}, test::rsa_key(), Algorithm::RS256);
  EXPECT_EQ(code_of([&] { (void)verify(token.reveal(), test::p256_key().public_key(), Algorithm::RS256); }),
            "invalid_signature");
}

TEST(Jws, ignores_a_key_in_the_token) {
  json::object header{
      {"jwk", to_jwk(test::other_rsa_key().public_key())}, {"jku", "https://evil/"}, {"x5u", "https://evil/"}};
  const Secret token = sign({}, test::other_rsa_key(), Algorithm::RS256, header);
  EXPECT_EQ(reason_of(token.reveal()), "invalid_signature");
}

TEST(Jws, rejects_every_other_payload_header_and_signature) {
  const std::string good = signed_text(kHeader, kClaims);
  ASSERT_EQ(reason_of(good), "none");
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string damaged = good;
    damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(reason_of(damaged), "none") << at;
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(reason_of(std::string_view(good).substr(0, size)), "none") << size;
}

TEST(Jws, rejects_texts_that_are_not_three_parts_of_strict_base64url) {
  const std::string good = signed_text(kHeader, kClaims);
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b.c"), good + '\n',
        ' ' + good, good + "=", good + "==", good + ".", good + ".x.y", '.' + good, replace_all(good, ".", ". "),
        replace_all(good, ".", "=."), good + '\0', good + "%"}) {
    EXPECT_EQ(reason_of(text), "invalid_jws") << text;
  }
}

TEST(Jws, rejects_the_standard_alphabet_of_base64) {
  // "???" is Pz8_ in one alphabet and Pz8/ in the other.
  const std::string text = signed_text(kHeader, R"({"a":"???"})");
  ASSERT_THAT(text, HasSubstr("Pz8_"));
  EXPECT_EQ(reason_of(replace_all(text, "Pz8_", "Pz8/")), "invalid_jws");
}

TEST(Jws, rejects_critical_extensions_and_unencoded_payloads) {
  EXPECT_EQ(reason_of(signed_text(R"({"alg":"RS256","crit":["exp"],"exp":1})", kClaims)), "invalid_jws");
  EXPECT_EQ(reason_of(signed_text(R"({"alg":"RS256","crit":[]})", kClaims)), "invalid_jws");
  EXPECT_EQ(reason_of(signed_text(R"({"alg":"RS256","crit":["b64"],"b64":false})", kClaims)), "invalid_jws");
  EXPECT_EQ(reason_of(signed_text(R"({"alg":"RS256","b64":false})", kClaims)), "invalid_jws");
  EXPECT_EQ(reason_of(signed_text(R"({"alg":"RS256","b64":true})", kClaims)), "none");
}

TEST(Jws, rejects_headers_that_are_not_objects_or_name_a_member_twice) {
  for (const char* header :
       {"", "null", "[]", "\"RS256\"", "{", R"({"typ":"JWT"})", R"({"alg":null})", R"({"alg":["RS256"]})",
        R"({"alg":"RS256","alg":"RS256"})", R"({"alg":"none","alg":"RS256"})", R"({"alg":"RS256"}{})",
        "{\"alg\":\"RS256\",\"x\":\"\xff\"}", "\xEF\xBB\xBF{\"alg\":\"RS256\"}"}) {
    EXPECT_EQ(reason_of(signed_text(header, kClaims)), "invalid_jws") << header;
  }
}

TEST(Jws, rejects_claims_that_are_not_an_object_or_name_a_member_twice) {
  for (const char* claims : {"", "1", "[]", "null", R"({"iss":"a","iss":"b"})", R"({"a":{"b":1,"b":2}})",
                             R"({"iss":"a"},)", R"({'iss':1})"}) {
    EXPECT_EQ(reason_of(signed_text(kHeader, claims)), "invalid_jws") << claims;
  }
}

TEST(Jws, rejects_deep_and_long_texts) {
  const auto nested = [](std::size_t depth) {
    return cat(R"({"a":)", std::string(depth, '['), std::string(depth, ']'), '}');
  };
  EXPECT_EQ(reason_of(signed_text(kHeader, nested(10))), "none");
  EXPECT_EQ(reason_of(signed_text(kHeader, nested(10000))), "invalid_jws");
  EXPECT_EQ(
      reason_of(signed_text(cat(R"({"alg":"RS256","a":)", std::string(500, '['), std::string(500, ']'), '}'), kClaims)),
      "invalid_jws");
  EXPECT_EQ(reason_of(std::string(kMaxCompactBytes + 1, 'A')), "invalid_jws");
  EXPECT_EQ(reason_of(std::string(100U << 20U, '.')), "invalid_jws");
}

TEST(Jws, verifies_bytes_that_are_not_json) {
  const std::string bytes("\0\x01\xff", 3);
  EXPECT_EQ(verify(signed_text(R"({"alg":"RS256"})", bytes), test::rsa_key().public_key(), Algorithm::RS256), bytes);
}

TEST(Jws, says_that_a_token_is_encrypted) {
  try {
    (void)parse_compact("a.b.c.d.e");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("JWE"));
  }
}

TEST(Jws, rejects_an_elliptic_signature_in_der) {
  const std::string input = cat(base64url_encode(R"({"alg":"ES256"})"), '.', base64url_encode(kClaims));
  const auto key = test::evp(test::p256_key());
  const openssl::DigestContext context(EVP_MD_CTX_new());
  ASSERT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
  std::string der(80, '\0');
  std::size_t size = der.size();
  ASSERT_EQ(
      EVP_DigestSign(context.get(), openssl::bytes(der.data()), &size, openssl::bytes(input.data()), input.size()), 1);
  der.resize(size);
  const std::string compact = cat(input, '.', base64url_encode(der));
  EXPECT_EQ(code_of([&] { (void)verify(compact, test::p256_key().public_key(), Algorithm::ES256); }),
            "invalid_signature");
}

TEST(Jws, never_quotes_the_token_in_a_message) {
  try {
    (void)verify(signed_text(R"({"alg":"my-secret"})", kClaims), test::rsa_key().public_key(), Algorithm::RS256);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.to_string(), Not(HasSubstr("my-secret")));
  }
}

}  // namespace
}  // namespace adit::jwt
