#include "dev/package/package_libraries.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <elf.h>
#include <unistd.h>

#include "adit/environment.h"
#include "adit/error.h"

#include "base/system_reason.h"
#include "base/text/text.h"
#include "system/process/find_program.h"
#include "system/process/run_program.h"

namespace adit::dev {
namespace {

// An action is built for the machine that this program was built for.
#if defined(__aarch64__)
constexpr std::string_view kMachine = "arm64";
constexpr std::string_view kLoader = "ld-linux-aarch64.so.1";
constexpr auto kElfMachine = EM_AARCH64;
#else
constexpr std::string_view kMachine = "x86-64";
constexpr std::string_view kLoader = "ld-linux-x86-64.so.2";
constexpr auto kElfMachine = EM_X86_64;
#endif
constexpr std::chrono::seconds kToolLimit{60};

struct ToolResult {
  ExitStatus status;
  /// The output to stdout and stderr.
  std::string output;
};

/// The tools' environment. Their messages are in English, because cannot_be_loaded() reads them.
std::vector<std::string> tool_environment() {
  std::vector<std::string> variables{"LC_ALL=C"};
  const auto environment = Environment::process();
  for (const auto* name : {"PATH", "LD_LIBRARY_PATH"}) {
    if (const auto* variable = environment.find(name)) variables.push_back(cat(name, '=', variable->value));
  }
  return variables;
}

ToolResult run_tool(const std::string& program, std::vector<std::string> arguments) {
  ToolResult result;
  result.status = run_program({.program = program,
                               .arguments = std::move(arguments),
                               .environment = tool_environment(),
                               .limit = kToolLimit,
                               .on_output = [&result](std::string_view bytes) { result.output += bytes; }});
  return result;
}

Error bad_program(const std::string& program, std::string_view what) {
  return Error::configuration("bad_program", cat(program, ' ', what))
      .hint(cat("A package contains an action that was linked for ", kMachine,
                " Linux, with shared libraries, as `adit build` does."));
}

/// Returns the path in PT_INTERP (System V ABI, chapter 5, "Program Interpreter").
std::string interpreter(const std::string& program) {
  const auto bytes = read_file(program, kMostProgramBytes);
  Elf64_Ehdr header{};
  if (bytes.size() < sizeof header) throw bad_program(program, "is not a program.");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) throw bad_program(program, "is not a program.");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kElfMachine ||
      header.e_phentsize != sizeof(Elf64_Phdr))
    throw bad_program(program, "is a program for another machine.");
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    const auto offset = header.e_phoff + i * sizeof part;
    if (offset > bytes.size() || bytes.size() - offset < sizeof part) break;
    std::memcpy(&part, bytes.data() + offset, sizeof part);
    if (part.p_type != PT_INTERP) continue;
    if (part.p_offset > bytes.size() || bytes.size() - part.p_offset < part.p_filesz) break;
    return {bytes.c_str() + part.p_offset};
  }
  throw bad_program(program, "names no loader: it is static, or damaged.");
}

std::string find_strip() {
  auto strip = find_program("strip");
  if (strip.empty())
    throw Error::configuration("strip_missing", "There is no `strip` in PATH.").hint("Install binutils.");
  return strip;
}

Error library_missing(const std::string& program, std::string_view name) {
  return Error::configuration("library_missing", cat(program, " needs ", name, ", which is not installed."))
      .hint("Install it, or add its folder to LD_LIBRARY_PATH.");
}

/// Converts the loader's message, such as `PROGRAM: error while loading shared libraries: libx.so: cannot open shared
/// object file: …`.
Error cannot_be_loaded(const std::string& program, const std::string& message) {
  constexpr std::string_view kLoading = "error while loading shared libraries: ";
  const auto begin = message.find(kLoading);
  const auto end = message.find(": cannot open shared object file");
  if (begin != std::string::npos && end != std::string::npos && end > begin)
    return library_missing(program, message.substr(begin + kLoading.size(), end - begin - kLoading.size()));
  return bad_program(program, cat("cannot be loaded: ", message));
}

}  // namespace

LoadedLibraries loaded_libraries(const std::string& program) {
  LoadedLibraries loaded{.loader = interpreter(program), .libraries = {}};
  if (std::filesystem::path(loaded.loader).filename() != kLoader)
    throw bad_program(program, cat("is started by ", loaded.loader, ", not by glibc's loader."));
  const auto listed = run_tool(loaded.loader, {"--list", program});
  for (const auto& line : split_list(listed.output, '\n')) {
    const auto arrow = line.find(" => ");
    if (arrow == std::string::npos) {
      if (listed.status.code != 0) throw cannot_be_loaded(program, line);
      continue;  // the kernel's own library (linux-vdso.so.1), or the loader
    }
    const auto name = line.substr(0, arrow);
    const auto path = line.substr(arrow + 4, line.rfind(" (") - arrow - 4);
    if (path.starts_with("not found")) throw library_missing(program, name);
    if (std::filesystem::path(name).filename() == kLoader) continue;
    if (name.find('/') != std::string::npos)
      throw bad_program(program, cat("needs ", name, " by its path, which no other machine has."));
    loaded.libraries.push_back({name, path});
  }
  if (listed.status.code != 0 || loaded.libraries.empty())
    throw bad_program(program, cat("cannot be loaded (", listed.status.to_string(), ")."));
  std::ranges::sort(loaded.libraries, {}, &LoadedLibrary::name);
  return loaded;
}

std::string stripped_program(const std::string& program) {
  const auto strip = find_strip();
  auto name = (std::filesystem::temp_directory_path() / "adit-strip-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0)
    throw Error::failure("file_unwritable", cat(name, " cannot be made: ", system_reason(), "."))
        .hint("Check the folder's permissions, and the space left on its disk.");
  ::close(file);
  const struct Removed {
    const std::string& name;
    ~Removed() { ::unlink(name.c_str()); }
  } removed{name};
  const auto result = run_tool(strip, {"--strip-all", "-o", name, program});
  if (result.status.code != 0 || result.status.signal != 0) {
    throw Error::failure("strip_failed",
                         cat(strip, " ended with ", result.status.to_string(), ": ", trim(result.output)))
        .hint("Reinstall binutils: apt-get install --reinstall binutils");
  }
  return read_file(name, kMostProgramBytes);
}

}  // namespace adit::dev
