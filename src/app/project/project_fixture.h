#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/project/load_project.h"
#include "base/text/text.h"
#include "system/files/temporary_folder.h"

namespace adit::app {

/// Two packages for write_manifest(). Both have an action `both`; the sequence names an action of the other package.
inline constexpr std::string_view kTwoPackages = R"(      first:
        actions:
          one: {function: a}
          both: {function: b}
      second:
        actions:
          both: {function: c, runtime: 'CPP:20'}
        sequences:
          chain: {actions: 'one, both', web: raw}
)";

/// Gives each test its own temporary folder, which is removed afterwards.
class ProjectFixture : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& relative) const { return root_ + "/" + relative; }

  void write(const std::string& relative, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(path(relative)).parent_path());
    std::ofstream(path(relative), std::ios::binary) << text;
  }

  [[nodiscard]] Project load() const { return load_project(root_); }

  /// Returns the error that `run` throws, or one with the code "none" if it does not throw.
  template <typename Run>
  static Error error_of(Run run) {
    try {
      run();
    } catch (const Error& error) {
      return error;
    }
    return Error::failure("none", "nothing was thrown");
  }
  [[nodiscard]] Error load_error() const {
    return error_of([this] { (void)load(); });
  }
  /// Returns the error of loading an application with these packages. Their indentation must be 6, to fit below
  /// `packages:`.
  [[nodiscard]] Error manifest_error(std::string_view packages) const {
    write_manifest(packages);
    return load_error();
  }
  void write_manifest(std::string_view packages) const {
    write("app.config.yaml", cat("application:\n  runtimeManifest:\n    packages:\n", packages));
  }
  /// Returns the error's position, relative to the project.
  [[nodiscard]] std::string place_of(const Error& error) const {
    return error.where() ? relative(error.where()->to_string()) : "nowhere";
  }
  /// Returns the text without the path of the project.
  [[nodiscard]] std::string relative(const std::string& text) const { return replace_all(text, root_ + "/", ""); }

  const TemporaryFolder folder_{testing::TempDir() + "adit-app"};
  const std::string root_ = std::filesystem::canonical(folder_.path()).string();
};

}  // namespace adit::app
