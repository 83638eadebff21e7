#include "app/check/mapping_edit.h"

#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::app {
namespace {

TEST(MappingLine, is_valid_yaml_for_every_name) {
  EXPECT_EQ(mapping_line("JWT_CLIENT_ID"), "JWT_CLIENT_ID: $JWT_CLIENT_ID");
  EXPECT_EQ(mapping_line("_x-1"), "_x-1: $_x-1");
  for (const std::string name : {"1E3", "0x1F", "007", "null", "NULL", "True", "-", "---", "-x"})
    EXPECT_EQ(mapping_line(name), cat("'", name, "': $", name));
}

TEST(MappingLine, does_not_exist_for_invalid_variable_names) {
  for (const auto* name : {"", "A.B", "A: 1", "A\nB", "$A", "A B", "{A}", "\xC3\xA9", "A'"})
    EXPECT_FALSE(mapping_line(name).has_value()) << name;
}

}  // namespace
}  // namespace adit::app
