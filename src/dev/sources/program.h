#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "system/process/child_process.h"

namespace adit::dev {

/// How to run a program that builds something.
struct ProgramRun {
  std::string program;
  std::vector<std::string> arguments;
  std::string folder;
  /// `NAME=value`. If empty, the program inherits our environment.
  std::vector<std::string> environment{};
  /// Called with the output: both streams, in the order of writing, when it is written.
  std::function<void(std::string_view)> sink;
  std::function<bool()> interrupted;
};

/// Runs the program and waits for its end. Throws Error `build_failed` if it takes more than half an hour,
/// `start_failed`, and `interrupted`; the program and its children are killed then.
ExitStatus run_program(const ProgramRun& run);

}  // namespace adit::dev
