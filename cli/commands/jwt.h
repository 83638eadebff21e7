#pragma once

#include <string>

#include "adit/error.h"
#include "adit/signing_key.h"
#include "cli/terminal/command_line.h"

namespace adit::cli {

/// The subcommands of `adit jwt`, each in a file of its own.
void add_jwt_decode(Command group);
void add_jwt_sign(Command group);
void add_jwt_verify(Command group);

/// An option's value that makes no sense: exit code 2.
[[nodiscard]] Error wrong_option(std::string message, std::string hint);
/// Throws wrong_option() for one that adit does not have.
[[nodiscard]] jwt::Algorithm algorithm_named(const std::string& name);
/// All that it has, as a sentence lists them.
inline constexpr const char* kAlgorithms =
    "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519";

}  // namespace adit::cli
