// `adit version`: prints the version, and what adit was built with.
#include <iostream>
#include <memory>

#include "cli/command_line/command.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/version_text.h"

namespace adit::cli {

void add_version(Command program) {
  auto command = program.add_command("version", "Print the version, and the libraries that adit was built with");
  const auto as_json = std::make_shared<bool>(false);
  command.add_flag("--json", *as_json, "Print JSON");
  command.run([as_json] { std::cout << (*as_json ? shown_json(version_details()) : version_text()) << '\n'; });
}

}  // namespace adit::cli
