#include "adit/environment.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): setenv

#include "adit/json.h"

#include "base/text/text.h"
#include "config/user_defaults.h"

namespace adit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EnvFile file(std::string_view text) { return EnvFile::parse(text, ".env"); }

std::string written(const std::string& name, std::string_view bytes) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(EnvFile, names_each_variable_as_adobes_loader_does) {
  // tests/app_config_oracle/make_cases.js made these cases with the loader itself, in a process that had SET set.
  const auto cases = parse_json(read_file(ADIT_SOURCE_DIR "/tests/app_config_oracle/cases.json"), "cases.json");
  for (const auto& one : cases.at("env_files").as_array()) {
    const auto text = std::string(one.at(0).as_string());
    Environment environment;
    environment.add_file(EnvFile::parse(text, ".env")).set("SET", "from the process");
    json::object found;
    for (const auto& name : environment.names()) found[name] = json::string(environment.find(name)->value);
    EXPECT_EQ(json::value(found), one.at(1)) << text;
  }
}

TEST(Environment, overrides_precede_the_process_and_the_process_precedes_the_file) {
  Environment environment;
  environment.add_file(file("A=file\nB=file\nC=file"));
  environment.set("A", "process").set("B", "process");
  environment.set_override("A", "flag");
  EXPECT_EQ(environment.get("A"), "flag");
  EXPECT_EQ(environment.get("B"), "process");
  EXPECT_EQ(environment.get("C"), "file");
  EXPECT_EQ(environment.get("D"), std::nullopt);
}

TEST(Environment, an_empty_process_variable_hides_the_files_value) {
  Environment environment;
  environment.set("A", "").add_file(file("A=file"));
  EXPECT_EQ(environment.get("A"), "");
  EXPECT_EQ(environment.get_or("A", "fallback"), "");
  EXPECT_EQ(environment.get_or("B", "fallback"), "fallback");
}

TEST(Environment, everything_precedes_the_users_defaults) {
  set_user_defaults(EnvFile::parse("ADIT_TEST_A=default\n\nADIT_TEST_B=default\nADIT_TEST_C=default\n", "/config"));
  ::setenv("ADIT_TEST_A", "process", 1);
  auto environment = Environment::process();
  EXPECT_EQ(environment.find("ADIT_TEST_B")->origin, (SourcePosition{"/config", 3, 0}));
  environment.add_file(file("ADIT_TEST_A=file\nADIT_TEST_B=file"));
  EXPECT_EQ(environment.get("ADIT_TEST_A"), "process");
  EXPECT_EQ(environment.get("ADIT_TEST_B"), "file");
  EXPECT_EQ(environment.get("ADIT_TEST_C"), "default");
  ::unsetenv("ADIT_TEST_A");
  set_user_defaults({});
  EXPECT_EQ(Environment::process().get("ADIT_TEST_C"), std::nullopt);
}

TEST(Environment, knows_the_position_of_a_value) {
  Environment environment;
  environment.add_file(file("# head\nA=1\n")).set("B", "2").set_override("C", "3");
  EXPECT_EQ(environment.find("A")->origin, (SourcePosition{".env", 2, 0}));
  EXPECT_EQ(environment.find("B")->origin.to_string(), "the environment");
  EXPECT_EQ(environment.find("C")->origin.to_string(), "the command line");
  EXPECT_EQ(environment.find("D"), nullptr);
  EXPECT_EQ(environment.file_path(), ".env");
}

TEST(Environment, knows_the_source_of_a_value) {
  set_user_defaults(EnvFile::parse("D=4\nA=default", "/config"));
  auto environment = Environment::process();
  set_user_defaults({});
  environment.add_file(file("A=1\nE= \n")).set("B", "2").set_override("C", "3");
  EXPECT_EQ(environment.find("A")->source, SettingSource::project);
  EXPECT_EQ(environment.find("B")->source, SettingSource::environment);
  EXPECT_EQ(environment.find("C")->source, SettingSource::command_line);
  EXPECT_EQ(environment.find("D")->source, SettingSource::user_file);
  const auto origin = environment.origin_of("A");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->name, "A");
  EXPECT_EQ(origin->source, SettingSource::project);
  EXPECT_EQ(origin->where, (SourcePosition{".env", 1, 0}));
  EXPECT_FALSE(environment.origin_of("E")) << "a blank value counts as not set";
  EXPECT_FALSE(environment.origin_of("F"));
  environment.set_override("B", *environment.find("A"));
  EXPECT_EQ(environment.find("B")->source, SettingSource::project);
}

