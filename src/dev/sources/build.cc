#include "dev/sources/build.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/version.h"

#include "app/yaml/source_file.h"
#include "base/descriptor.h"
#include "base/interrupted.h"
#include "base/system_reason.h"
#include "base/text/text.h"
#include "dev/sources/cmake_file_api.h"
#include "dev/sources/file_stamps.h"
#include "system/files/resolve_for_writing.h"
#include "system/process/find_program.h"
#include "system/process/run_program.h"
#include "system/process/spawn.h"

namespace adit::dev {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

/// A build that holds the lock longer than this is stuck.
constexpr std::chrono::minutes kBuildLimit{30};

struct Paths {
  std::string program;
  std::string program_folder;
  std::string tree;
  std::string stamps;
  std::string lock;
};

Paths paths_of(const BuildOptions& options) {
  const auto dist = fs::path(options.root) / "dist";
  const auto built = dist / options.package / options.action;
  const auto below = dist / ".build" / options.package;
  return {.program = (built / "exec").string(),
          .program_folder = built.string(),
          .tree = (below / options.action).string(),
          .stamps = (below / (options.action + ".stamps")).string(),
          .lock = (below / (options.action + ".lock")).string()};
}

void throw_if_interrupted(const BuildOptions& options) {
  if (options.interrupted && options.interrupted()) throw Interrupted();
}

/// Allows only one build of an action at a time on this machine. The kernel releases the lock when the process ends,
/// however it ends.
Descriptor lock_build(const BuildOptions& options, const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!file) {
    throw Error::configuration("file_unwritable", cat(path, " cannot be written: ", system_reason(), "."));
  }
  const auto end = steady_clock::now() + kBuildLimit;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    throw_if_interrupted(options);
    if (steady_clock::now() > end) {
      throw Error::failure("build_busy",
                           cat("Another build of ", options.package, "/", options.action, " did not end."))
          .hint(cat("It contains ", path, "."));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return file;
}

/// Returns this process's environment, with English messages: compile() and cpp_sources() look for words in them.
std::vector<std::string> compiler_environment() {
  auto environment = own_environment();
  std::erase_if(environment, [](const std::string& variable) { return variable.starts_with("LC_ALL="); });
  environment.emplace_back("LC_ALL=C");
  return environment;
}

ExitStatus run_for(const BuildOptions& options, const std::string& program, std::vector<std::string> arguments,
                   std::function<void(std::string_view)> on_output) {
  return run_program({.program = program,
                      .arguments = std::move(arguments),
                      .folder = options.folder,
                      .environment = compiler_environment(),
                      .on_output = std::move(on_output),
                      .interrupted = options.interrupted});
}

Error build_failed(const BuildOptions& options, std::string_view what) {
  return Error::failure("build_failed", cat("CMake cannot ", what, ' ', options.package, "/", options.action, "."))
      .at(options.where);
}

/// Deletes a build tree that was made for another folder, because the project was moved or copied. CMake would reject
/// it.
void drop_foreign_tree(const BuildOptions& options, const Paths& paths) {
  const auto cache = fs::path(paths.tree) / "CMakeCache.txt";
  std::error_code error;
  if (!fs::exists(cache, error)) return;
  const auto text = read_file(cache.string());
  const auto belongs = [&](std::string_view name, const std::string& folder) {
    const auto line = cat(name, ":INTERNAL=");
    const auto at = text.find(line);
    if (at == std::string::npos) return false;
    const auto begin = at + line.size();
    std::error_code ignored;
    return fs::equivalent(text.substr(begin, text.find('\n', begin) - begin), folder, ignored);
  };
  if (!belongs("CMAKE_HOME_DIRECTORY", options.folder) || !belongs("CMAKE_CACHEFILE_DIR", paths.tree)) {
    fs::remove_all(paths.tree, error);
  }
}

/// What adit's own CMake files (cmake/AditStaticDependencies.cmake) write for the user.
fs::path notices_in(const std::string& tree) { return fs::path(tree) / "adit-notices.txt"; }

void pass_on_notices(const BuildOptions& options, const std::string& tree) {
  const auto notices = notices_in(tree);
  std::error_code ignored;
  if (options.on_output && fs::exists(notices, ignored)) options.on_output(read_file(notices.string()));
}

void configure(const BuildOptions& options, const Paths& paths, const std::string& cmake, const std::string& adit_dir) {
  drop_foreign_tree(options, paths);
  ask_cmake_for_targets(paths.tree);
  std::vector<std::string> arguments = {"-S",
                                        options.folder,
                                        "-B",
                                        paths.tree,
                                        cat("-DCMAKE_BUILD_TYPE=", options.build_type),
                                        cat("-Dadit_DIR=", adit_dir)};
  // The generator of an existing build tree cannot be changed.
  if (!fs::exists(fs::path(paths.tree) / "CMakeCache.txt") && !find_program("ninja").empty()) {
    arguments.insert(arguments.end(), {"-G", "Ninja"});
  }
  std::error_code ignored;
  fs::remove(notices_in(paths.tree), ignored);
  std::string output;
  const auto status = run_for(options, cmake, arguments, [&output](std::string_view bytes) { output += bytes; });
  if (status.code == 0 && status.signal == 0) {
    pass_on_notices(options, paths.tree);
    return;
  }
  if (options.on_output) options.on_output(output);
  throw build_failed(options, "configure").hint(cat("See CMake's output above. The folder is ", options.folder, "."));
}

/// Returns the only executable, or the one with the action's name.
CmakeTarget choose_target(const BuildOptions& options, const std::vector<CmakeTarget>& targets) {
  if (targets.size() == 1) return targets.front();
  const auto named = std::ranges::find(targets, options.action, &CmakeTarget::name);
  if (named != targets.end()) return *named;
  const auto file = app::shown_path(options.folder + "/CMakeLists.txt");
  if (targets.empty()) {
    throw Error::configuration("no_target", cat(options.package, "/", options.action, " builds no program."))
        .at(file)
        .hint(cat("Add: adit_add_action(", options.action, " SOURCES ", options.action, ".cc)"));
  }
  std::vector<std::string> names;
  names.reserve(targets.size());
  for (const auto& target : targets) names.push_back(target.name);
  throw Error::configuration("several_targets", cat(options.package, "/", options.action,
                                                    " builds several programs: ", join(names, ", "), "."))
      .at(file)
      .hint(cat("Name the program of the action '", options.action, "'."));
}

void compile(const BuildOptions& options, const Paths& paths, const std::string& cmake, const CmakeTarget& target) {
  std::string progress;
  const auto status = run_for(options, cmake, {"--build", paths.tree, "--target", target.name, "--parallel"},
                              [&](std::string_view bytes) { progress += bytes; });
  const bool failed = status.code != 0 || status.signal != 0;
  // Show the warnings of a successful build, but not its progress.
  if (options.on_output && (failed || progress.find("warning:") != std::string::npos)) options.on_output(progress);
  if (failed) throw build_failed(options, "build").hint("See the compiler's output above.");
}

/// Returns the lines of Ninja's dependency log that belong to compiled files. Since CMake 3.27, the log also contains
/// what the linker read, which are objects of the build itself.
std::string compilers_lines(std::string_view log) {
  std::string lines;
  bool compiled = false;
  while (!log.empty()) {
    const auto line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(line.size() + 1, log.size()));
    if (!line.starts_with(' '))
      compiled = line.find(".o: ") != std::string_view::npos;
    else if (compiled)
      lines.append(line).append("\n");
  }
  return lines;
}

