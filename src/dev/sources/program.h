#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "system/child_process.h"

namespace adit::dev {

/// The first program of that name in PATH; empty if there is none.
[[nodiscard]] std::string find_program(std::string_view name);

/// A program that builds something.
struct ProgramRun {
  std::string program;
  std::vector<std::string> arguments;
  std::string folder;
  /// `NAME=value`; empty: our environment.
  std::vector<std::string> environment{};
  /// Gets what it writes, both streams in the order of writing, as it writes it.
  std::function<void(std::string_view)> sink;
  std::function<bool()> interrupted;
};

/// Runs it to its end. Throws Error `build_failed` where it does not come to one in half an hour, `start_failed`, and
/// `interrupted`, with everything ended that it had started.
ExitStatus run_program(const ProgramRun& run);

}  // namespace adit::dev
