#include "app/project/bundler.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include <unistd.h>

#include "app/project/is_file.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

std::string ending_of(const std::string& path) { return to_lower(std::filesystem::path(path).extension().string()); }

}  // namespace

std::string find_bundler(const std::string& root) {
  // Prefer the program for this machine to the script that starts it.
#if defined(__aarch64__)
  constexpr auto kProgram = "node_modules/@esbuild/linux-arm64/bin/esbuild";
#else
  constexpr auto kProgram = "node_modules/@esbuild/linux-x64/bin/esbuild";
#endif
  for (const auto* place : {kProgram, "node_modules/.bin/esbuild", "node_modules/esbuild/bin/esbuild"}) {
    const auto path = std::filesystem::path(root) / place;
    if (is_file(path) && ::access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

bool is_typescript(const std::string& path) {
  constexpr std::array<std::string_view, 4> kEndings = {".ts", ".mts", ".cts", ".tsx"};
  return std::ranges::find(kEndings, ending_of(path)) != kEndings.end();
}

bool is_bundled(const Project& project, const Action& action) {
  if (!action.is_node() || action.function_path.empty() || ending_of(action.function) == ".zip") return false;
  std::error_code error;
  return !std::filesystem::is_directory(action.function_path, error) && !find_bundler(project.root).empty();
}

}  // namespace adit::app
