#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"
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

struct PackagedFile {
  /// Path in the package, with slashes.
  std::string path;
  std::string bytes;
  bool executable = false;
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

/// Returns the files of a Node.js action's package, sorted by path. Its index.js is the bundle `script` (bundle.h). If
/// that is empty, the package contains the function's folder as it is, or its file if it is a single one that loads
/// only modules of Node.js. The files of `include` replace files with the same name, as in Adobe's build. Throws Error
/// (configuration) `bundler_missing` if the file would have to be bundled, `outside_project`, `too_many_files`,
/// `file_unreadable`.
[[nodiscard]] std::vector<PackagedFile> javascript_files(const app::Project& project, const app::Action& action,
                                                         const std::string& script);

/// Packs the files and their modes into a zip, with the same bytes each time and on each machine. Throws Error
/// `zip_failed`.
[[nodiscard]] std::string zip_files(const std::vector<PackagedFile>& files);

/// Makes the folder contain exactly these files. They are written to a temporary folder, which then replaces the
/// folder. Throws Error `folder_in_use` (configuration) if the folder contains something other than a package, and
/// `file_unwritable`.
void write_package_folder(const std::string& folder, const std::vector<PackagedFile>& files);

/// Returns the action's part of `runtimeManifest` for `aio app deploy`, as YAML. It is as in the project, with inputs
/// not mapped, except for the runtime and `function`, which becomes `folder` (its path relative to the file of this
/// manifest).
[[nodiscard]] std::string package_manifest(const app::Action& action, const std::string& folder);

/// Returns the same without the enclosing keys, for an `$include` below the action's name in a larger configuration,
/// such as an extension's file. Each line is indented by `indent` spaces.
[[nodiscard]] std::string action_manifest(const app::Action& action, const std::string& folder, int indent = 0);

}  // namespace adit::dev
