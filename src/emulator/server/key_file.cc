#include "emulator/server/key_file.h"

#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/log.h"

#include "base/descriptor.h"
#include "base/system_reason.h"
#include "base/text/text.h"
#include "base/write_all.h"
#include "system/files/resolve_for_writing.h"
#include "system/files/staged_file.h"

namespace adit::emulator {
namespace {

constexpr ::off_t kLargestFile = 64 << 10;

/// The key in the file. `nullopt` if there is none; then `trouble` says why the file cannot be used, or is empty if
/// there is no file.
std::optional<jwt::SigningKey> read_key(const std::string& path, std::string& trouble) {
  trouble.clear();
  // O_NONBLOCK: if the file is a pipe, opening it must not wait for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno != ENOENT) trouble = system_reason(errno);
    return std::nullopt;
  }
  struct ::stat status {};
  std::string text;
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    trouble = "it is not a regular file";
  } else if (status.st_size > kLargestFile) {
    trouble = "it is too large for a key";
  } else {
    text.resize(static_cast<std::size_t>(status.st_size));
    std::size_t have = 0;
    while (have < text.size()) {
      const auto count = ::read(file.get(), text.data() + have, text.size() - have);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      have += static_cast<std::size_t>(count);
    }
    text.resize(have);
    if ((status.st_mode & 077U) != 0) ::fchmod(file.get(), S_IRUSR | S_IWUSR);
  }
  if (!trouble.empty()) return std::nullopt;
  const Secret pem(text);
  wipe(text.data(), text.size());
  try {
    auto key = jwt::SigningKey::from_pem(pem);
    if (key.can_use(jwt::Algorithm::RS256)) return key;
    trouble = "its key is not an RSA key";
  } catch (const Error& error) {
    trouble = error.message();
  }
  return std::nullopt;
}

enum class Existing { keep, replace };

/// Writes the whole key file or nothing. With `keep`, does not replace a file that another process has made meanwhile.
/// Returns 0, or errno; EEXIST if another process made the file.
int write_key(const std::string& path, const jwt::SigningKey& key, Existing existing) {
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return error.value();
  StagedFile staged(path, S_IRUSR | S_IWUSR);
  if (!staged || !write_all(staged.descriptor(), key.to_pem().reveal()) || ::fsync(staged.descriptor()) != 0)
    return errno;
  const bool done = existing == Existing::keep ? staged.put_if_absent() : staged.put();
  return done ? 0 : errno;
}

}  // namespace

jwt::SigningKey load_or_make_key(const std::string& file) {
  if (file.empty()) return jwt::SigningKey::generate_rsa();
  const auto path = resolve_for_writing(file);
  std::string trouble;
  if (auto key = read_key(path, trouble)) return *key;
  const bool corrupt = !trouble.empty();
  if (corrupt)
    log(LogLevel::warn, cat("the emulator's key in ", path, " cannot be used: ", trouble, "; a new one is made"));

  auto made = jwt::SigningKey::generate_rsa();
  const int error = write_key(path, made, corrupt ? Existing::replace : Existing::keep);
  if (error != 0 && error != EEXIST) {
    log(LogLevel::warn, cat("the emulator's key cannot be kept in ", path, ": ", system_reason(error)));
    return made;
  }
  // Several processes may have written the file. All use the key that is in it now.
  if (auto key = read_key(path, trouble)) return *key;
  return made;
}

}  // namespace adit::emulator
