#include "dev/sources/watch.h"

#include <filesystem>
#include <functional>

#include <sys/stat.h>

#include "dev/sources/own_output.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

/// Mixes a word into a hash as FNV-1a mixes bytes. The final shift keeps sums of hashes from cancelling out.
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29U);
}

/// A hash of the file's state; 0 if it does not exist, or if this program itself writes it.
std::uint64_t stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || is_own_output(status)) return 0;
  auto hash = mix(std::hash<std::string>()(path), status.st_mode);
  // The time of a folder changes with every temporary file of an editor. The files in it are checked anyway.
  if (S_ISDIR(status.st_mode)) return hash;
  hash = mix(hash, status.st_ino);
  hash = mix(hash, static_cast<std::uint64_t>(status.st_size));
  hash = mix(hash, static_cast<std::uint64_t>(status.st_ctim.tv_sec));
  return mix(hash, static_cast<std::uint64_t>(status.st_ctim.tv_nsec));
}

bool is_skipped(const std::string& name) {
  return name.starts_with('.') || name == "node_modules" || name == "dist" || name.ends_with('~');
}

}  // namespace

std::uint64_t state_of(const ActionSources& sources) {
  // The hashes are summed, because file systems list files in any order.
  std::uint64_t state = 1;
  for (const auto& folder : sources.folders) {
    std::error_code error;
    auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (is_skipped(entry->path().filename().string())) {
        entry.disable_recursion_pending();
      } else {
        state += stamp_of(entry->path().string());
      }
    }
  }
  for (const auto& file : sources.files) state += stamp_of(file);
  return state;
}

}  // namespace adit::dev
