#include <iostream>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/completion.h"

namespace adit::cli {

void add_completion(CLI::App& program) {
  auto* command = program.add_subcommand("completion", "Print the script that completes adit's commands in a shell");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish; for bash: source <(adit completion bash)")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kShells), std::end(kShells))));
  command->callback([shell] { std::cout << completion_script(*shell); });
}

}  // namespace adit::cli
