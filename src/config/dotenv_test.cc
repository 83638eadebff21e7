#include "config/dotenv.h"

#include <chrono>
#include <map>

#include <gmock/gmock.h>

#include "adit/json.h"

#include "base/text/text.h"

namespace adit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::map<std::string, std::string> read(std::string_view text) {
  std::map<std::string, std::string> values;
  for (const auto& entry : parse_dotenv(text)) values[entry.key] = entry.value;
  return values;
}

TEST(Dotenv, reads_the_same_as_npm_dotenv_in_every_hard_case) {
  // tests/dotenv_oracle/make_cases.js made these cases with npm's dotenv.
  const auto cases = parse_json(read_file(ADIT_SOURCE_DIR "/tests/dotenv_oracle/cases.json"), "cases.json").as_array();
  ASSERT_GE(cases.size(), 600U);
  for (const auto& one : cases) {
    std::map<std::string, std::string> wanted;
    for (const auto& pair : one.at(1).as_array()) {
      wanted.emplace(pair.at(0).as_string().c_str(), std::string_view(pair.at(1).as_string()));
    }
    EXPECT_EQ(read(one.at(0).as_string()), wanted) << to_json(one.at(0));
  }
}

TEST(Dotenv, reads_plain_quoted_and_empty_values) {
  EXPECT_THAT(read("A=1\nB = two words \nC='x # y'\nD=\"a\\nb\"\nE=`it's \"so\"`\nF=\nexport G=7 # seven\n"),
              ElementsAre(Pair("A", "1"), Pair("B", "two words"), Pair("C", "x # y"), Pair("D", "a\nb"),
                          Pair("E", "it's \"so\""), Pair("F", ""), Pair("G", "7")));
}

TEST(Dotenv, keeps_a_literal_backslash_n_outside_double_quotes) {
  EXPECT_THAT(read("A='a\\nb'\nB=a\\nb"), ElementsAre(Pair("A", "a\\nb"), Pair("B", "a\\nb")));
}

TEST(Dotenv, a_quoted_value_can_span_lines_and_contain_hash_signs) {
  EXPECT_THAT(read("A=\"-----BEGIN X-----\r\nab#c\r\n-----END X-----\"\r\nB=1"),
              ElementsAre(Pair("A", "-----BEGIN X-----\nab#c\n-----END X-----"), Pair("B", "1")));
}

TEST(Dotenv, returns_entries_in_file_order_and_repeated_keys_twice) {
  const auto entries = parse_dotenv("B=1\nA=2\nB=3\n");
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].key + entries[1].key + entries[2].key, "BAB");
  EXPECT_EQ(entries[2].value, "3");
}

TEST(Dotenv, returns_the_line_of_each_key) {
  const auto entries = parse_dotenv("\xEF\xBB\xBF# head\r\n\r\nA=1\r\nB='x\r\ny'\r\n\r\n  export C\r\n=2");
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].line, 3);
  EXPECT_EQ(entries[1].line, 4);
  EXPECT_EQ(entries[2].line, 7);
}

TEST(Dotenv, returns_the_positions_of_the_match_and_the_value) {
  const std::string text = "A=1\nB= 'x' # c\n";
  const auto entries = parse_dotenv(text);
  ASSERT_EQ(entries.size(), 2U);
  const auto& b = entries[1];
  EXPECT_EQ(text.substr(b.begin, b.end - b.begin), "B= 'x' # c");
  EXPECT_EQ(text.substr(b.value_begin, b.value_end - b.value_begin), " 'x'");
}

TEST(Dotenv, does_not_change_bytes_that_are_not_utf8) {
  EXPECT_THAT(read("A=\xE4\xF6\xFC\nB=1"), ElementsAre(Pair("A", "\xE4\xF6\xFC"), Pair("B", "1")));
  EXPECT_THAT(read("A=\xE2\x80"), ElementsAre(Pair("A", "\xE2\x80")));
}

TEST(Dotenv, a_text_without_entries_has_none) {
  EXPECT_THAT(parse_dotenv(""), IsEmpty());
  EXPECT_THAT(parse_dotenv("# nothing here\n\njust words\n=x\n"), IsEmpty());
}

TEST(Dotenv, takes_linear_time) {
  // A parser that backtracks like the expression takes quadratic time or more for each of these: minutes for half a
  // megabyte.
  for (const std::string_view pattern :
       {"\n", "A\n", "A='\n", "A=\"\\\"\n", "\\'", "export\n", "A=` \n\\`\n", "\xE2\x80\xA8"}) {
    for (std::string text : {"", "A='", "A=\""}) {
      while (text.size() < 512U * 1024U) text += pattern;
      const auto start = std::chrono::steady_clock::now();
      static_cast<void>(parse_dotenv(text));
      EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes(1)) << pattern;
    }
  }
}

TEST(NormaliseLineEnds, converts_each_kind_of_line_end) {
  EXPECT_EQ(normalise_line_ends("a\r\nb\rc\nd\r\r\n\r"), "a\nb\nc\nd\n\n\n");
}

}  // namespace
}  // namespace adit
