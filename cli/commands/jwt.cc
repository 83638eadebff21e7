#include "cli/commands/jwt.h"

#include "cli/command_line/command.h"

#include "base/text/text.h"

namespace adit::cli {

Error wrong_option(std::string message, std::string hint) {
  return Error::configuration("invalid_option", std::move(message)).hint(std::move(hint));
}

jwt::Algorithm algorithm_named(const std::string& name) {
  const auto algorithm = jwt::algorithm_from_string(name);
  if (!algorithm)
    throw wrong_option(cat("The algorithm (", described(name, split_list(kAlgorithms)),
                           ") is not one that adit signs or verifies with."),
                       cat("The algorithms are ", kAlgorithms, '.'));
  return *algorithm;
}

void add_jwt(Command program) {
  auto group = program.add_command("jwt", "Sign, explain and verify JSON Web Tokens");
  group.require_command();
  add_jwt_decode(group);
  add_jwt_sign(group);
  add_jwt_verify(group);
}

}  // namespace adit::cli
