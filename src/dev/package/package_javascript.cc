#include "dev/package/package_javascript.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "adit/error.h"
#include "adit/json.h"

#include "app/sources/script_reader_tokens.h"
#include "base/text/text.h"
#include "dev/sources/included_files.h"
#include "system/files/inside.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;

/// Whether the platform's containers provide this module: those of Node.js, and npm's `openwhisk`.
bool is_provided_by_platform(std::string_view module) {
  static constexpr std::array<std::string_view, 31> kBuiltin = {
      "assert",         "async_hooks", "buffer",  "child_process", "cluster",  "console",
      "crypto",         "dgram",       "dns",     "events",        "fs",       "http",
      "http2",          "https",       "module",  "net",           "os",       "path",
      "punycode",       "perf_hooks",  "process", "querystring",   "readline", "stream",
      "string_decoder", "timers",      "tls",     "url",           "util",     "zlib",
      "openwhisk"};
  if (module.starts_with("node:")) return true;
  return std::ranges::find(kBuiltin, module.substr(0, module.find('/'))) != kBuiltin.end();
}

/// Returns why a script must be bundled, or an empty text if it runs on the platform as it is.
std::string needs_bundler(const std::string& text) {
  const auto tokens = app::tokens_of(text, app::Language::javascript);
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
    const auto& token = tokens[at];
    const bool first = at == 0 || tokens[at - 1].is(";") || tokens[at - 1].line < token.line;
    if (first && (token.is("export") || (token.is("import") && !tokens[at + 1].is("(")))) return "it is an ES module";
    if (!token.is("require") && !token.is("import")) continue;
    const auto name = tokens[at + 1].is("(") ? at + 2 : at + 1;
    if (name < tokens.size() && tokens[name].kind == app::ScriptToken::Kind::text &&
        !is_provided_by_platform(tokens[name].text))
      return cat("it loads ", tokens[name].text);
  }
  return {};
}

/// Removes the last line, which names a source map that is not in the package.
std::string without_source_map(std::string script) {
  constexpr std::string_view kLine = "//# sourceMappingURL=";
  if (const auto at = script.rfind(kLine); at != std::string::npos) script.resize(at);
  return script;
}

PackagedFile package_json_of(const app::Project& project, const app::Action& action) {
  const json::object manifest{{"name", action.name},
                              {"version", project.version},
                              {"private", true},
                              {"main", "index.js"},
                              {"type", "commonjs"}};
  return {.path = "package.json", .bytes = to_pretty_json(manifest) + "\n", .executable = false};
}

/// Returns the files of the function's folder. Links are followed.
std::vector<PackagedFile> folder_files(const app::Project& project, const app::Action& action) {
  constexpr std::size_t kMaxFiles = 20'000;
  const fs::path folder = action.function_path;
  std::vector<PackagedFile> files;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!is_inside(entry->path(), project.root)) {
      throw Error::configuration(
          "outside_project", cat("The folder of ", action.full_name(), " has a link that leads out of the project: ",
                                 entry->path().lexically_relative(folder).string(), "."))
          .at(action.where)
          .hint("Put the file itself there.");
    }
    std::error_code unknown;
    if (!fs::is_regular_file(entry->path(), unknown)) continue;
    if (files.size() == kMaxFiles)
      throw Error::configuration("too_many_files",
                                 cat("The folder of ", action.full_name(), " has more than ", kMaxFiles, " files."))
          .at(action.where)
          .hint("Set `function` to a single file; adit then bundles it.");
    const auto mode = fs::status(entry->path(), unknown).permissions();
    files.push_back({.path = entry->path().lexically_relative(folder).string(),
                     .bytes = read_file(entry->path().string(), kMostProgramBytes),
                     .executable = (mode & fs::perms::owner_exec) != fs::perms::none});
  }
  if (error)
    throw Error::configuration("file_unreadable",
                               cat("The folder of ", action.full_name(), " cannot be read: ", error.message(), "."))
        .at(action.where)
        .hint("Check its permissions, and that it has no circular symbolic links.");
  return files;
}

std::vector<PackagedFile> own_files(const app::Project& project, const app::Action& action, const std::string& script) {
  std::error_code error;
  if (script.empty() && fs::is_directory(action.function_path, error)) return folder_files(project, action);
  auto text = read_file(script.empty() ? action.function_path : script, kMostProgramBytes);
  if (script.empty()) {
    if (const auto why = needs_bundler(text); !why.empty())
      throw Error::configuration("bundler_missing", cat(action.full_name(), " must be bundled because ", why,
                                                        ", but the project has no esbuild."))
          .at(action.where)
          .hint("npm install --save-dev esbuild");
  }
  return {{.path = "index.js", .bytes = without_source_map(std::move(text)), .executable = false},
          package_json_of(project, action)};
}

}  // namespace

std::vector<PackagedFile> javascript_files(const app::Project& project, const app::Action& action,
                                           const std::string& script) {
  auto files = own_files(project, action, script);
  for (const auto& included : included_files(project, action)) {
    std::erase_if(files, [&included](const PackagedFile& file) { return file.path == included.path; });
    files.push_back(
        {.path = included.path, .bytes = read_file(included.source, kMostProgramBytes), .executable = false});
  }
  std::ranges::sort(files, {}, &PackagedFile::path);
  return files;
}

}  // namespace adit::dev
