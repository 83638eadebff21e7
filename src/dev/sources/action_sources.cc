#include "dev/sources/action_sources.h"

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <set>
#include <utility>

#include "adit/error.h"

#include "app/project/is_file.h"
#include "app/project/package_json.h"
#include "app/sources/script_reader_tokens.h"
#include "base/text/text.h"
#include "dev/sources/included_files.h"
#include "system/files/inside.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;
using app::is_file;
using app::ScriptToken;

constexpr std::size_t kMaxFiles = 500;
constexpr std::uintmax_t kMaxBytes = 2U << 20U;
/// Longer strings are not paths.
constexpr std::size_t kLongestPath = 300;

template <std::size_t Count>
bool has_ending(const std::string& name, const std::array<std::string_view, Count>& endings) {
  return std::ranges::any_of(endings, [&name](std::string_view ending) { return name.ends_with(ending); });
}
bool is_script(const std::string& name) {
  return has_ending(name,
                    std::array<std::string_view, 8>{".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx"});
}
bool is_cpp(const std::string& name) {
  return name == "CMakeLists.txt" ||
         has_ending(name, std::array<std::string_view, 11>{".cc", ".cpp", ".cxx", ".c", ".h", ".hh", ".hpp", ".hxx",
                                                           ".ipp", ".inc", ".cmake"});
}

std::vector<std::string> files_below(const std::string& folder, bool (*wanted)(const std::string&)) {
  std::vector<std::string> found;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name.starts_with('.') || name == "node_modules" || name == "dist") {
      entry.disable_recursion_pending();
    } else if (wanted(name) && is_file(entry->path())) {
      found.push_back(entry->path().string());
    }
  }
  return found;
}

/// Collects the files that scripts name, recursively.
class ScriptWalk {
 public:
  ScriptWalk(const std::string& root, const std::string& function) : root_(root) {
    add(fs::path(root) / "package.json");
    add(fs::path(root) / "node_modules/.bin/esbuild");
    std::error_code error;
    if (!fs::is_directory(function, error)) {
      add(function);
      return;
    }
    add(fs::path(function) / "package.json");
    add_module(fs::path(function) / main_of(function));
  }

  std::vector<std::string> files() {
    while (!waiting_.empty() && seen_.size() <= kMaxFiles) {
      const auto file = waiting_.front();
      waiting_.pop_front();
      visit(file);
    }
    return {seen_.begin(), seen_.end()};
  }

 private:
  [[nodiscard]] std::string main_of(const fs::path& folder) const {
    auto main = app::main_of_package(folder, root_);
    return main.empty() ? "index.js" : std::move(main);
  }

  /// Adds a file even if it does not exist, because it may be created later.
  void add(const fs::path& file) {
    if (seen_.insert(file.lexically_normal().string()).second) waiting_.push_back(file.lexically_normal());
  }

  /// Adds the file that Node.js or a bundler finds under this name. Returns false if there is none.
  bool add_module(const fs::path& path) {
    for (const auto* ending :
         {"", ".js", ".ts", ".tsx", ".jsx", ".cjs", ".mjs", ".json", ".node", "/index.js", "/index.ts"}) {
      const fs::path file = path.string() + ending;
      if (!is_file(file)) continue;
      add(file);
      return true;
    }
    return false;
  }

  void visit(const fs::path& path) {
    std::error_code error;
    if (!is_script(path.string()) || !is_file(path) || !is_inside(path.string(), root_)) return;
    if (fs::file_size(path, error) > kMaxBytes || error) return;
    std::string text;
    try {
      text = read_file(path.string());
    } catch (const Error&) {
      return;
    }
    const auto tokens = app::tokens_of(text, app::Language::javascript);
    for (std::size_t at = 0; at < tokens.size(); ++at) {
      if (tokens[at].kind == ScriptToken::Kind::text) follow(path.parent_path(), tokens[at].text);
      const bool loads = tokens[at].is("require") || tokens[at].is("import");
      if (loads && at + 2 < tokens.size() && tokens[at + 1].is("(") && tokens[at + 2].kind != ScriptToken::Kind::text)
        for (const auto& script : files_below(path.parent_path().string(), is_script)) add(script);
    }
  }

  void follow(const fs::path& folder, const std::string& named) {
    if (named.empty() || named.size() > kLongestPath || named.find_first_of(std::string_view("\n\0", 2)) != named.npos)
      return;
    const bool relative = named.starts_with("./") || named.starts_with("../");
    if (!relative && (named.find('.') == std::string::npos || named.starts_with('/'))) return;
    if (add_module(folder / named) || !relative) return;
    std::error_code error;
    if (fs::is_directory(folder / named, error)) {  // the beginning of a name that the script computes
      for (const auto& script : files_below((folder / named).string(), is_script)) add(script);
      return;
    }
    add(folder / named);
    add(folder / (named + ".js"));
  }

  const std::string& root_;
  std::deque<fs::path> waiting_;
  std::set<std::string> seen_;
};

void add_included(const app::Project& project, const app::Action& action, std::vector<std::string>& files) {
  for (const auto& included : included_files(project, action)) files.push_back(included.source);
}

/// Adds the files of the project that the compiler's output names (`/path/x.h:3:5: error: …`, `In file included from
/// /path/x.cc:1:`), except files that builds write.
void add_named(const std::string& root, std::string_view output, std::vector<std::string>& files) {
  constexpr std::string_view kEnds = " \n\t:,'\"()";
  while (!output.empty()) {
    const auto word = output.substr(0, output.find_first_of(kEnds));
    output.remove_prefix(std::min(word.size() + 1, output.size()));
    if (!word.starts_with('/')) continue;
    const auto file = fs::path(word).lexically_normal().string();
    if (file.starts_with(root + "/dist/")) continue;
    if (is_file(file) && is_inside(file, root) && std::ranges::find(files, file) == files.end()) files.push_back(file);
  }
}

}  // namespace

ActionSources script_sources(const app::Project& project, const app::Action& action) {
  ActionSources sources{.folders = {}, .files = ScriptWalk(project.root, action.function_path).files()};
  add_included(project, action, sources.files);
  return sources;
}

ActionSources cpp_sources(const app::Project& project, const app::Action& action,
                          const std::vector<std::string>& built_of, std::string_view compiler_output) {
  ActionSources sources{.folders = {action.function_path}, .files = {}};
  for (const auto& file : built_of) {
    if (!file.starts_with(action.function_path + "/") && file != action.function_path) sources.files.push_back(file);
  }
  add_named(project.root, compiler_output, sources.files);
  // The words of gcc and clang; build_action() asks for English.
  const auto says = [&](std::string_view words) { return compiler_output.find(words) != std::string_view::npos; };
  if (says("No such file or directory") || says("file not found")) {
    for (auto& file : files_below(project.root, is_cpp)) sources.files.push_back(std::move(file));
  }
  add_included(project, action, sources.files);
  return sources;
}

}  // namespace adit::dev
