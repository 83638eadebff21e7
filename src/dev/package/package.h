#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dev/package/packaged_file.h"
#include "dev/sources/included_files.h"

/// Packages contain an action's program and everything that it needs from a system: libraries, the C library and its
/// loader, CA certificates. A package runs on every Linux system with the same processor (x86-64, arm64).
namespace adit::dev {

enum class PackageTarget {
  /// For Adobe I/O Runtime's Node.js containers: the program, and `package.json` and `index.js`, which start it.
  nodejs,
  /// For OpenWhisk's dockerskeleton and actionloop: `exec` and what it needs.
  native,
  /// A folder with a Dockerfile (`FROM scratch`): serves OpenWhisk's HTTP contract on port 8080.
  image,
};

struct PackageOptions {
  /// dist/PACKAGE/ACTION/exec
  std::string program;
  PackageTarget target = PackageTarget::nodejs;
  std::string name;
  std::string version = "0.1.0";
  /// Maximum number of concurrent activations.
  int concurrency = 50;
  /// The files that the action's `include` copies. The action reads them by relative paths: every target runs the
  /// action in the folder of its package.
  std::vector<IncludedFile> included{};
  /// A folder of hashed certificates (`openssl rehash`). If empty: SSL_CERT_DIR, or the system's.
  std::string certificates{};
};

/// Adobe I/O Runtime's limit for the size of an action's code.
inline constexpr std::size_t kMaxNodejsBytes = std::size_t{22} << 20U;

/// Returns the files, sorted by path. The same program and libraries give the same bytes. Throws Error
/// (package_libraries.h), and `certificates_missing` and `include_conflict` (configuration).
[[nodiscard]] std::vector<PackagedFile> package_files(const PackageOptions& options);

}  // namespace adit::dev
