#include "system/files/user_folders.h"

#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace adit {
namespace {

/// Sets a variable of this process until the test ends; nullptr removes it.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name); before != nullptr) before_ = before;
    set(value);
  }
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const { value != nullptr ? ::setenv(name_, value, 1) : ::unsetenv(name_); }

  const char* name_;
  std::optional<std::string> before_;
};

TEST(UserFolders, are_those_of_xdg) {
  const Variable home("HOME", "/home/me");
  const Variable cache("XDG_CACHE_HOME", "/cache");
  const Variable config("XDG_CONFIG_HOME", "/config");
  EXPECT_EQ(cache_folder(), "/cache/adit");
  EXPECT_EQ(config_folder(), "/config/adit");
}

TEST(UserFolders, are_below_home_if_xdg_names_no_absolute_path) {
  const Variable home("HOME", "/home/me");
  const Variable cache("XDG_CACHE_HOME", "cache");
  const Variable config("XDG_CONFIG_HOME", nullptr);
  EXPECT_EQ(cache_folder(), "/home/me/.cache/adit");
  EXPECT_EQ(config_folder(), "/home/me/.config/adit");
}

TEST(UserFolders, are_empty_without_an_absolute_path) {
  const Variable home("HOME", "home");
  const Variable cache("XDG_CACHE_HOME", nullptr);
  const Variable config("XDG_CONFIG_HOME", "");
  EXPECT_EQ(cache_folder(), "");
  EXPECT_EQ(config_folder(), "");
}

}  // namespace
}  // namespace adit
