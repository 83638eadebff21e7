#pragma once

#include <string>
#include <vector>

namespace adit::dev {

/// An executable that CMake reports for a build tree through its File API
/// (https://cmake.org/cmake/help/latest/manual/cmake-file-api.7.html). A client writes query files before CMake
/// configures the tree; CMake writes its answers to `reply`.
struct CmakeTarget {
  std::string name;
  /// The absolute path of the executable.
  std::string artifact;
};

/// Writes the query for the targets. Call it before CMake configures the tree.
void ask_cmake_for_targets(const std::string& build_tree);

/// Returns the executables of the project itself, without imported ones, in CMake's order. Throws Error `cmake_answer`
/// if there is no valid answer.
[[nodiscard]] std::vector<CmakeTarget> cmake_executables(const std::string& build_tree);

}  // namespace adit::dev
