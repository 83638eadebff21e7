#include "app/yaml/yaml_tree.h"

#include <gtest/gtest.h>

#include "app/yaml/yaml_parse.h"

namespace adit::app {
namespace {

YamlNode tree_of(std::string_view text) { return parse_yaml(text, nullptr); }

TEST(YamlTree, converts_whole_floats_to_integers_in_json) {
  EXPECT_EQ(to_json(to_json_value(tree_of("[1.0, 2e2, -0.0]"))), "[1,200,0]");
}

TEST(YamlTree, describes_values_shortly) {
  EXPECT_EQ(describe(tree_of("[1]")), "a list");
  EXPECT_EQ(describe(tree_of("3.5")), "a number");
  EXPECT_EQ(describe(tree_of("secret")), "a string");
}

}  // namespace
}  // namespace adit::app
