#include <gmock/gmock.h>

#include "adit/base64.h"
#include "adit/jwt.h"

#include "base/text/long_text_fixture.h"
#include "base/text/text.h"
#include "crypto/keys_fixture.h"

namespace adit::jwt {
namespace {

using testing::HasSubstr;

std::string whole_token() {
  static const auto key = SigningKey::generate_rsa();
  static const auto token =
      std::string(sign({{"iss", "ORG@AdobeOrg"}, {"exp", 1700000000}, {"scope", "openid,AdobeID"}}, key,
                       Algorithm::RS256, {{"kid", "one"}})
                      .reveal());
  return token;
}

TEST(Decode, reads_a_token_as_people_paste_it) {
  for (const auto& text :
       {whole_token(), cat("Bearer ", whole_token()), cat(" \"", whole_token(), "\"\n"),
        cat("authorization: bearer ", whole_token().substr(0, 30), "\r\n ", whole_token().substr(30))}) {
    const auto decoded = decode(text);
    EXPECT_TRUE(decoded.complete());
    EXPECT_EQ(string_member(decoded.header.members, "kid"), "one");
    EXPECT_EQ(decoded.claims.members.at("exp"), json::value(1700000000));
    EXPECT_EQ(decoded.signature_bytes, 256U);
    EXPECT_THAT(decoded.remarks, testing::IsEmpty());
  }
}

TEST(Decode, reads_a_token_that_is_cut_off_anywhere) {
  const auto token = whole_token();
  const auto whole = decode(token);
  for (std::size_t size = 1; size < token.size(); ++size) {
    const auto decoded = decode(token.substr(0, size));
    EXPECT_FALSE(decoded.complete()) << size;
    EXPECT_FALSE(decoded.remarks.empty()) << size;
    for (const auto* part : {&decoded.header, &decoded.claims}) {
      const auto& truth = part == &decoded.header ? whole.header.members : whole.claims.members;
      for (const auto& member : part->members) {
        ASSERT_TRUE(truth.contains(member.key())) << size;
        if (member.key() == part->cut_member) continue;
        EXPECT_EQ(member.value(), truth.at(member.key())) << size;
      }
    }
  }
}

TEST(Decode, never_shows_a_part_of_a_number) {
  const auto text = cat(base64url_encode(R"({"alg":"RS256"})"), '.', base64url_encode(R"({"a":"b","exp":17000)"));
  const auto decoded = decode(text);
  EXPECT_EQ(decoded.claims.state, PartState::cut);
  EXPECT_EQ(decoded.claims.cut_member, "exp");
  EXPECT_TRUE(decoded.claims.members.contains("a"));
  EXPECT_FALSE(decoded.claims.members.contains("exp"));
}

TEST(Decode, says_what_a_text_is_instead) {
  EXPECT_THAT(decode("").remarks, testing::ElementsAre("The text is empty."));
  EXPECT_EQ(decode("hello world").header.state, PartState::broken);
  EXPECT_EQ(decode("e30.!!!.x").claims.state, PartState::cut);
  const auto encrypted = decode(cat(base64url_encode(R"({"alg":"RSA-OAEP","enc":"A256GCM"})"), ".a.b.c.d"));
  EXPECT_THAT(encrypted.remarks.back(), HasSubstr("JWE"));
}

TEST(Decode, says_what_is_wrong_with_the_claims) {
  const auto remarks = [](std::string_view claims) {
    return decode(cat(base64url_encode(R"({"alg":"RS256"})"), '.', base64url_encode(claims), '.',
                      base64url_encode(std::string(256, 'x'))))
        .remarks;
  };
  EXPECT_THAT(remarks(R"({"a":1})"), testing::IsEmpty());
  EXPECT_THAT(remarks("[1]"), testing::ElementsAre("The claims are not a JSON object."));
  EXPECT_THAT(remarks(R"({"sub":"me","sub":"you"})"),
              testing::ElementsAre("A name is twice in the claims: the last counts here, and verifiers refuse it."));
}

TEST(Decode, stops_at_deeply_nested_text) {
  for (const std::string_view piece : {"[", "{\"a\":", "[1,", "{\"a\":[{},"}) {
    const auto decoded = decode(base64url_encode(cat("{\"a\":", repeated(piece, 700'000))));
    EXPECT_EQ(decoded.header.state, PartState::broken) << piece;
    EXPECT_TRUE(decoded.header.members.empty()) << piece;
  }
  EXPECT_THAT(decode(repeated(".", 1U << 20U)).remarks, testing::Not(testing::IsEmpty()));
}

}  // namespace
}  // namespace adit::jwt
