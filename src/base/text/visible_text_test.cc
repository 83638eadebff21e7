#include "base/text/visible_text.h"

#include <gtest/gtest.h>

#include "adit/json.h"

namespace adit {
namespace {

TEST(Visible, does_not_change_ordinary_text) {
  for (const std::string_view text :
       {"", "a b", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "one\ttwo\nthree\r\nfour", "\xC2\xA0"})
    EXPECT_EQ(visible(text), text);
}

TEST(Visible, shows_control_characters) {
  EXPECT_EQ(visible("\x1b[2J\x1b]0;x\x07"), "\\x1b[2J\\x1b]0;x\\x07");
  EXPECT_EQ(visible("a\rb\bc\x7F"),
            "a\\x0db\\x08"
            "c\\x7f");
  EXPECT_EQ(visible(std::string_view("\0", 1)), "\\x00");
}

TEST(Visible, shows_c1_characters_and_bytes) {
  EXPECT_EQ(visible("\xC2\x9B"
                    "31m"),
            "\\u009b31m");
  EXPECT_EQ(visible("\xC2\x80\xC2\x9F"), "\\u0080\\u009f");
  EXPECT_EQ(visible("\x9B"
                    "31m"),
            "\\x9b31m");
}

TEST(Visible, shows_bytes_that_are_not_utf8) {
  EXPECT_EQ(visible("\xC0\x9B"), "\\xc0\\x9b");           // U+001B, an overlong form
  EXPECT_EQ(visible("\xE0\x80\x9B"), "\\xe0\\x80\\x9b");  // longer still (three bytes)
  EXPECT_EQ(visible("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // half a pair
  EXPECT_EQ(visible("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(visible("\xC3"), "\\xc3");
  EXPECT_EQ(visible("\xE2\x82"
                    "a"),
            "\\xe2\\x82"
            "a");
  EXPECT_EQ(visible("\xC3\x1b"), "\\xc3\\x1b");
}

TEST(Visible, shows_characters_that_change_the_direction_of_text) {
  EXPECT_EQ(visible("a\xE2\x80\xAE"
                    "b\xE2\x81\xA6"
                    "c\xD8\x9C\xE2\x80\x8F"),
            "a\\u202eb\\u2066c\\u061c\\u200f");
  EXPECT_EQ(visible("\xE2\x80\xA8\xF3\xA0\x81\x81"), "\\u2028\\ue0041");
}

TEST(Visible, puts_everything_on_one_line_on_request) {
  EXPECT_EQ(visible("a\nb\r\n\tc", Controls::escape_all),
            "a\\x0ab\\x0d\\x0a\\x09"
            "c");
}

TEST(Visible, does_not_change_the_meaning_of_json) {
  const json::value value = json::object{{"a\xC2\x9B", "\x1b\x7F\xE2\x80\xAE\xF3\xA0\x81\x81\xF0\x9F\x98\x80"}};
  const auto text = visible(to_json(value), Controls::as_json);
  EXPECT_EQ(text, visible(text));
  EXPECT_EQ(parse_json(text, "text"), value);
}

TEST(Unfinished, counts_bytes_of_an_incomplete_character_or_line_end) {
  EXPECT_EQ(unfinished_at_end(""), 0U);
  EXPECT_EQ(unfinished_at_end("a"), 0U);
  EXPECT_EQ(unfinished_at_end("a\r"), 1U);
  EXPECT_EQ(unfinished_at_end("\xC3"), 1U);
  EXPECT_EQ(unfinished_at_end("\xC3\xA9"), 0U);
  EXPECT_EQ(unfinished_at_end("\xE2\x82"), 2U);
  EXPECT_EQ(unfinished_at_end("\xF0\x9F\x98"), 3U);
  EXPECT_EQ(unfinished_at_end("\x9B"), 0U);
  EXPECT_EQ(unfinished_at_end("\x9B\x9B\x9B\x9B"), 0U);
}

}  // namespace
}  // namespace adit
