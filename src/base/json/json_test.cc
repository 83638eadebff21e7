#include "adit/json.h"

#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>

#include "adit/error.h"
#include "adit/secret.h"

#include "base/secret/canaries_fixture.h"

namespace adit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string problem_of(std::string_view text, const JsonLimits& limits = {}) {
  try {
    static_cast<void>(parse_json(text, "The answer", limits));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "invalid_json");
    EXPECT_FALSE(error.is_configuration());
    return error.message();
  }
  return "none";
}

/// Parses a text and writes it again.
std::string rewritten(std::string_view text) { return to_json(parse_json(text, "The text")); }

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ParseJson, reads_every_kind_of_value) {
  constexpr std::string_view kText = R"({"a":[1,-2,0.5,true,false,null,"x",{},[]],"b":{"c":18446744073709551615}})";
  EXPECT_EQ(rewritten(kText), kText);
  EXPECT_EQ(rewritten(" \t\r\n1 \n"), "1");
}

TEST(ParseJson, refuses_text_that_is_not_json_by_rfc_8259) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[",
                                      "[1",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "01",
                                      "-",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "1e",
                                      "0x10",
                                      "NaN",
                                      "Infinity",
                                      "-Infinity",
                                      "nul",
                                      "True",
                                      "\"",
                                      "\"\n\"",
                                      "\"\t\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\ud800\"",
                                      "\"\xFF\"",
                                      "\"\xC0\x80\"",
                                      "\"\xED\xA0\x80\"",
                                      "1 2",
                                      "{}{}",
                                      "[1]]",
                                      "// c\n1",
                                      "/* c */1",
                                      "\xC2\xA0"
                                      "1",
                                      "undefined",
                                      ","}) {
    EXPECT_FALSE(try_parse_json(text)) << text;
    EXPECT_NE(problem_of(text), "none") << text;
  }
  EXPECT_FALSE(try_parse_json(std::string_view("1\0", 2)));
}

TEST(ParseJson, names_the_problem_with_line_and_column) {
  EXPECT_EQ(problem_of("{\"a\": 1,\n  \"b\": x}"),
            "The answer is not JSON: there is a character that does not belong there (line 2, column 8).");
  EXPECT_EQ(problem_of("[1,\n 2"), "The answer is not JSON: it ends too early (line 2, column 3).");
  EXPECT_EQ(problem_of("{}\n\n x"), "The answer is not JSON: something follows after its end (line 3, column 2).");
  EXPECT_EQ(problem_of(""), "The answer is not JSON: it ends too early (line 1, column 1).");
  // A column is a number of characters, not bytes.
  EXPECT_THAT(problem_of("[\"\xC3\xA9\xC3\xA9\" x]"), HasSubstr("(line 1, column 7)"));
}

TEST(ParseJson, does_not_quote_the_text) {
  EXPECT_THAT(problem_of("{\"password\": \"hunter2\", hunter2}"), Not(HasSubstr("hunter")));
}

TEST(ParseJson, skips_a_byte_order_mark_at_the_beginning) {
  EXPECT_EQ(rewritten("\xEF\xBB\xBF{}"), "{}");
  EXPECT_FALSE(try_parse_json("{}\xEF\xBB\xBF"));
}

TEST(ParseJson, obeys_its_limits) {
  EXPECT_TRUE(try_parse_json(nested(64)));
  EXPECT_FALSE(try_parse_json(nested(65)));
  EXPECT_THAT(problem_of(nested(100000)), HasSubstr("nested more than 64 levels deep"));
  EXPECT_TRUE(try_parse_json(nested(3), {.max_depth = 3}));
  EXPECT_FALSE(try_parse_json(nested(4), {.max_depth = 3}));
  EXPECT_TRUE(try_parse_json("[123]", {.max_bytes = 5}));
  EXPECT_THAT(problem_of("[1234]", {.max_bytes = 5}), HasSubstr("more than 5 bytes"));
}

