#include "config/base64_key.h"

#include <string>

#include <gtest/gtest.h>

#include "adit/base64.h"

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"

namespace adit {
namespace {

using namespace std::string_view_literals;

constexpr auto kPem = "-----BEGIN PRIVATE KEY-----\n"sv;
/// How PKCS#8 of an RSA key of 2048 bits begins, and of an Ed25519 key.
constexpr auto kRsaDer = "\x30\x82\x04\xbd\x02\x01\x00\x30\x0d"sv;
constexpr auto kShortDer = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03"sv;

std::string utf16(std::string_view text) {
  std::string wide;
  for (const char c : text) wide += std::string{c, '\0'};
  return wide;
}

TEST(Base64Key, is_recognised_in_each_encoding_by_its_first_eight_characters) {
  for (const auto& key : {std::string(kPem), cat(kByteOrderMark, kPem), utf16(kPem), cat("\xFF\xFE", utf16(kPem)),
                          base64_encode(kPem), std::string(kRsaDer), std::string(kShortDer), base64_encode(kRsaDer)}) {
    for (const auto& text : {base64_encode(key), base64url_encode(key)}) {
      EXPECT_TRUE(begins_like_base64_key(text)) << text;
      EXPECT_TRUE(begins_like_base64_key(text.substr(0, 8))) << text;
    }
  }
}

TEST(Base64Key, is_not_recognised_in_other_text) {
  for (const std::string_view text :
       {"", "MII", "MIInformation", "keys/private", "-----BEGIN", "MY NAME", "p8e-secret"}) {
    EXPECT_FALSE(begins_like_base64_key(text)) << text;
  }
  EXPECT_FALSE(begins_like_base64_key(base64_encode("\x30\x03\x02\x01\x05\x00"sv))) << "too small";
  EXPECT_FALSE(begins_like_base64_key(base64_encode("-----END PRIVATE KEY-----")));
}

TEST(Base64Key, the_size_of_der_includes_its_header) {
  EXPECT_EQ(der_key_size(kRsaDer), 0x4bd + 4);
  EXPECT_EQ(der_key_size(kShortDer), 0x2e + 2);
  EXPECT_EQ(der_key_size("\x30\x2e\x04"), std::nullopt) << "neither a version nor an algorithm";
  EXPECT_EQ(der_key_size(""), std::nullopt);
}

}  // namespace
}  // namespace adit
