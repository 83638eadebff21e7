#include "system/process/run_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "adit/error.h"

#include "base/descriptor.h"
#include "base/interrupted.h"

namespace adit {
namespace {

ProgramRun shell_run(const char* script, std::string& output) {
  return {.program = "/bin/sh", .arguments = {"-c", script}, .on_output = [&output](std::string_view bytes) {
            output += bytes;
          }};
}

TEST(RunProgram, passes_on_both_streams_and_returns_the_exit_code) {
  std::string output;
  EXPECT_EQ(run_program(shell_run("echo one; echo two >&2; exit 3", output)).code, 3);
  EXPECT_EQ(output, "one\ntwo\n");
}

TEST(RunProgram, reads_only_stdout_if_asked_and_gives_the_program_its_input) {
  const Descriptor input(::open("/proc/self/comm", O_RDONLY | O_CLOEXEC));
  std::string output;
  auto run = shell_run("read -r line; echo \"$line\" >&2; echo \"got ${line:+it}\"", output);
  run.input = input.get();
  run.reads_stderr = false;
  EXPECT_EQ(run_program(run).code, 0);
  EXPECT_EQ(output, "got it\n");
}

TEST(RunProgram, gives_the_program_only_the_environment_of_the_options) {
  std::string output;
  auto run = shell_run("echo \"$NAME,$HOME\"", output);
  run.environment = {"NAME=value"};
  run_program(run);
  EXPECT_EQ(output, "value,\n");
}

TEST(RunProgram, does_not_wait_for_a_process_that_keeps_the_output_open) {
  std::string output;
  EXPECT_EQ(run_program(shell_run("sleep 30 & echo done", output)).code, 0);
  EXPECT_EQ(output, "done\n");
}

TEST(RunProgram, stops_a_program_that_takes_too_long) {
  std::string output;
  for (const auto* script : {"sleep 60", "exec >&- 2>&-; sleep 60"}) {
    auto run = shell_run(script, output);
    run.limit = std::chrono::milliseconds(100);
    try {
      run_program(run);
      ADD_FAILURE() << script;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "program_timeout");
    }
  }
}

TEST(RunProgram, stops_a_program_when_it_is_interrupted) {
  std::string output;
  auto run = shell_run("echo begun; sleep 60", output);
  run.interrupted = [&output] { return !output.empty(); };
  EXPECT_THROW(run_program(run), Interrupted);
}

}  // namespace
}  // namespace adit
