#pragma once

#include <string>
#include <vector>

namespace adit::dev {

/// What CMake says about a build tree through its File API
/// (https://cmake.org/cmake/help/latest/manual/cmake-file-api.7.html): query files that are there when it configures,
/// answers in `reply`.
struct CmakeTarget {
  std::string name;
  /// The file that is built, absolute.
  std::string artifact;
};

/// Asks, before CMake configures, for the targets.
void ask_cmake_for_targets(const std::string& build_tree);

/// The executables of the project itself (not of what it imports), in CMake's order. Throws Error `cmake_answer` where
/// there is no answer.
[[nodiscard]] std::vector<CmakeTarget> cmake_executables(const std::string& build_tree);

}  // namespace adit::dev
