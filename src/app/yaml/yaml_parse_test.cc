#include "app/yaml/yaml_parse.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/project/app_config_oracle_fixture.h"
#include "base/text/long_text_fixture.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

using testing::HasSubstr;

std::shared_ptr<const SourceFile> file() {
  static const auto kFile =
      std::make_shared<const SourceFile>(SourceFile{"/project/app.config.yaml", "app.config.yaml"});
  return kFile;
}

YamlNode parse(std::string_view text, const YamlLimits& limits = {}) { return parse_yaml(text, file(), limits); }

std::string as_json(std::string_view text) { return to_json(to_json_value(parse(text))); }

Error error_of(std::string_view text, const YamlLimits& limits = {}) {
  try {
    const auto node = parse(text, limits);
    return Error::failure("none", "parsed as " + to_json(to_json_value(node)));
  } catch (const Error& error) {
    return error;
  }
}

std::string place_of(const Error& error) { return error.where() ? error.where()->to_string() : "nowhere"; }

/// Removes the distinction between kinds of number, which JavaScript does not make.
json::value with_plain_numbers(const json::value& value) {
  if (!value.is_number()) return value;
  return value.to_number<double>();
}

TEST(YamlParse, gives_each_scalar_the_type_that_adobes_loader_gives_it) {
  const auto cases = oracle_cases("scalars");
  ASSERT_GE(cases.size(), 150U);
  for (const auto& one : cases) {
    const auto text = std::string(one.at(0).as_string());
    const auto root = parse(cat("a: ", text, "\n"));
    EXPECT_EQ(with_plain_numbers(to_json_value(*root.find("a"))), with_plain_numbers(one.at(1))) << text;
  }
}

TEST(YamlParse, reads_each_key_as_adobes_loader_does) {
  for (const auto& one : oracle_cases("keys")) {
    const auto text = std::string(one.at(0).as_string());
    EXPECT_EQ(parse(cat("{", text, ": 1}")).entries.at(0).key, std::string(one.at(1).as_string())) << text;
  }
}

TEST(YamlParse, reads_infinity_and_not_a_number_as_floats_that_json_shows_as_null) {
  const auto node = parse("[.inf, -.INF, .nan]");
  EXPECT_EQ(node.items[0].floating, HUGE_VAL);
  EXPECT_EQ(node.items[1].floating, -HUGE_VAL);
  EXPECT_TRUE(std::isnan(node.items[2].floating));
  EXPECT_EQ(as_json("[.inf, -.INF, .nan]"), "[null,null,null]");
}

TEST(YamlParse, reads_integers_that_javascript_cannot_represent_as_floats) {
  EXPECT_EQ(parse("9007199254740992").integer, 9007199254740992LL);
  EXPECT_EQ(parse("-9007199254740992").kind, YamlNode::Kind::integer);
  EXPECT_EQ(parse("9007199254740993").integer, 9007199254740992LL);
  EXPECT_EQ(parse("9007199254740995").floating, 9007199254740996.0);
  const auto large = parse("9223372036854775808");
  EXPECT_EQ(large.kind, YamlNode::Kind::floating);
  EXPECT_EQ(large.floating, 9223372036854775808.0);
  EXPECT_EQ(parse("1e999").floating, HUGE_VAL);
  EXPECT_EQ(parse("1e-999").floating, 0);
}

TEST(YamlParse, applies_known_tags) {
  EXPECT_EQ(as_json("[!!str 12, !!int '12', !!float 3, !!bool 'true', !!null '', ! 12]"),
            R"(["12",12,3,true,null,"12"])");
}

TEST(YamlParse, refuses_unknown_tags) {
  auto error = error_of("a: 1\nb: !secret x\n");
  EXPECT_EQ(error.code(), "invalid_yaml");
  EXPECT_EQ(place_of(error), "app.config.yaml:2:4");
  EXPECT_EQ(error.message(), "The tag !secret has no meaning in a configuration file.");
  error = error_of("a: !!binary aGk=\n");
  EXPECT_EQ(error.message(), "The tag !!binary has no meaning in a configuration file.");
  error = error_of("a: !!int x\n");
  EXPECT_EQ(error.message(), "The tag !!int does not fit a string.");
}

TEST(YamlParse, records_the_position_of_each_value_and_key) {
  const auto root = parse("a:\n  key: value\n  list:\n    - x\n    - {b: c}\n");
  EXPECT_EQ(root.find("a")->find_entry("key")->where().to_string(), "app.config.yaml:2:3");
  EXPECT_EQ(root.find("a")->find("key")->where().to_string(), "app.config.yaml:2:8");
  EXPECT_EQ(root.find("a")->find("list")->items[1].find("b")->where().to_string(), "app.config.yaml:5:11");
}

