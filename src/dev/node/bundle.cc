#include "dev/node/bundle.h"

#include <filesystem>
#include <fstream>

#include "adit/error.h"
#include "adit/json.h"
#include "adit/version.h"

#include "app/manifest/runtimes.h"
#include "app/project/bundler.h"
#include "app/yaml/yaml_tree.h"
#include "base/system_reason.h"
#include "base/text/text.h"
#include "dev/node/node_action.h"
#include "dev/sources/file_stamps.h"
#include "system/files/resolve_for_writing.h"
#include "system/files/temporary_folder.h"
#include "system/process/run_program.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

struct BundlePaths {
  fs::path folder;
  fs::path script;
  fs::path stamps;
};

BundlePaths bundle_paths(const BundleOptions& options) {
  const auto below = fs::path(options.root) / "dist" / ".bundle" / options.package;
  return {.folder = below / options.action,
          .script = below / options.action / "index.cjs",
          .stamps = below / (options.action + ".stamps")};
}

Error bundle_unwritable(const fs::path& path, std::string_view why) {
  return Error::failure("file_unwritable", cat(path.string(), " cannot be written: ", why, "."))
      .hint("Check the folder's permissions, and the space left on its disk.");
}

/// A module whose only export is a default function is an action, too.
constexpr const char* kDefaultAsMain =
    "--footer:js=if (!module.exports.main && typeof module.exports.default === 'function') module.exports.main = module.exports.default;";

/// The define and the banner provide `import.meta.url`: webpack sets it, esbuild does not in CommonJS. Adobe's build
/// defines the other names.
std::vector<std::string> bundler_arguments(const BundleOptions& options, const fs::path& made) {
  return {options.function,
          "--bundle",
          "--platform=node",
          "--format=cjs",
          cat("--target=", options.target),
          "--sourcemap",
          "--sources-content=false",
          "--log-level=warning",
          "--color=false",
          "--define:WEBPACK_ACTION_BUILD=true",
          "--define:process.env.NODE_ENV=\"production\"",
          cat("--define:process.env.AIO_CLI_ENV=\"", options.stage, "\""),
          "--define:import.meta.url=__adit_import_meta_url",
          "--banner:js=const __adit_import_meta_url = require('node:url').pathToFileURL(__filename).href;",
          kDefaultAsMain,
          cat("--outfile=", (made / "index.cjs").string()),
          cat("--metafile=", (made / "inputs.json").string())};
}

/// Returns the files that the bundler read, from its report. The names in the report are relative to the folder in
/// which it ran.
std::vector<std::string> inputs_of(const BundleOptions& options, const fs::path& report) {
  std::vector<std::string> files;
  const auto read = try_parse_json(read_file(report.string(), kMostProgramBytes));
  const auto* root = read && read->is_object() ? &read->get_object() : nullptr;
  const auto* inputs = root == nullptr ? nullptr : root->if_contains("inputs");
  if (inputs == nullptr || !inputs->is_object()) return files;
  for (const auto& [name, details] : inputs->get_object())
    files.push_back((fs::path(options.root) / std::string(name)).lexically_normal().string());
  return files;
}

/// Whether the file begins with a line such as `#!/usr/bin/env node`.
bool is_node_script(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line(64, '\0');
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(line.find('\n') == std::string::npos ? 0 : line.find('\n'));
  return line.starts_with("#!") && line.find("node") != std::string::npos;
}

std::string note_of_bundle(const BundleOptions& options) {
  return cat(options.function, ' ', options.target, ' ', options.stage, ' ', join(options.bundler, " "), ' ',
             version());
}

void move_into_place(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw bundle_unwritable(to, error.message());
}

}  // namespace

BundleOptions bundle_options(const app::Project& project, const app::Action& action, const Environment& environment) {
  BundleOptions options;
  options.root = project.root;
  options.package = action.package;
  options.action = action.name;
  options.function = action.function_path;
  options.where = action.where;
  options.target = cat("node", app::node_version(action.runtime).value_or(18));
  if (environment.get_or("AIO_CLI_ENV", "") == "stage") options.stage = "stage";
  const auto bundler = app::find_bundler(project.root);
  // npm installs a script, not a program, if packages may not run their install scripts.
  if (is_node_script(bundler)) options.bundler.push_back(find_node(environment));
  options.bundler.push_back(bundler);
  return options;
}

std::vector<std::string> bundled_files(const BundleOptions& options) {
  std::vector<std::string> files;
  for (auto& file : FileStamps::load(bundle_paths(options).stamps.string()).paths())
    if (file.find("/node_modules/") == std::string::npos && file.find("/dist/.bundle/") == std::string::npos)
      files.push_back(std::move(file));
  return files;
}

Bundle bundle_action(const BundleOptions& options) {
  const auto paths = bundle_paths(options);
  const auto note = note_of_bundle(options);
  const auto known = FileStamps::load(paths.stamps.string());
  if (known.note() == note && known.contains(paths.script.string()) &&
      (known.unchanged() || is_kept_read_only(known, paths.folder.string())))
    return {.script = paths.script.string(), .was_made = false};

  make_folders(paths.folder.string());
  if (options.on_start) options.on_start();
  // At the same depth as the bundle's folder, so that the paths in the source map are right in both.
  const TemporaryFolder fresh(resolve_for_writing(paths.folder.string()));
  if (fresh.path().empty()) throw bundle_unwritable(paths.folder, system_reason());
  auto arguments = bundler_arguments(options, fresh.path());
  arguments.insert(arguments.begin(), options.bundler.begin() + 1, options.bundler.end());
  const auto started = fs::file_time_type::clock::now();
  const auto status = run_program({.program = options.bundler.front(),
                                   .arguments = std::move(arguments),
                                   .folder = options.root,
                                   .on_output =
                                       [&options](std::string_view text) {
                                         if (options.on_output) options.on_output(text);
                                       },
                                   .interrupted = options.interrupted});
  if (status.code != 0 || status.signal != 0)
    throw Error::failure("build_failed", cat(options.package, "/", options.action, " cannot be bundled."))
        .at(options.where)
        .hint("See esbuild's output above.");

  FileStamps stamps;
  stamps.set_note(note);
  bool changed_meanwhile = false;
  for (const auto& file : inputs_of(options, fresh.path() / "inputs.json")) {
    std::error_code error;
    stamps.add(file);
    changed_meanwhile = changed_meanwhile || fs::last_write_time(file, error) >= started;
  }
  for (const auto* file : {"tsconfig.json", "package.json"}) stamps.add((fs::path(options.root) / file).string());
  move_into_place(fresh.path() / "index.cjs.map", paths.folder / "index.cjs.map");
  move_into_place(fresh.path() / "index.cjs", paths.script);
  stamps.add(paths.script.string());
  if (!changed_meanwhile) stamps.save(paths.stamps.string());
  return {.script = paths.script.string(), .was_made = true};
}

}  // namespace adit::dev
