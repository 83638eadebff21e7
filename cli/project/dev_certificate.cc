#include "cli/project/dev_certificate.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "adit/clock.h"
#include "adit/error.h"
#include "adit/log.h"
#include "adit/signing_key.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "crypto/certificate_validity.h"
#include "system/files/staged_file.h"
#include "system/files/user_folders.h"

namespace adit::cli {
namespace {

/// A certificate that expires sooner than this is made again.
constexpr std::chrono::hours kMargin{24 * 7};

std::vector<std::string> names_for(const std::string& host) {
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  const bool any_address = host == "0.0.0.0" || host == "::" || host.empty();
  if (!any_address && std::ranges::find(names, host) == names.end()) names.push_back(host);
  return names;
}

/// Returns true if no other user can read or replace the file.
bool is_private(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 077U) == 0;
}

std::optional<http::TlsIdentity> read_identity(const std::string& path, const std::vector<std::string>& names) {
  if (!is_private(path)) return std::nullopt;
  try {
    auto text = read_file(path);
    const auto both = Secret::taken_from(text);
    const auto certificate = jwt::Certificate::from_pem(both.reveal());
    const auto key = jwt::SigningKey::from_pem(both);
    const auto has = certificate.names();
    const bool fits = std::ranges::all_of(
        names, [&has](const std::string& name) { return std::ranges::find(has, name) != has.end(); });
    const auto now = Clock::system().wall_now();
    if (!fits || certificate.not_before() > now || certificate.not_after() < now + kMargin ||
        !(certificate.public_key() == key.public_key()))
      return std::nullopt;
    return http::TlsIdentity{.certificate_chain_pem = certificate.to_pem(), .private_key_pem = key.to_pem()};
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Returns errno.
int write_private_file(const std::string& path, std::string_view text) {
  return write_whole_file(path, text, S_IRUSR | S_IWUSR);
}

bool has_content(const std::string& path, std::string_view content) {
  try {
    return read_file(path) == content;
  } catch (const Error&) {
    return false;
  }
}

http::TlsIdentity make_identity(const std::vector<std::string>& names) {
  const auto key = jwt::SigningKey::generate(jwt::KeyType::ec_p256);
  const auto certificate =
      jwt::make_self_signed({.subject = jwt::DistinguishedName{.common_name = "localhost", .organization = "adit dev"},
                             .names = names,
                             .validity = jwt::kMaxServerCertificateValidity},
                            key);
  return {.certificate_chain_pem = certificate.to_pem(), .private_key_pem = key.to_pem()};
}

}  // namespace

DevCertificate dev_certificate(const std::string& host) {
  const auto names = names_for(host);
  const auto folder = cache_folder();
  const auto both = folder + "/localhost.pem";
  const auto public_part = folder + "/localhost.crt";
  DevCertificate made;
  auto kept = folder.empty() ? std::nullopt : read_identity(both, names);
  made.is_new = !kept;
  made.identity = kept ? *std::move(kept) : make_identity(names);
  if (folder.empty()) return made;

  std::error_code error;
  std::filesystem::create_directories(folder, error);
  int trouble = error.value();
  if (trouble == 0 && made.is_new) {
    std::string text = cat(made.identity.certificate_chain_pem, made.identity.private_key_pem.reveal());
    const auto secret = Secret::taken_from(text);
    trouble = write_private_file(both, secret.reveal());
  }
  // Two servers that start at the same time for the first time may each have written one of the files.
  if (trouble == 0 && !has_content(public_part, made.identity.certificate_chain_pem))
    trouble = write_private_file(public_part, made.identity.certificate_chain_pem);
  if (trouble == 0) {
    made.certificate_file = public_part;
  } else {
    log(LogLevel::warn, cat("The certificate for HTTPS cannot be kept in ", folder, ": ", system_reason(trouble),
                            "; the next start makes another one."));
  }
  return made;
}

}  // namespace adit::cli