TEST(YamlParse, counts_columns_in_characters) {
  const auto root = parse("é: {ü: [ß, x]}\n");
  EXPECT_EQ(root.entries[0].value.find("ü")->items[1].where().to_string(), "app.config.yaml:1:12");
}

TEST(YamlParse, gives_an_empty_value_the_position_of_its_key) {
  const auto root = parse("a:\n  b:\n  c: 1\nd: ~\n");
  EXPECT_EQ(root.find("a")->find("b")->where().to_string(), "app.config.yaml:2:3");
  EXPECT_EQ(root.find("d")->where().to_string(), "app.config.yaml:4:1");
}

TEST(YamlParse, reads_an_empty_text_as_null) {
  for (const auto* text : {"", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "\xEF\xBB\xBF"}) {
    const auto root = parse(text);
    EXPECT_TRUE(root.is_null()) << text;
    EXPECT_EQ(root.where().file, "app.config.yaml") << text;
  }
}

TEST(YamlParse, accepts_byte_order_mark_and_windows_line_ends) {
  const auto root = parse(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: |\r\n  x\r\n  y\r\nc:\r\n  - z\r\n");
  EXPECT_EQ(to_json(to_json_value(root)), R"({"a":1,"b":"x\ny\n","c":["z"]})");
  EXPECT_EQ(root.entries[0].where().to_string(), "app.config.yaml:1:1");
  EXPECT_EQ(root.find("c")->items[0].where().to_string(), "app.config.yaml:6:5");
}

TEST(YamlParse, resolves_aliases_and_merges) {
  EXPECT_EQ(as_json("base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3}\nboth: {<<: [*b, {x: 9, z: 4}]}\nsame: *b\n"),
            R"({"base":{"x":1,"y":2},"use":{"y":3,"x":1},"both":{"x":1,"y":2,"z":4},"same":{"x":1,"y":2}})");
  EXPECT_EQ(as_json("a: &a text\n*a : 1\n"), R"({"a":"text","text":1})");
}

TEST(YamlParse, reads_a_quoted_merge_key_as_a_key) { EXPECT_EQ(as_json("'<<': {x: 1}\n"), R"({"<<":{"x":1}})"); }

TEST(YamlParse, refuses_to_merge_a_value_that_is_not_a_map) {
  const auto error = error_of("a: &a [1]\nb:\n  <<: *a\n");
  EXPECT_EQ(error.message(), "`<<` merges maps, but here is a number.");
  EXPECT_EQ(error_of("b:\n  <<: text\n").message(), "`<<` merges maps, but here is a string.");
  EXPECT_EQ(place_of(error_of("b:\n  <<: text\n")), "app.config.yaml:2:7");
}

TEST(YamlParse, refuses_a_duplicate_key_and_names_both_positions) {
  const auto error = error_of("packages:\n  one: 1\n  two: 2\n  one: 3\n");
  EXPECT_EQ(error.message(), "The key 'one' occurs twice in one map; the first is at app.config.yaml:2:3.");
  EXPECT_EQ(place_of(error), "app.config.yaml:4:3");
  EXPECT_TRUE(error.is_configuration());
}

TEST(YamlParse, refuses_keys_that_are_not_scalars) {
  EXPECT_EQ(error_of("{[a]: 1}").message(), "A list cannot be a key.");
  const auto error = error_of("a:\n  ? {b: c}\n  : 1\n");
  EXPECT_EQ(error.message(), "A map cannot be a key.");
  EXPECT_EQ(place_of(error), "app.config.yaml:2:5");
}

TEST(YamlParse, keeps_keys_that_look_like_other_types) {
  EXPECT_EQ(as_json("yes: 1\n1.10: 2\n'': 3\ntrue: 4\n"), R"({"yes":1,"1.1":2,"":3,"true":4})");
}

TEST(YamlParse, refuses_a_second_document) {
  const auto error = error_of("a: 1\n---\nb: 2\n");
  EXPECT_EQ(error.message(), "A second YAML document begins here. A configuration file must be one document.");
  EXPECT_EQ(place_of(error), "app.config.yaml:2:1");
  EXPECT_THAT(error.hint(), HasSubstr("$include"));
}

TEST(YamlParse, limits_aliases_that_multiply) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 30; ++level) {
    const auto before = "*a" + std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + before;
    for (int copy = 0; copy < 9; ++copy) bomb += ", " + before;
    bomb += "]\n";
  }
  const auto error = error_of(bomb);
  EXPECT_EQ(error.code(), "invalid_yaml");
  EXPECT_EQ(error.message(), "The file has more than 100000 values after its aliases are expanded.");
  EXPECT_EQ(error.where()->line, 5);
}

