#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "system/process/child_process.h"

namespace adit {

/// A program to run to its end, and what to do with its output.
struct ProgramRun {
  /// A path. PATH is not searched (find_program.h).
  std::string program;
  std::vector<std::string> arguments{};
  /// The program's current folder. If empty, that of this process.
  std::string folder{};
  /// The whole environment, as `NAME=value`.
  std::vector<std::string> environment = own_environment();
  /// The descriptor of the program's stdin; -1 for /dev/null.
  int input = -1;
  /// Whether on_output also gets stderr. If not, stderr is /dev/null.
  bool reads_stderr = true;
  /// A program that takes longer than this is stuck.
  std::chrono::milliseconds limit = std::chrono::minutes(30);
  /// Called with the output, in the order of writing, when it is written.
  std::function<void(std::string_view)> on_output;
  /// Called at least every 25 ms. If it returns true, the program is interrupted.
  std::function<bool()> interrupted{};
};

/// Runs the program and waits for its end. Throws Error `start_failed` (configuration), `program_timeout` (failure) at
/// the limit, `interrupted`, and what on_output throws; the program and its children are killed then.
ExitStatus run_program(const ProgramRun& run);

}  // namespace adit
