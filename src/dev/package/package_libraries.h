#pragma once

#include <string>
#include <vector>

namespace adit::dev {

/// A library that a program loads.
struct LoadedLibrary {
  /// The name by which it is looked for: `libcurl.so.4`.
  std::string name;
  std::string path;
};

struct LoadedLibraries {
  /// The program's loader (ELF's PT_INTERP), which belongs to the C library among `libraries`.
  std::string loader;
  /// All that it loads, and what these load, by name.
  std::vector<LoadedLibrary> libraries;
};

/// Asks the program's own loader; the program itself does not run. Throws Error (configuration): `bad_program` for
/// what is not a dynamic Linux program for this machine, `library_missing`.
[[nodiscard]] LoadedLibraries loaded_libraries(const std::string& program);

/// The program without symbols and debug information, by binutils' `strip`. Throws Error: `strip_missing`
/// (configuration), `strip_failed`.
[[nodiscard]] std::string stripped_program(const std::string& program);

}  // namespace adit::dev