TEST(YamlParse, refuses_an_alias_inside_its_own_value) {
  const auto error = error_of("a: &a\n  b: *a\n");
  EXPECT_EQ(error.message(), "An alias (*…) is inside the value that it refers to.");
  EXPECT_EQ(place_of(error), "app.config.yaml:2:6");
}

TEST(YamlParse, refuses_an_alias_without_an_anchor) {
  const auto error = error_of("a: 1\nb: *c\n");
  EXPECT_EQ(error.code(), "invalid_yaml");
  EXPECT_EQ(place_of(error), "app.config.yaml:2:4");
  EXPECT_THAT(error.hint(), HasSubstr("needs its &name"));
}

TEST(YamlParse, limits_depth_in_every_style) {
  std::string block;
  for (int level = 0; level < 150; ++level) block += std::string(static_cast<std::size_t>(level), ' ') + "a:\n";
  for (const auto& text : {std::string(150, '[') + std::string(150, ']'), block}) {
    const auto error = error_of(text);
    EXPECT_EQ(error.code(), "invalid_yaml");
    EXPECT_EQ(error.message(), "Values are nested more than 100 levels deep.");
  }
}

TEST(YamlParse, refuses_endless_brackets_before_reading_all_of_them) {
  const auto many = [](const std::string& piece) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += piece;
    return text;
  };
  for (const std::string begin : {"", "a: ", "a:\n  - ", "a: &b ", "? "}) {
    for (const auto* piece : {"[", "{", "[ {", "[a,", "[\n", "{\"[\": "}) {
      EXPECT_EQ(error_of(begin + many(piece)).message(), "Values are nested more than 100 levels deep.")
          << begin << piece;
    }
  }
  EXPECT_EQ(place_of(error_of("a:\n  " + many("["))), "app.config.yaml:2:1003");
}

