#pragma once

#include <string>
#include <vector>

namespace adit::dev {

/// A shared library that a program loads.
struct LoadedLibrary {
  /// The name that the loader searches for: `libcurl.so.4`.
  std::string name;
  std::string path;
};

struct LoadedLibraries {
  /// The path of the program's loader (ELF's PT_INTERP), which is part of the C library in `libraries`.
  std::string loader;
  /// All libraries that the program loads, directly or indirectly, sorted by name.
  std::vector<LoadedLibrary> libraries;
};

/// Lists a program's libraries with its own loader, without running the program. Throws Error (configuration)
/// `bad_program` if it is not a dynamically linked Linux program for this machine, and `library_missing`.
[[nodiscard]] LoadedLibraries loaded_libraries(const std::string& program);

/// Returns the program without symbols and debug information, as binutils' `strip` makes it. Throws Error
/// `strip_missing` (configuration), `strip_failed`.
[[nodiscard]] std::string stripped_program(const std::string& program);

}  // namespace adit::dev
