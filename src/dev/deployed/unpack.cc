#include "dev/deployed/unpack.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <set>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"

#include "base/descriptor.h"
#include "base/secret/freed.h"
#include "base/system_reason.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "system/files/inside.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_zip(std::string_view why) {
  throw Error::configuration("invalid_zip", cat("The code is not a zip that can be used: ", why, "."));
}

/// Returns the path in normal form; empty for the folder itself.
std::string checked_path(std::string_view text) {
  if (text.empty() || text.front() == '/' || text.find('\0') != std::string_view::npos ||
      text.find('\\') != std::string_view::npos)
    refuse_zip("a file has a name that no zip should have");
  auto path = fs::path(text).lexically_normal().string();
  while (path.ends_with('/')) path.pop_back();
  if (path == ".." || path.starts_with("../")) refuse_zip("a file would lie outside of its folder");
  return path == "." ? std::string() : path;
}

std::string checked_link(const std::string& path, std::string_view target) {
  if (target.empty() || target.front() == '/') refuse_zip("a link leads out of its folder");
  const auto leads_to = (fs::path(path).parent_path() / fs::path(target)).lexically_normal().string();
  if (leads_to == ".." || leads_to.starts_with("../")) refuse_zip("a link leads out of its folder");
  return std::string(target);
}

std::string read_member(archive* zip, std::size_t room) {
  std::string bytes;
  std::array<char, 65'536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): libarchive writes it
  for (;;) {
    const auto count = archive_read_data(zip, buffer.data(), buffer.size());
    if (count == 0) return bytes;
    if (count < 0) refuse_zip("it is damaged or encrypted");
    if (bytes.size() + static_cast<std::size_t>(count) > room) refuse_zip("its files are larger than allowed");
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void write_new_file(const fs::path& path, const UnpackedFile& file) {
  const Descriptor out(
      ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, file.executable ? 0700 : 0600));
  if (!out || !write_all(out.get(), file.bytes))
    refuse_zip(cat(file.path, " cannot be written (", system_reason(errno), ")"));
}

void make_parents(const fs::path& folder, const std::string& path) {
  std::error_code error;
  fs::create_directories((folder / path).parent_path(), error);
  if (error) refuse_zip(cat(path, " has a file for a folder"));
}

}  // namespace

std::vector<UnpackedFile> read_deployed_zip(std::string_view bytes, const UnpackLimits& limits) {
  const std::unique_ptr<archive, Freed<archive_read_free>> zip(archive_read_new());
  archive_read_support_format_zip_seekable(zip.get());
  if (archive_read_open_memory(zip.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) refuse_zip("it is damaged");
  std::vector<UnpackedFile> files;
  std::set<std::string> names;
  std::size_t size = 0;
  std::size_t members = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const auto status = archive_read_next_header(zip.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status < ARCHIVE_WARN) refuse_zip("it is damaged or encrypted");
    if (++members > limits.max_files) refuse_zip(cat("it has more than ", limits.max_files, " files"));
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) refuse_zip("a file has no name");
    UnpackedFile file;
    file.path = checked_path(name);
    const auto type = archive_entry_filetype(entry);
    if (type == AE_IFDIR || file.path.empty()) continue;
    if (type == AE_IFLNK) {
      const char* target = archive_entry_symlink(entry);
      file.link = checked_link(file.path, target != nullptr ? target : "");
    } else if (type == AE_IFREG) {
      file.executable = (archive_entry_perm(entry) & 0111U) != 0;
      file.bytes = read_member(zip.get(), limits.max_bytes - size);
      size += file.bytes.size();
    } else {
      refuse_zip("it contains something that is neither a file nor a folder nor a link");
    }
    if (!names.insert(file.path).second) refuse_zip(cat("it has two files ", file.path));
    files.push_back(std::move(file));
  }
  if (files.empty()) refuse_zip("it has no files");
  return files;
}

void write_unpacked(const std::vector<UnpackedFile>& files, const std::string& folder) {
  for (const auto& file : files) {
    make_parents(folder, file.path);
    if (file.link.empty()) write_new_file(fs::path(folder) / file.path, file);
  }
  for (const auto& file : files) {
    if (file.link.empty()) continue;
    if (::symlink(file.link.c_str(), (fs::path(folder) / file.path).c_str()) != 0)
      refuse_zip(cat(file.path, " cannot be written (", system_reason(errno), ")"));
  }
  for (const auto& file : files)
    if (!file.link.empty() && !is_inside(fs::path(folder) / file.path, folder)) {
      for (const auto& link : files)
        if (!link.link.empty()) ::unlink((fs::path(folder) / link.path).c_str());
      refuse_zip("a link leads out of its folder");
    }
}

}  // namespace adit::dev
