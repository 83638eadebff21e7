#include "base/utf8.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

TEST(Utf8, KeepsWhatIsValid) {
  for (const auto* text : {"", "plain", "h\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    EXPECT_EQ(as_utf8(text), text);
}

TEST(Utf8, ReplacesEachByteThatIsNotValid) {
  EXPECT_EQ(as_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(as_utf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "half of a surrogate pair";
}

TEST(Utf8, CountsAsUtf16Does) {
  EXPECT_EQ(utf16_length(""), 0U);
  EXPECT_EQ(utf16_length("{\"a\":1}"), 7U);
  EXPECT_EQ(utf16_length("\xC3\xA9\xE2\x82\xAC"), 2U);
  EXPECT_EQ(utf16_length("\xF0\x9F\x98\x80"), 2U);
}

}  // namespace
}  // namespace adit
