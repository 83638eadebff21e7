#include "adit/base64.h"

#include <array>
#include <random>
#include <utility>

#include <gtest/gtest.h>

namespace adit {
namespace {

/// RFC 4648 section 10.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kVectors = {{{"", ""},
                                                                                    {"f", "Zg=="},
                                                                                    {"fo", "Zm8="},
                                                                                    {"foo", "Zm9v"},
                                                                                    {"foob", "Zm9vYg=="},
                                                                                    {"fooba", "Zm9vYmE="},
                                                                                    {"foobar", "Zm9vYmFy"}}};

std::string generated_bytes(std::size_t size, std::mt19937& random) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

TEST(Base64, passes_the_test_vectors_of_rfc_4648) {
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
    EXPECT_EQ(base64_decode_forgiving(text), bytes);
    const std::string unpadded(text.substr(0, text.find('=')));
    EXPECT_EQ(base64url_encode(bytes), unpadded);
    EXPECT_EQ(base64url_decode(unpadded), bytes);
    EXPECT_EQ(base64_decode_forgiving(unpadded), bytes);
  }
}

TEST(Base64, decoding_returns_the_encoded_bytes_for_every_length_and_byte) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string bytes = generated_bytes(size, random);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
    EXPECT_EQ(base64_decode_forgiving(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64_decode_forgiving(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64, the_two_alphabets_differ_in_two_characters) {
  EXPECT_EQ(base64_encode("\xFB\xFF\xBF"), "+/+/");
  EXPECT_EQ(base64url_encode("\xFB\xFF\xBF"), "-_-_");
  EXPECT_EQ(base64_decode("-_-_"), std::nullopt);
  EXPECT_EQ(base64url_decode("+/+/"), std::nullopt);
}

TEST(Base64, the_strict_decoder_requires_exact_padding) {
  for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Zg==\n", " Zg==", "Z", "Z===", "====", "=",
                                      "Zg==Zg==", "Z=g=", "Zm9v====", "Zm9v=", "Zm8=Zm8="}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
}

TEST(Base64, the_url_decoder_refuses_padding) {
  for (const std::string_view text : {"Zg==", "Zm8=", "Z", "Zm9vY", "Zm 8", "Zm8\n", "Zm9v."}) {
    EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
  }
}

TEST(Base64, bits_after_the_last_byte_must_be_zero) {
  EXPECT_EQ(base64_decode("Zh=="), std::nullopt);
  EXPECT_EQ(base64_decode("Zm9="), std::nullopt);
  EXPECT_EQ(base64url_decode("Zh"), std::nullopt);
  EXPECT_EQ(base64url_decode("Zm9"), std::nullopt);
}

TEST(Base64, refuses_every_byte_outside_the_alphabet_at_every_position) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_common = std::isalnum(byte) != 0 && byte < 0x80;
    for (std::size_t place = 0; place < 4; ++place) {
      std::string text = "AAAAAAAA";
      text[place] = c;
      EXPECT_EQ(base64_decode(text).has_value(), is_common || c == '+' || c == '/') << byte;
      EXPECT_EQ(base64url_decode(text).has_value(), is_common || c == '-' || c == '_') << byte;
    }
  }
}

TEST(Base64, the_forgiving_decoder_accepts_white_space_missing_padding_and_both_alphabets) {
  EXPECT_EQ(base64_decode_forgiving("\xEF\xBB\xBF Zm9v\r\n\tYmFy \n"), "foobar");
  EXPECT_EQ(base64_decode_forgiving("Z g = ="), "f");
  EXPECT_EQ(base64_decode_forgiving("+/-_"), base64_decode("+/+/"));
  EXPECT_EQ(base64_decode_forgiving(" \n"), "");
}

TEST(Base64, the_forgiving_decoder_refuses_text_that_is_not_base64) {
  for (const std::string_view text : {"Z", "Zm9vY", "Zg=", "Zg===", "Zm9v=", "=", "Z=g=", "Zg==Zg==", "Zm9v!",
                                      "Zm\xC2\xA0"
                                      "8",
                                      "\xEF\xBB"}) {
    EXPECT_EQ(base64_decode_forgiving(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace adit