TEST(YamlParse, does_not_count_brackets_in_strings) {
  std::string block = "a: |\n";
  for (int line = 0; line < 2'000; ++line) block += "  if [ {\n";
  for (const auto& text : {block, "a: x " + std::string(2'000, '['), "a: \"" + std::string(2'000, '[') + '"',
                           "a: '" + std::string(2'000, '{') + '\'', "a: 1 # " + std::string(2'000, '['),
                           "a: [\"" + std::string(2'000, '[') + "\", '" + std::string(2'000, '[') + "']"}) {
    EXPECT_TRUE(parse(text).is_map()) << text.substr(0, 20);
  }
}

TEST(YamlParse, limits_the_size_of_a_file) {
  YamlLimits limits;
  limits.max_bytes = 10;
  const auto error = error_of("a: 0123456789", limits);
  EXPECT_THAT(error.message(), HasSubstr("13 bytes, more than the 10"));
}

TEST(YamlParse, reports_a_tab_in_the_indentation) {
  for (const auto* text : {"a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n", "a:\n  - b\n  \tc: 2\n"}) {
    const auto error = error_of(text);
    EXPECT_EQ(error.code(), "invalid_yaml") << text;
    EXPECT_EQ(error.message(), "This line is indented by a tab, which YAML does not allow.") << text;
    EXPECT_EQ(error.hint(), "Replace the tab with spaces.") << text;
  }
  EXPECT_EQ(place_of(error_of("a:\n  b: 1\n\tc: 2\n")), "app.config.yaml:3:1");
}

TEST(YamlParse, reports_the_position_and_a_hint_for_a_syntax_error) {
  struct Case {
    std::string text;
    int line;
    std::string hint;
  };
  for (const auto& [text, line, hint] :
       {Case{"a: b: c\n", 1, "quotes"}, Case{"a: 1\n b: 2\n", 2, "indentation"}, Case{"a: [1, 2\nb: 3\n", 2, "Close"},
        Case{"c: 1\na: \"x\nb: 1\n", 2, "closed"}, Case{"a: 'it''s\n", 1, "closed"},
        Case{"a: &b \"\\\"\n", 1, "closed"}, Case{"a: @x\n", 1, "quotes"}, Case{"a: `x`\n", 1, "quotes"},
        Case{"a: \"\\q\"\n", 1, "escape"}, Case{"a: }\n", 1, "Close"}, Case{"a:\n  b: 1\n c: 2\n", 3, "Indent"},
        Case{"- a\nb: c\n", 2, "indentation"}, Case{"a: 1\n- b\n", 2, "Indent"},
        Case{"a: \"x\n---\nb: 1\n", 2, "`---`"}, Case{"a: *\n", 1, "begins with * or &"},
        Case{"a: \"\\xZZ\"\n", 1, "escape"}, Case{"a: \"\\U00110000\"\n", 1, "escape"}}) {
    const auto error = error_of(text);
    EXPECT_EQ(error.code(), "invalid_yaml") << text << error.message();
    ASSERT_TRUE(error.where()) << text;
    EXPECT_EQ(error.where()->line, line) << text << error.to_string();
    EXPECT_GT(error.where()->column, 0) << text;
    EXPECT_THAT(error.hint(), HasSubstr(hint)) << text << error.message();
  }
}

TEST(YamlParse, reports_the_position_where_the_file_ends_too_early) {
  for (const auto& [text, place] : {std::pair("a: [1,", "1:7"), std::pair("a:\n  b: [\n\n\n", "2:7"),
                                    std::pair("a: {\u00e4: b\n", "1:9"), std::pair("a: *", "1:5")}) {
    EXPECT_EQ(place_of(error_of(text)), std::string("app.config.yaml:") + place) << text;
  }
}

TEST(YamlParse, refuses_invalid_utf8_and_reports_its_position) {
  const auto error = error_of("a: 1\nné: gr\xFC\xDF\n");
  EXPECT_EQ(error.message(), "The byte 0xFC is not UTF-8.");
  EXPECT_EQ(place_of(error), "app.config.yaml:2:7");
  for (const auto* bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"})
    EXPECT_EQ(error_of(bad).code(), "invalid_yaml");
}

TEST(YamlParse, refuses_utf16_and_control_characters) {
  EXPECT_EQ(error_of(std::string_view("\xFF\xFE"
                                      "a\0:\0",
                                      6))
                .message(),
            "app.config.yaml is UTF-16 text.");
  EXPECT_EQ(error_of(std::string_view("a\0:\0 \0b\0", 8)).message(), "app.config.yaml is UTF-16 text.");
  const auto error = error_of("a: x\x04y\nb: 1\n");
  EXPECT_EQ(error.message(), "YAML does not allow the control character 0x04.");
  EXPECT_EQ(place_of(error), "app.config.yaml:1:5");
  EXPECT_EQ(error_of(std::string_view("a: \0", 4)).code(), "invalid_yaml");
}

TEST(YamlParse, keeps_block_scalars_and_folded_text) {
  EXPECT_EQ(as_json("a: |\n  x\n\n  y\nb: >-\n  x\n  y\nc: \"x\\ty\"\nd: 'it''s'\n"),
            R"({"a":"x\n\ny\n","b":"x y","c":"x\ty","d":"it's"})");
}

TEST(YamlParse, finds_columns_of_a_long_line_in_linear_time) {
  const auto node = parse(cat("é: [", repeated("a,", 150'000), "b]"));
  EXPECT_EQ(node.entries[0].value.items.back().column, 150'005);
  const auto wide = parse(cat("[", repeated("é,", 240'000), "b]"));
  EXPECT_EQ(wide.items.back().column, 160'002);
  EXPECT_EQ(parse(cat("[", repeated("!,", 150'000), "b]")).items.size(), 75'001U);
}

TEST(YamlParse, limits_the_values_that_aliases_multiply) {
  const auto text = cat("a: &a ", repeated("x", 500'000), "\nb: [", repeated("*a,", 100'000), "]");
  EXPECT_EQ(error_of(text).message(), "The file has more than 8388608 bytes of text after its aliases are expanded.");
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 9; ++level)
    laughs += cat("a", level, ": &a", level, " [", repeated(cat("*a", level - 1, ","), 40), "]\n");
  EXPECT_EQ(error_of(laughs).message(), "The file has more than 100000 values after its aliases are expanded.");
  std::string nested;
  for (int level = 0; level < 90; ++level) nested += cat("&a", level, " [");
  EXPECT_EQ(error_of(cat(nested, repeated("x,", 60'000), std::string(90, ']'))).message(),
            "The file has more than 100000 values after its aliases are expanded.");
  EXPECT_EQ(as_json("a: &a {b: &b [1, &c 2]}\nc: *a\nd: *b\ne: *c"),
            R"({"a":{"b":[1,2]},"c":{"b":[1,2]},"d":[1,2],"e":2})");
}

}  // namespace
}  // namespace adit::app
