#include "dev/sources/file_stamps.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/text/text.h"
#include "dev/sources/own_output.h"
#include "system/files/replace_file.h"
#include "system/files/resolve_for_writing.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader = "adit build stamps 2";

long long nanoseconds_of(const timespec& time) {
  return static_cast<long long>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamps::Stamp FileStamps::Stamp::of(const std::string& path, const struct stat* status) {
  if (status == nullptr) return {.path = path, .changed_ns = -1, .content_changed_ns = -1, .size = -1};
  return {.path = path,
          .changed_ns = nanoseconds_of(status->st_ctim),
          .content_changed_ns = nanoseconds_of(status->st_mtim),
          .size = S_ISDIR(status->st_mode) ? 0 : static_cast<long long>(status->st_size)};
}

FileStamps::Stamp FileStamps::Stamp::of(const std::string& path) {
  struct stat status {};
  return of(path, ::stat(path.c_str(), &status) == 0 ? &status : nullptr);
}

void FileStamps::add(const std::string& path) {
  struct stat status {};
  const auto* found = ::stat(path.c_str(), &status) == 0 ? &status : nullptr;
  const bool own = found != nullptr && is_own_output(status);
  if (!own && path.find('\n') == std::string::npos) stamps_.push_back(Stamp::of(path, found));
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

bool FileStamps::contents_unchanged() const {
  return !stamps_.empty() && std::ranges::all_of(stamps_, [](const Stamp& stamp) {
    const auto now = Stamp::of(stamp.path);
    return now.content_changed_ns == stamp.content_changed_ns && now.size == stamp.size;
  });
}

bool FileStamps::contains(const std::string& path) const {
  return std::ranges::any_of(stamps_, [&path](const Stamp& stamp) { return stamp.path == path; });
}

std::vector<std::string> FileStamps::paths() const {
  std::vector<std::string> all;
  for (const auto& stamp : stamps_) all.push_back(stamp.path);
  return all;
}

FileStamps FileStamps::load(const std::string& path) {
  std::istringstream file;
  try {
    file.str(read_file(path));
  } catch (const Error&) {
    return {};
  }
  FileStamps stamps;
  std::string line;
  if (!std::getline(file, line) || line != kHeader || !std::getline(file, stamps.note_)) return {};
  while (std::getline(file, line)) {
    Stamp stamp;
    const char* end = line.data() + line.size();
    const char* at = line.data();
    for (auto* number : {&stamp.changed_ns, &stamp.content_changed_ns, &stamp.size}) {
      const auto read = std::from_chars(at, end, *number);
      if (read.ec != std::errc() || read.ptr == end) return {};
      at = read.ptr + 1;
    }
    stamp.path.assign(at, end);
    stamps.stamps_.push_back(std::move(stamp));
  }
  return stamps;
}

void FileStamps::save(const std::string& path) const {
  auto text = cat(kHeader, '\n', note_, '\n');
  for (const auto& stamp : stamps_)
    text += cat(stamp.changed_ns, ' ', stamp.content_changed_ns, ' ', stamp.size, ' ', stamp.path, '\n');
  replace_file({.path = path, .before = read_file_if_there(path), .after = std::move(text), .new_mode = 0644});
}

bool is_kept_read_only(const FileStamps& stamps, const std::string& folder) {
  std::error_code error;
  fs::path nearest = folder;
  while (!fs::exists(nearest, error) && nearest.has_relative_path()) nearest = nearest.parent_path();
  return ::access(nearest.c_str(), W_OK) != 0 && stamps.contents_unchanged();
}

}  // namespace adit::dev
