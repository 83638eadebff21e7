#include "dev/sources/file_stamps.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <sys/stat.h>

#include "adit/error.h"

#include "base/text.h"
#include "system/resolve_for_writing.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader = "adit build stamps 1";

}  // namespace

FileStamps::Stamp FileStamps::Stamp::of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {.path = path, .changed_ns = -1, .size = -1};
  const auto changed = static_cast<long long>(status.st_ctim.tv_sec) * 1'000'000'000 + status.st_ctim.tv_nsec;
  return {.path = path,
          .changed_ns = changed,
          .size = S_ISDIR(status.st_mode) ? 0 : static_cast<long long>(status.st_size)};
}

void FileStamps::add(const std::string& path) {
  if (path.find('\n') == std::string::npos) stamps_.push_back(Stamp::of(path));
}

void FileStamps::add_tree(const std::string& folder) {
  add(folder);
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with('.')) {
      entry.disable_recursion_pending();
    } else {
      add(entry->path().string());
    }
  }
}

bool FileStamps::unchanged() const {
  return !stamps_.empty() &&
         std::ranges::all_of(stamps_, [](const Stamp& stamp) { return stamp == Stamp::of(stamp.path); });
}

bool FileStamps::contains(const std::string& path) const {
  return std::ranges::any_of(stamps_, [&path](const Stamp& stamp) { return stamp.path == path; });
}

FileStamps FileStamps::load(const std::string& path) {
  std::ifstream file(path);
  FileStamps stamps;
  std::string line;
  if (!std::getline(file, line) || line != kHeader || !std::getline(file, stamps.note_)) return {};
  while (std::getline(file, line)) {
    Stamp stamp;
    const char* end = line.data() + line.size();
    const auto changed = std::from_chars(line.data(), end, stamp.changed_ns);
    if (changed.ec != std::errc() || changed.ptr == end) return {};
    const auto size = std::from_chars(changed.ptr + 1, end, stamp.size);
    if (size.ec != std::errc() || size.ptr == end) return {};
    stamp.path.assign(size.ptr + 1, end);
    stamps.stamps_.push_back(std::move(stamp));
  }
  return stamps;
}

void FileStamps::save(const std::string& path) const {
  const auto temporary = resolve_for_writing(path + ".new");
  std::ofstream file(temporary, std::ios::trunc);
  file << kHeader << '\n' << note_ << '\n';
  for (const auto& stamp : stamps_) file << stamp.changed_ns << ' ' << stamp.size << ' ' << stamp.path << '\n';
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) {
    throw Error::configuration("file_unwritable", cat(path, " cannot be written."))
        .hint("Check the folder's permissions, and the space left on its disk.");
  }
}

}  // namespace adit::dev
