#include "dev/sources/watch.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include <sys/stat.h>

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

/// FNV-1a's mixing over whole words, with a last stir, so that sums of it do not cancel out.
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29U);
}

std::uint64_t stamp_of(const std::string& path, const struct stat& status) {
  auto hash = std::hash<std::string>()(path);
  hash = mix(hash, status.st_mode);
  // A folder's own time changes with every temporary file of an editor; what is in it is looked at anyway.
  if (S_ISDIR(status.st_mode)) return hash;
  hash = mix(hash, status.st_ino);
  hash = mix(hash, static_cast<std::uint64_t>(status.st_size));
  hash = mix(hash, static_cast<std::uint64_t>(status.st_ctim.tv_sec));
  return mix(hash, static_cast<std::uint64_t>(status.st_ctim.tv_nsec));
}

bool is_passed_over(const std::string& name) {
  return name.starts_with('.') || name == "node_modules" || name == "dist" || name.ends_with('~');
}

bool is_script(const std::string& name) {
  constexpr std::array<std::string_view, 5> kEndings = {".js", ".cjs", ".mjs", ".json", ".node"};
  return std::ranges::any_of(kEndings, [&name](std::string_view ending) { return name.ends_with(ending); });
}

void add(SourceState& state, const std::string& path, const std::string& name) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  if (S_ISLNK(status.st_mode) && ::stat(path.c_str(), &status) != 0) return;
  const auto stamp = stamp_of(path, status);
  // A sum: the order in which a file system lists its files means nothing.
  state.all += stamp;
  if (!S_ISDIR(status.st_mode) && is_script(name)) state.scripts += stamp;
}

}  // namespace

SourceState SourceState::of(const std::vector<std::string>& folders) {
  SourceState state;
  for (const auto& folder : folders) {
    std::error_code error;
    auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      const auto name = entry->path().filename().string();
      if (is_passed_over(name)) {
        entry.disable_recursion_pending();
        continue;
      }
      add(state, entry->path().string(), name);
    }
  }
  return state;
}

}  // namespace adit::dev
