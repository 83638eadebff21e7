#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/project/project.h"
#include "dev/sources/included_files.h"

/// Packages: an action's program with everything that it needs of a system - libraries, the C library and its loader,
/// CA certificates - so that it runs on any Linux of the same machine
/// (x86-64, arm64).
namespace adit::dev {

enum class PackageTarget {
  /// For Adobe I/O Runtime's Node.js containers: `package.json` and `index.js` in front of the program.
  nodejs,
  /// `exec` and what it needs, for OpenWhisk's dockerskeleton and actionloop.
  native,
  /// A folder with a Dockerfile, from nothing: OpenWhisk's HTTP contract on port 8080.
  image,
};

struct PackagedFile {
  /// Below the package, with slashes.
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
  /// Activations that run at once.
  int concurrency = 50;
  /// What the action's `include` copies: read by relative paths, as every target runs the action in its package's
  /// folder.
  std::vector<IncludedFile> included{};
  /// A folder of hashed certificates (`openssl rehash`); empty: SSL_CERT_DIR, or the system's.
  std::string certificates{};
};

/// Adobe I/O Runtime's limit of an action's code.
inline constexpr std::size_t kMaxNodejsBytes = std::size_t{22} << 20U;

/// In order of path; the same program and libraries give the same bytes. Throws Error (package_libraries.h), and
/// `certificates_missing` and `include_conflict` (configuration).
[[nodiscard]] std::vector<PackagedFile> package_files(const PackageOptions& options);

/// The files of a Node.js action's package, in order of path: the bundle `script` (bundle.h) as index.js or, if it is
/// empty, the function's folder as it is, or its one file if that loads nothing but Node.js's own modules; and what
/// `include` copies, which wins over a file of the same name, as in Adobe's build. Throws Error (configuration)
/// `bundler_missing` for a file that would have to be bundled, `outside_project`, `too_many_files`, `file_unreadable`.
[[nodiscard]] std::vector<PackagedFile> javascript_files(const app::Project& project, const app::Action& action,
                                                         const std::string& script);

/// The files as a zip, modes kept, the same bytes each time and on each machine. Throws Error `zip_failed`.
[[nodiscard]] std::string zip_files(const std::vector<PackagedFile>& files);

/// Makes the folder hold just these files: they are written beside it and take its place at once. A folder that
/// holds something else is left alone: Error `folder_in_use` (configuration). Throws also `file_unwritable`.
void write_package_folder(const std::string& folder, const std::vector<PackagedFile>& files);

/// The action's part of `runtimeManifest` for `aio app deploy`: as the project has it, inputs unmapped, except its
/// `function`, which becomes that folder (its path from the manifest's own file), and its runtime. YAML.
[[nodiscard]] std::string package_manifest(const app::Action& action, const std::string& folder);

/// The same without the keys around the action, for `$include` below its name in a configuration that has more: an
/// extension's file. Each line begins with `indent` blanks.
[[nodiscard]] std::string action_manifest(const app::Action& action, const std::string& folder, int indent = 0);

}  // namespace adit::dev
