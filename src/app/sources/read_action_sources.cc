#include "app/sources/read_action_sources.h"

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "adit/error.h"

#include "app/project/bundler.h"
#include "app/project/is_file.h"
#include "app/project/package_json.h"
#include "app/sources/jwt_auth_use.h"
#include "app/sources/script_reader.h"
#include "app/yaml/source_file.h"
#include "base/text/text.h"
#include "system/files/inside.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 500;
constexpr std::uintmax_t kMaxBytes = 2U << 20U;
constexpr std::uintmax_t kMaxBytesInAll = 16U << 20U;
/// For each file, because each import is looked up under a dozen names.
constexpr std::size_t kMaxImports = 1000;

bool has_ending(const fs::path& path, std::initializer_list<std::string_view> endings) {
  const auto ending = to_lower(path.extension().string());
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}
bool is_cpp_file(const fs::path& path) {
  return has_ending(path, {".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".ipp"});
}
bool is_javascript_file(const fs::path& path) {
  return has_ending(path, {".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"});
}

/// Returns the file itself, or one that has the name and an ending that an import may omit; empty if there is none.
fs::path file_with_any_ending(const fs::path& path) {
  if (is_file(path)) return path;
  for (const auto* ending : {".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx", ".json", ".node"}) {
    auto with_ending = path;
    with_ending += ending;
    if (is_file(with_ending)) return with_ending;
  }
  return {};
}

/// Returns the TypeScript from which the named file is compiled: x.ts for an import of x.js. Empty if there is none.
fs::path typescript_of(const fs::path& path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kCompiled = {
      {{".js", ".ts"}, {".js", ".tsx"}, {".jsx", ".tsx"}, {".mjs", ".mts"}, {".cjs", ".cts"}}};
  for (const auto& [compiled, source] : kCompiled)
    if (auto file = fs::path(path).replace_extension(source); path.extension() == compiled && is_file(file))
      return file;
  return {};
}

/// Returns the file that Node.js or a bundler finds for a relative import, or for a folder; empty if there is none.
fs::path javascript_module(const fs::path& path, const std::string& root) {
  if (auto file = file_with_any_ending(path); !file.empty()) return file;
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) {
    if (const auto name = main_of_package(path, root); !name.empty()) {
      const auto main = (path / name).lexically_normal();
      if (auto file = file_with_any_ending(main); !file.empty()) return file;
      if (auto file = file_with_any_ending(main / "index"); !file.empty()) return file;
    }
    if (auto file = file_with_any_ending(path / "index"); !file.empty()) return file;
  }
  return typescript_of(path);
}

std::string with_ending(fs::path path) {
  if (path.extension().empty()) path += ".js";
  return fs::absolute(path).string();
}

struct Import {
  std::string path;
  SourcePosition where;
};

/// `require('./x')`, `import … from './x'`, `import './x'`, `import('./x')`, `export … from './x'`.
std::vector<Import> javascript_imports(const std::vector<ScriptToken>& tokens, const std::string& file) {
  std::vector<Import> imports;
  std::set<std::string_view> known;
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
    const auto& token = tokens[at];
    if (!token.is("require") && !token.is("import") && !token.is("from")) continue;
    const auto name = tokens[at + 1].is("(") ? at + 2 : at + 1;
    if (name >= tokens.size() || tokens[name].kind != ScriptToken::Kind::text) continue;
    if (!tokens[name].text.starts_with("./") && !tokens[name].text.starts_with("../")) continue;
    if (!known.insert(tokens[name].text).second) continue;
    if (imports.size() == kMaxImports) break;
    imports.push_back({tokens[name].text, {file, tokens[name].line, tokens[name].column}});
  }
  return imports;
}

/// `#include "x.h"`.
std::vector<Import> cpp_includes(const std::vector<ScriptToken>& tokens, const std::string& file) {
  std::vector<Import> includes;
  for (std::size_t at = 0; at + 2 < tokens.size() && includes.size() < kMaxImports; ++at)
    if (tokens[at].is("#") && tokens[at + 1].is("include") && tokens[at + 2].kind == ScriptToken::Kind::text)
      includes.push_back({tokens[at + 2].text, {file, tokens[at + 2].line, tokens[at + 2].column}});
  return includes;
}

class SourceWalk {
 public:
  explicit SourceWalk(const std::string& root) : root_(root) {}

