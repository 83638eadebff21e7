#include "config/hjson.h"

#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/text/long_text_fixture.h"
#include "base/text/text.h"

namespace adit {
namespace {

std::string as_json(std::string_view text) { return to_json(parse_hjson(text, "The file")); }

std::string fault_of(std::string_view text) {
  try {
    return as_json(text);
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(Hjson, reads_json) {
  EXPECT_EQ(as_json(R"({"a": [1, -2.5, true, null, "x\né\""], "b": {}})"),
            R"({"a":[1,-2.5,true,null,"x\né\""],"b":{}})");
}

TEST(Hjson, reads_what_the_aio_cli_writes) {
  EXPECT_EQ(as_json("{\r\n  ims: {\r\n    contexts: {\r\n      $current: \"mine\",\r\n      mine: {\r\n        "
                    "client_id: \"id\",\r\n"
                    "        expiry: 12\r\n      }\r\n    }\r\n  }\r\n}\r\n"),
            R"({"ims":{"contexts":{"$current":"mine","mine":{"client_id":"id","expiry":12}}}})");
}

TEST(Hjson, accepts_missing_quotes_and_commas_and_comments_anywhere) {
  EXPECT_EQ(
      as_json(
          "{\n  # one\n  a: look, ma: no quotes! # all of it\n  b: 3 # a number\n  c: true // a word\n  d: nullish\n"
          "  e: [x\n    y\n    1, 2,]\n  /* many\n lines */ 'f g': 'it\\'s \"so\"',,\n}"),
      R"({"a":"look, ma: no quotes! # all of it","b":3,"c":true,"d":"nullish","e":["x","y",1,2],"f g":"it's \"so\""})");
}

TEST(Hjson, reads_multi_line_texts) {
  EXPECT_EQ(as_json("{\n  key:\n    '''\n    -----BEGIN\n      x\n    -----END\n    '''\n}"),
            R"({"key":"-----BEGIN\n  x\n-----END"})");
}

TEST(Hjson, an_error_names_the_position) {
  EXPECT_EQ(fault_of("{\n  a: 1\n  b"), "The file is not JSON: a : is missing at line 3, column 4.");
  EXPECT_EQ(fault_of("{ a: {"), "The file is not JSON: a } is missing at line 1, column 7.");
  EXPECT_EQ(fault_of("{ a: [ 1"), "The file is not JSON: a ] is missing at line 1, column 9.");
  EXPECT_EQ(fault_of("{ a: \"x\n }"), "The file is not JSON: a quote is not closed at line 1, column 8.");
  EXPECT_EQ(fault_of("{ a: }"), "The file is not JSON: a value is missing at line 1, column 6.");
  EXPECT_EQ(fault_of("{ a: 1 /* "), "The file is not JSON: a comment is not closed at line 1, column 8.");
  EXPECT_EQ(fault_of("{} {}"), "The file is not JSON: there is text behind the end at line 1, column 4.");
  EXPECT_EQ(fault_of(""), "The file is not JSON: it ends too early at line 1, column 1.");
  EXPECT_NE(fault_of(std::string(1000, '[')).find("nested too deeply"), std::string::npos);
}

TEST(Hjson, takes_linear_time_for_hostile_text) {
  constexpr std::size_t kSize = 1U << 20U;
  EXPECT_EQ(parse_hjson(cat("[", repeated("1,", kSize), "]"), "The file").as_array().size(), kSize / 2);
  const auto texts = cat("[", repeated("'''''',", kSize), "]");
  EXPECT_EQ(parse_hjson(texts, "The file").as_array().front(), json::value(""));
  const auto number = cat(repeated("1", kSize / 2), "x", repeated(",", kSize / 2));
  EXPECT_EQ(parse_hjson(cat("[", number, "\n]"), "The file").as_array().front(), json::value(number));
  EXPECT_NE(fault_of(repeated("[", kSize)).find("nested too deeply"), std::string::npos);
  EXPECT_NE(fault_of(repeated("{a:", kSize)).find("nested too deeply"), std::string::npos);
}

}  // namespace
}  // namespace adit
