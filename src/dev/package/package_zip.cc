#include "dev/package/package_zip.h"

#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "adit/error.h"

#include "base/secret/freed.h"
#include "base/text/text.h"

namespace adit::dev {
namespace {

void check(archive* zip, la_ssize_t result) {
  if (result < ARCHIVE_WARN) {
    const char* why = archive_error_string(zip);
    throw Error::failure("zip_failed", cat("The zip could not be made: ", why != nullptr ? why : "unknown", "."))
        .hint("Check the folder's permissions, and the space left on its disk.");
  }
}

la_ssize_t append(archive* /*zip*/, void* text, const void* bytes, std::size_t count) {
  static_cast<std::string*>(text)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

}  // namespace

std::string zip_files(const std::vector<PackagedFile>& files) {
  std::string bytes;
  const std::unique_ptr<archive, Freed<archive_write_free>> zip(archive_write_new());
  check(zip.get(), archive_write_set_format_zip(zip.get()));
  check(zip.get(), archive_write_set_options(zip.get(), "zip:compression=deflate,zip:compression-level=9"));
  check(zip.get(), archive_write_set_bytes_in_last_block(zip.get(), 1));
  check(zip.get(), archive_write_open(zip.get(), &bytes, nullptr, append, nullptr));
  for (const auto& file : files) {
    // No time is set: libarchive then writes the earliest time that the zip format allows, independent of clock and
    // time zone.
    const std::unique_ptr<archive_entry, Freed<archive_entry_free>> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.path.c_str());
    archive_entry_set_filetype(entry.get(), S_IFREG);
    archive_entry_set_perm(entry.get(), file.executable ? 0755 : 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
    check(zip.get(), archive_write_header(zip.get(), entry.get()));
    const auto written = archive_write_data(zip.get(), file.bytes.data(), file.bytes.size());
    check(zip.get(), written);
    if (static_cast<std::size_t>(written) != file.bytes.size())
      throw Error::failure("zip_failed", cat("The zip could not be made: ", file.path, " was cut."))
          .hint("Check the folder's permissions, and the space left on its disk.");
  }
  check(zip.get(), archive_write_close(zip.get()));
  return bytes;
}

}  // namespace adit::dev