/// Returns the headers that the compiler read. Ninja keeps them in its own log; with make, they are in the compiler's
/// `.d` files.
std::set<std::string> headers_read(const BuildOptions& options, const Paths& paths) {
  std::string text;
  if (fs::exists(fs::path(paths.tree) / "build.ninja")) {
    if (const auto ninja = find_program("ninja"); !ninja.empty()) {
      run_for(options, ninja, {"-C", paths.tree, "-t", "deps"}, [&text](std::string_view bytes) { text += bytes; });
      text = compilers_lines(text);
    }
  } else {
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(paths.tree, error)) {
      if (entry.path().filename().string().ends_with(".o.d")) text += read_file(entry.path().string());
    }
  }
  std::set<std::string> headers;
  for (auto& word : split_list(replace_all(replace_all(std::move(text), "\\\n", "\n"), " ", "\n"), '\n')) {
    std::error_code error;
    const auto path = fs::path(word).is_absolute() ? fs::path(word) : fs::path(paths.tree) / word;
    const auto file = path.lexically_normal().string();
    // The system's headers are about a thousand files, which change only with the system. The action's own folder is
    // stamped as a whole.
    if (file.starts_with("/usr/") || file.starts_with(options.folder + "/") || !fs::is_regular_file(file, error))
      continue;
    headers.insert(file);
  }
  return headers;
}

/// Returns adit's static library and CMake package files. In a build tree, they are in the same folder; if installed,
/// the library is two folders up.
std::vector<std::string> adit_files(const std::string& adit_dir) {
  std::vector<std::string> files;
  const fs::path dir(adit_dir);
  for (const auto& folder : {dir, dir / ".." / ".."}) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const auto name = entry.path().filename().string();
      if (name == "libadit.a" || (name.starts_with("adit-") && name.ends_with(".cmake"))) {
        files.push_back(entry.path().lexically_normal().string());
      }
    }
  }
  return files;
}