TEST(ParseJson, the_last_of_duplicate_members_is_used) {
  EXPECT_EQ(rewritten(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
}

TEST(ParseJson, refuses_duplicate_members_on_request) {
  const JsonLimits strict{.refuse_duplicates = true};
  EXPECT_EQ(problem_of(R"({"a":1,"b":2,"a":3})", strict),
            "The answer is not JSON: an object names a member twice (line 1, column 16).");
  EXPECT_FALSE(try_parse_json(R"([{"x":{"a":1,"\u0061":2}}])", strict));
  EXPECT_FALSE(try_parse_json(R"({"":1,"":2})", strict));
  EXPECT_TRUE(try_parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"A":1})", strict));
}

TEST(ParseJson, reads_long_keys_and_strings_completely) {
  const std::string key(5000, 'k');
  const std::string text = "{\"" + key + "\":\"" + std::string(70000, 'v') + "\\n\"}";
  EXPECT_EQ(rewritten(text), text);
}

TEST(ParseJson, limits_the_number_of_values_and_so_the_memory) {
  const JsonLimits few{.max_values = 3};
  EXPECT_TRUE(try_parse_json("[1,2]", few));
  for (const auto* text : {"[1,2,3]", "[[],[],[]]", "[{},{},{}]", R"({"a":1,"b":"x","c":null})", "[1.5,true,-1]",
                           "[18446744073709551615,0,0]", "[[[[]]]]"})
    EXPECT_FALSE(try_parse_json(text, few)) << text;
  std::string many = "[";
  for (int n = 0; n < 2'000'000; ++n) many += "[],";
  many += "[]]";
  EXPECT_THAT(problem_of(many), HasSubstr("it has more than 2000000 values"));
}

TEST(Json, does_not_round_64_bit_integers) {
  for (const std::string_view text :
       {"9223372036854775807", "-9223372036854775808", "18446744073709551615", "9007199254740993", "0", "-1"}) {
    EXPECT_EQ(rewritten(text), text);
  }
}

TEST(Json, writes_numbers_as_javascript_does) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"0.5", "0.5"},
      {"5E-1", "0.5"},
      {"1.0", "1"},
      {"-2.50", "-2.5"},
      {"0.1", "0.1"},
      {"0.30000000000000004", "0.30000000000000004"},
      {"1e20", "100000000000000000000"},
      {"1e21", "1e+21"},
      {"123456789012345678901234567890", "1.2345678901234568e+29"},
      {"18446744073709551616", "18446744073709552000"},
      {"0.000001", "0.000001"},
      {"0.0000001", "1e-7"},
      {"1.5e-7", "1.5e-7"},
      {"1e-400", "0"},
      {"-0", "0"},
      {"-0.0", "0"},
      {"5e-324", "5e-324"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"123.456e1", "1234.56"},
      {"9007199254740993.0", "9007199254740992"}};
  for (const auto& [text, wanted] : cases) EXPECT_EQ(rewritten(text), wanted) << text;
}

TEST(Json, doubles_read_back_as_the_same_number) {
  for (const double number :
       {0.1, 1.0 / 3, 2.2250738585072014e-308, 8.41e21, 9.5e-10, 123456.789, 4.35, 0.1 + 0.7, 1e23}) {
    const auto back = parse_json(to_json(number), "The number");
    EXPECT_EQ(back.to_number<double>(), number);
  }
}

TEST(Json, refuses_and_never_writes_numbers_beyond_a_double) {
  EXPECT_THAT(problem_of("[1e400]"), HasSubstr("a number is too large"));
  EXPECT_THAT(problem_of("-1e400"), HasSubstr("a number is too large"));
  EXPECT_THAT(problem_of("1e99999999999"), HasSubstr("a number is too large"));
  EXPECT_THAT(problem_of("1" + std::string(400, '0')), HasSubstr("a number is too large"));
  EXPECT_EQ(to_json(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(to_json(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(Json, escapes_exactly_what_rfc_8259_requires) {
  EXPECT_EQ(to_json(json::value(json::string(std::string_view("\"\\/\b\f\n\r\t\x01\x1F\x7F\0", 12)))),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\\u0000\"");
  EXPECT_EQ(rewritten("\"\\u00e9\\ud83d\\ude00\xE2\x80\xA8\""), "\"\xC3\xA9\xF0\x9F\x98\x80\xE2\x80\xA8\"");
}

TEST(Json, replaces_bytes_that_are_not_utf8) {
  EXPECT_EQ(to_json("a\xFF"
                    "b\xC3"),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
  for (const char* bytes : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xF0\x9F\x98"}) {
    EXPECT_TRUE(try_parse_json(to_json(bytes)));
  }
}

TEST(PrettyJson, is_the_same_as_of_stringify_with_two_blanks) {
  EXPECT_EQ(to_pretty_json(parse_json(R"({"a":[1,{"b":[]}],"c":{},"d":"x"})", "The text")),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {},\n  \"d\": \"x\"\n}");
  EXPECT_EQ(to_pretty_json(json::array{}), "[]");
  EXPECT_EQ(to_pretty_json("x"), "\"x\"");
}

TEST(StringMember, is_empty_for_values_that_are_not_strings) {
  const auto object = parse_json(R"({"a":"x","b":1,"c":null})", "The text").as_object();
  EXPECT_EQ(string_member(object, "a"), "x");
  EXPECT_EQ(string_member(object, "b"), "");
  EXPECT_EQ(string_member(object, "c"), "");
  EXPECT_EQ(string_member(object, "d"), "");
}

TEST(Json, a_value_of_a_secret_text_is_wiped_when_it_is_freed) {
  if (!test::may_search_memory()) return;
  test::Canaries canaries;
  const auto hidden = test::Canaries::masked("no text is without its random part");
  const auto noise = test::Canaries::masked(std::to_string(std::random_device()()));
  canaries.add_masked("value", hidden + noise + hidden);
  {
    WipedString text;
    text.reserve(4096);
    text += R"({"list":[{"inner":")";
    // Long, and with an escape, so that the parser assembles it from pieces.
    for (const char c : hidden + noise + hidden) text += static_cast<char>(static_cast<unsigned char>(c) ^ 0xA5);
    text += R"(\n"}]})";
    auto value = parse_json(text, "It", {.wiped = true});
    const auto copy = value;
    EXPECT_EQ(copy.at("list").at(0).at("inner").as_string().size(), 2 * hidden.size() + noise.size() + 1);
    EXPECT_FALSE(try_parse_json(std::string_view(text).substr(0, text.size() - 1), {.wiped = true}));
    wipe(text);
    EXPECT_FALSE(canaries.found().empty());
  }
  EXPECT_THAT(canaries.found(), testing::IsEmpty());
}

}  // namespace
}  // namespace adit