TEST(Environment, the_later_of_two_entries_in_a_file_is_used) {
  Environment environment;
  environment.add_file(file("A=1\nA=2"));
  EXPECT_EQ(environment.get("A"), "2");
  EXPECT_EQ(environment.find("A")->origin.line, 2);
}

TEST(Environment, the_earlier_of_two_files_is_used) {
  Environment environment;
  environment.add_file(EnvFile::parse("A=1", ".env.local")).add_file(EnvFile::parse("A=2\nB=2", ".env"));
  EXPECT_EQ(environment.get("A"), "1");
  EXPECT_EQ(environment.get("B"), "2");
  EXPECT_EQ(environment.file_path(), ".env.local");
}

TEST(Environment, finds_a_name_in_any_letter_case_but_prefers_the_exact_name) {
  Environment environment;
  environment.add_file(file("AIO_runtime_auth=file\naio_other=x"));
  EXPECT_EQ(environment.find_ignoring_case("AIO_RUNTIME_AUTH")->value, "file");
  environment.set("aio_runtime_AUTH", "process");
  EXPECT_EQ(environment.find_ignoring_case("AIO_RUNTIME_AUTH")->value, "process");
  environment.set("AIO_RUNTIME_auth", "exact");
  EXPECT_EQ(environment.find_ignoring_case("AIO_RUNTIME_auth")->value, "exact");
  EXPECT_EQ(environment.find_ignoring_case("AIO"), nullptr);
}

TEST(Environment, names_are_sorted_and_unique) {
  Environment environment;
  environment.add_file(file("B=1\nA=1")).set("B", "2").set_override("C", "3");
  EXPECT_THAT(environment.names(), ElementsAre("A", "B", "C"));
}

TEST(Environment, process_returns_a_snapshot) {
  setenv("ADIT_TEST_VARIABLE", "a=b", 1);
  setenv("ADIT_TEST_EMPTY", "", 1);
  const Environment environment = Environment::process();
  setenv("ADIT_TEST_VARIABLE", "changed", 1);
  EXPECT_EQ(environment.get("ADIT_TEST_VARIABLE"), "a=b");
  EXPECT_EQ(environment.get("ADIT_TEST_EMPTY"), "");
  unsetenv("ADIT_TEST_VARIABLE");
  unsetenv("ADIT_TEST_EMPTY");
  EXPECT_EQ(Environment::process().get("ADIT_TEST_VARIABLE"), std::nullopt);
}

TEST(EnvFile, reads_a_file) {
  const std::string path = written("read.env", "A=1\r\nB=2\r\n");
  const EnvFile read = EnvFile::read(path);
  EXPECT_EQ(read.path, path);
  ASSERT_EQ(read.entries.size(), 2U);
  EXPECT_EQ(read.entries[1].value, "2");
  std::filesystem::remove(path);
}

TEST(EnvFile, an_error_names_the_missing_file) {
  try {
    static_cast<void>(EnvFile::read("/nowhere/.env"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "file_unreadable");
    EXPECT_TRUE(error.is_configuration());
    EXPECT_EQ(error.message(), "Cannot read /nowhere/.env: No such file or directory.");
  }
}

TEST(EnvFile, an_error_says_that_a_file_is_utf16) {
  const std::string path = written("utf16.env", std::string("\xFF\xFE"
                                                            "A\0=\0"
                                                            "1\0",
                                                            8));
  try {
    static_cast<void>(EnvFile::read(path));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "file_unreadable");
    EXPECT_THAT(error.message(), HasSubstr("UTF-16"));
    EXPECT_THAT(error.hint(), HasSubstr("UTF-8"));
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace adit