void install(const std::string& artifact, const Paths& paths) {
  make_folders(paths.program_folder);
  const auto temporary = resolve_for_writing(paths.program + ".new");
  std::error_code error;
  fs::copy_file(artifact, temporary, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(temporary, paths.program, error);
  if (error)
    throw Error::configuration("file_unwritable", cat(paths.program, " cannot be written: ", error.message(), "."));
}

/// Returns what must be equal, besides the files, for a build to be up to date.
std::string note_of(const BuildOptions& options, const std::string& adit_dir) {
  return cat(options.folder, ' ', adit_dir, ' ', options.build_type, ' ', version());
}

}  // namespace

std::string find_adit_dir() {
  std::error_code error;
  const auto here = fs::read_symlink("/proc/self/exe", error).parent_path();
  std::vector<fs::path> places = {here, here.parent_path() / "lib" / "cmake" / "adit",
                                  here.parent_path() / "share" / "cmake" / "adit"};
  // lib/x86_64-linux-gnu and similar folders
  for (const auto& entry : fs::directory_iterator(here.parent_path() / "lib", error))
    places.push_back(entry.path() / "cmake" / "adit");
  places.push_back(here.parent_path() / "lib64" / "cmake" / "adit");
  for (const auto& place : places) {
    if (fs::exists(place / "adit-config.cmake", error)) return place.string();
  }
  throw Error::configuration("adit_missing",
                             cat("adit's CMake package was not found beside this program (", here.string(), ")."))
      .hint("Install adit's development files: run make install, or install the Debian package libadit-dev.");
}

BuildOptions build_options(const app::Project& project, const app::Action& action) {
  BuildOptions options;
  options.root = project.root;
  options.package = action.package;
  options.action = action.name;
  options.folder = action.function_path;
  options.where = action.where;
  std::error_code error;
  const auto bad = [&](std::string message) {
    return Error::configuration("bad_function", std::move(message)).at(action.where);
  };
  if (!fs::exists(options.folder, error)) {
    throw bad(cat("The folder of ", action.full_name(), " does not exist: ", action.function, "."))
        .hint(cat("A C++ action's function names its folder. Here that would be ", options.folder, "."));
  }
  if (!fs::is_directory(options.folder, error)) {
    throw bad(cat("The function of ", action.full_name(), " is a file, and its runtime is cpp."))
        .hint("A C++ action's function names a folder with a CMakeLists.txt.");
  }
  if (!fs::is_regular_file(fs::path(options.folder) / "CMakeLists.txt", error)) {
    throw bad(cat("The folder of ", action.full_name(), " has no CMakeLists.txt: ", options.folder, "."))
        .hint("Write one with find_package(adit REQUIRED) and adit_add_action(NAME SOURCES FILE.cc).");
  }
  return options;
}

std::vector<std::string> built_files(const BuildOptions& options) {
  return FileStamps::load(paths_of(options).stamps).paths();
}

BuildResult build_action(const BuildOptions& options) {
  const auto paths = paths_of(options);
  const auto adit_dir = options.adit_dir.empty() ? find_adit_dir() : options.adit_dir;
  const auto note = note_of(options, adit_dir);
  const auto up_to_date = [&] {
    const auto stamps = FileStamps::load(paths.stamps);
    return stamps.note() == note && stamps.contains(paths.program) &&
           (stamps.unchanged() || is_kept_read_only(stamps, paths.tree));
  };
  if (up_to_date()) return {.program = paths.program, .was_built = false};

  make_folders(paths.tree);
  const auto lock = lock_build(options, paths.lock);
  if (up_to_date()) return {.program = paths.program, .was_built = false};  // the build that held the lock did it

  if (options.on_start) options.on_start();
  const auto cmake = find_program("cmake");
  if (cmake.empty()) {
    throw Error::configuration("cmake_missing", "A C++ action is built with CMake, which is not installed.")
        .hint("apt-get install cmake ninja-build g++");
  }
  const auto started = fs::file_time_type::clock::now();
  // Stamp the files before the compiler reads them: a file that changes during the build is then built next time.
  FileStamps stamps;
  stamps.set_note(note);
  stamps.add_tree(options.folder);
  for (const auto& file : adit_files(adit_dir)) stamps.add(file);

  configure(options, paths, cmake, adit_dir);
  const auto target = choose_target(options, cmake_executables(paths.tree));
  compile(options, paths, cmake, target);
  install(target.artifact, paths);

  stamps.add(paths.program);
  bool changed_meanwhile = false;
  for (const auto& header : headers_read(options, paths)) {
    stamps.add(header);
    std::error_code error;
    changed_meanwhile = changed_meanwhile || fs::last_write_time(header, error) >= started;
  }
  if (!changed_meanwhile) stamps.save(paths.stamps);
  return {.program = paths.program, .was_built = true};
}

}  // namespace adit::dev
