#include "dev/package/package.h"

#include <algorithm>
#include <filesystem>

#include "adit/environment.h"
#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"
#include "dev/package/package_libraries.h"
#include "dev/package/package_parts.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

/// Whether a file is named after the hash of a certificate's subject, such as `1a2b3c4d.0`, as OpenSSL requires.
bool is_hashed(const std::string& name) {
  return name.size() > 9 && name[8] == '.' && name.find_first_not_of("0123456789abcdef") == 8 &&
         name.find_first_not_of("0123456789", 9) == std::string::npos;
}

std::vector<PackagedFile> certificates_in(const std::string& folder) {
  std::vector<PackagedFile> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    std::error_code missing;
    if (is_hashed(name) && fs::is_regular_file(entry->path(), missing))
      found.push_back({"certs/" + name, read_file(entry->path().string())});
  }
  return found;
}

/// Reads the CA certificates that adit's HTTP client would use.
std::vector<PackagedFile> certificates(const PackageOptions& options) {
  std::vector<std::string> folders;
  const auto environment = Environment::process();
  const auto* variable = environment.find("SSL_CERT_DIR");
  if (!options.certificates.empty()) {
    folders = {options.certificates};
  } else if (variable != nullptr && !variable->value.empty()) {
    folders = split_list(variable->value, ':');
  } else {
    folders = {"/etc/ssl/certs", "/etc/pki/tls/certs"};
  }
  for (const auto& folder : folders) {
    if (auto found = certificates_in(folder); !found.empty()) return found;
  }
  throw Error::configuration("certificates_missing",
                             cat("There are no hashed CA certificates in ", join(folders, ", "), "."))
      .hint("Install ca-certificates, or name a folder that `openssl rehash` made in SSL_CERT_DIR.");
}

/// The files that every package contains: lib/, bin/ and certs/.
std::vector<PackagedFile> closure(const PackageOptions& options) {
  const auto loaded = loaded_libraries(options.program);
  auto files = certificates(options);
  files.push_back({"bin/action", stripped_program(options.program), true});
  files.push_back({"lib/" + std::filesystem::path(loaded.loader).filename().string(),
                   read_file(loaded.loader, kMostProgramBytes), true});
  for (const auto& library : loaded.libraries)
    files.push_back({"lib/" + library.name, read_file(library.path, kMostProgramBytes)});
  return files;
}

std::string package_json(const PackageOptions& options) {
  const json::object manifest{{"name", options.name},
                              {"version", options.version},
                              {"private", true},
                              {"main", "index.js"},
                              {"adit", {{"concurrency", options.concurrency}}}};
  return to_pretty_json(manifest) + "\n";
}

std::string dockerfile(const PackageOptions& options) {
  return cat(
      "# An action with all that it needs of a system; OpenWhisk's HTTP contract (/init, /run) on port 8080.\n"
      "FROM scratch\n"
      "COPY root/ /\n"
      "WORKDIR /action\n"
      "USER 65534:65534\n"
      "EXPOSE 8080\n"
      "ENTRYPOINT [\"/action/exec\", \"--port\", \"8080\", \"--concurrency\", \"",
      options.concurrency, "\", \"--host\", \"0.0.0.0\"]\n");
}

}  // namespace

std::vector<PackagedFile> package_files(const PackageOptions& options) {
  auto files = closure(options);
  if (options.target == PackageTarget::nodejs) {
    files.push_back({"package.json", package_json(options)});
    files.push_back({"index.js", std::string(package_nodejs_script())});
  } else {
    files.push_back({"exec", std::string(package_launcher()), true});
  }
  for (const auto& included : options.included) {
    if (std::ranges::find(files, included.path, &PackagedFile::path) != files.end()) {
      throw Error::configuration("include_conflict", cat("`include` of ", options.name, " puts ", included.source,
                                                         " where the package has its own ", included.path, "."))
          .hint("Name another folder of the package for it.");
    }
    files.push_back({included.path, read_file(included.source, kMostProgramBytes)});
  }
  if (options.target == PackageTarget::image) {
    for (auto& file : files) file.path.insert(0, "root/action/");
    files.push_back({"Dockerfile", dockerfile(options)});
  }
  std::ranges::sort(files, {}, &PackagedFile::path);
  return files;
}

}  // namespace adit::dev
