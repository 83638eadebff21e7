#include "cli/import/import_zip.h"

#include <filesystem>
#include <memory>

#include <archive.h>
#include <archive_entry.h>

#include "adit/error.h"

#include "base/secret/freed.h"
#include "base/text/text.h"

namespace adit::cli {
namespace {

constexpr std::size_t kMaxMembers = 100;
constexpr std::size_t kMaxUnpackedBytes = 1U << 20U;

Error refuse(const std::string& shown, std::string_view what) {
  return Error::configuration("invalid_zip", cat(shown, ' ', what))
      .hint("Give the config.zip that the Developer Console made, with the key and the certificate in it.");
}

/// Returns true for names that lead out of the archive, including Windows paths: `..\key`, `C:\key`.
bool leads_out(const std::string& name) {
  const std::filesystem::path path(replace_all(name, "\\", "/"));
  if (path.is_absolute() || name.find(':') != std::string::npos) return true;
  for (const auto& part : path) {
    if (part == "..") return true;
  }
  return false;
}

}  // namespace

std::vector<ZipMember> read_zip(std::string_view bytes, const std::string& shown) {
  const std::unique_ptr<archive, Freed<archive_read_free>> zip(archive_read_new());
  archive_read_support_format_zip(zip.get());
  if (archive_read_open_memory(zip.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    throw refuse(shown, "is not a readable zip archive.");
  std::vector<ZipMember> members;
  std::size_t total = 0;
  std::size_t seen = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int next = archive_read_next_header(zip.get(), &entry);
    if (next == ARCHIVE_EOF) return members;
    if (next != ARCHIVE_OK && next != ARCHIVE_WARN) throw refuse(shown, "is damaged.");
    if (++seen > kMaxMembers) throw refuse(shown, "has more than 100 members.");
    if (archive_entry_is_encrypted(entry) != 0) throw refuse(shown, "is encrypted: unpack it with its password first.");
    const char* raw = archive_entry_pathname(entry);
    const std::string name = raw == nullptr ? "" : raw;
    if (name.empty() || leads_out(name)) throw refuse(shown, "has a member whose name leads out of the archive.");
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    if (archive_entry_filetype(entry) != AE_IFREG) throw refuse(shown, "has a member that is not a file.");
    std::string text;
    char buffer[8192];
    for (;;) {
      // The size in the header may be wrong, so count the extracted bytes.
      const auto count = archive_read_data(zip.get(), buffer, sizeof buffer);
      if (count < 0) throw refuse(shown, "is damaged.");
      if (count == 0) break;
      total += static_cast<std::size_t>(count);
      if (total > kMaxUnpackedBytes) throw refuse(shown, "contains more than 1 MB, far more than keys need.");
      text.append(buffer, static_cast<std::size_t>(count));
    }
    wipe(buffer, sizeof buffer);
    members.push_back({name, Secret::taken_from(text)});
  }
}

}  // namespace adit::cli
