#include "base/text/utf8.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

TEST(Utf8, does_not_change_valid_text) {
  for (const auto* text : {"", "plain", "h\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    EXPECT_EQ(as_utf8(text), text);
}

TEST(Utf8, replaces_each_invalid_byte) {
  EXPECT_EQ(as_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(as_utf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "half of a surrogate pair";
}

TEST(Utf8, counts_characters) {
  EXPECT_EQ(utf8_count(""), 0U);
  EXPECT_EQ(utf8_count("plain"), 5U);
  EXPECT_EQ(utf8_count("h\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4U);
}

TEST(Utf8, is_cut_between_characters) {
  EXPECT_EQ(utf8_cut("plain", 9), "plain");
  EXPECT_EQ(utf8_cut("plain", 5), "plain");
  EXPECT_EQ(utf8_cut("plain", 3), "pla");
  EXPECT_EQ(utf8_cut("a\xE2\x82\xAC", 4), "a\xE2\x82\xAC");
  for (const std::size_t most : {3U, 2U, 1U}) EXPECT_EQ(utf8_cut("a\xE2\x82\xAC", most), "a") << most;
  EXPECT_EQ(utf8_cut("a\xE2\x82\xAC", 0), "");
  EXPECT_EQ(utf8_cut("\x80\x80\x80", 2), "") << "not valid UTF-8";
}

TEST(Utf8, counts_utf16_units) {
  EXPECT_EQ(utf16_length(""), 0U);
  EXPECT_EQ(utf16_length("{\"a\":1}"), 7U);
  EXPECT_EQ(utf16_length("\xC3\xA9\xE2\x82\xAC"), 2U);
  EXPECT_EQ(utf16_length("\xF0\x9F\x98\x80"), 2U);
}

}  // namespace
}  // namespace adit