  SourceReading read(const Action& action) {
    start(action);
    while (!waiting_.empty() && seen_.size() <= kMaxFiles) {
      const auto file = waiting_.front();
      waiting_.pop_front();
      visit(file);
    }
    for (auto& [name, use] : uses_) reading_.inputs.push_back(std::move(use));
    return std::move(reading_);
  }

 private:
  void start(const Action& action) {
    const fs::path function = action.function_path;
    std::error_code unknown;
    if (fs::is_directory(function, unknown)) {
      if (action.is_cpp()) return add_cpp_folder(function);
      add(javascript_module(function, root_));
    } else if (is_file(function)) {
      if (is_javascript_file(function) || is_cpp_file(function)) add(function);
    }
  }

  void add_cpp_folder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> found;
    for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && entry != end && found.size() < kMaxFiles; entry.increment(error)) {
      const auto name = entry->path().filename().string();
      const bool skipped = name.starts_with('.') || name == "build" || name == "dist" || name == "node_modules";
      if (entry->is_directory(error)) {
        if (skipped || name == "test" || name == "tests") entry.disable_recursion_pending();
      } else if (is_cpp_file(name) && entry->path().stem().string().find("_test") == std::string::npos) {
        found.push_back(entry->path());
      }
    }
    std::sort(found.begin(), found.end());
    for (const auto& file : found) add(file);
  }

  void add(const fs::path& file) {
    if (file.empty()) return;
    const auto path = file.lexically_normal().string();
    if (seen_.insert(path).second) waiting_.push_back(path);
  }

  void visit(const std::string& path) {
    std::error_code unknown;
    if (!is_file(path) || !is_inside(path, root_) || fs::file_size(path, unknown) > kMaxBytes || unknown) return;
    if (reading_.bytes > kMaxBytesInAll) return;
    const auto language = is_cpp_file(path) ? Language::cpp : Language::javascript;
    if (language == Language::javascript && !is_javascript_file(path)) return;
    std::string text;
    try {
      text = read_file(path);
    } catch (const Error&) {
      return;
    }
    reading_.bytes += text.size();
    reading_.files.push_back(path);
    const auto shown = shown_path(path);
    merge(read_program(text, language, shown));
    const auto tokens = tokens_of(text, language);
    if (language == Language::javascript)
      for (auto& use : wrong_jwt_auth_properties(tokens, shown)) reading_.wrong_properties.push_back(std::move(use));
    follow(path, shown, tokens, language);
  }

  void follow(const fs::path& path, const std::string& shown, const std::vector<ScriptToken>& tokens,
              Language language) {
    if (language == Language::javascript) {
      for (const auto& import : javascript_imports(tokens, shown)) {
        const auto named = (path.parent_path() / import.path).lexically_normal();
        const auto module = javascript_module(named, root_);
        if (module.empty()) {
          reading_.missing_files.push_back({import.path, with_ending(named), import.where});
          continue;
        }
        if (is_typescript(module.string()))
          reading_.typescript_imports.push_back({import.path, InputUse::Need::required, import.where});
        add(module);
      }
      return;
    }
    for (const auto& include : cpp_includes(tokens, shown)) {
      const auto header = (path.parent_path() / include.path).lexically_normal();
      if (!is_file(header)) continue;  // the compiler finds it on its include path
      add(header);
      for (const auto* ending : {".cc", ".cpp", ".cxx"})
        if (auto source = fs::path(header).replace_extension(ending); is_file(source)) add(source);
    }
  }

  void merge(SourceReading&& found) {
    for (auto& use : found.inputs) {
      const auto known = uses_.find(use.name);
      if (known == uses_.end()) {
        uses_.emplace(use.name, use);
      } else if (known->second.need < use.need) {
        known->second = use;
      }
    }
    reading_.credentials_from_params.insert(reading_.credentials_from_params.end(),
                                            found.credentials_from_params.begin(), found.credentials_from_params.end());
  }

  const std::string& root_;
  std::deque<std::string> waiting_;
  std::set<std::string> seen_;
  std::map<std::string, InputUse> uses_;
  SourceReading reading_;
};

}  // namespace

SourceReading read_action_sources(const Action& action, const std::string& root) {
  return SourceWalk(root).read(action);
}

}  // namespace adit::app
