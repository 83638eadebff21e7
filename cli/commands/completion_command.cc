#include <iostream>
#include <memory>
#include <string>

#include "cli/command_line/command.h"
#include "cli/command_line/completion_script.h"

namespace adit::cli {

void add_completion(Command program) {
  auto command = program.add_command("completion", "Print the script with which a shell completes adit's commands");
  const auto shell = std::make_shared<std::string>();
  command.add_option("SHELL", *shell, "bash, zsh or fish; for bash: source <(adit completion bash)")
      .required()
      .one_of({std::begin(kShells), std::end(kShells)});
  command.run([shell] { std::cout << completion_script(*shell); });
}

}  // namespace adit::cli
