#pragma once

#include <string>

#include "adit/error.h"
#include "adit/signing_key.h"
#include "cli/command_line/command_line.h"

namespace adit::cli {

/// The subcommands of `adit jwt`, each in its own file.
void add_jwt_decode(Command group);
void add_jwt_sign(Command group);
void add_jwt_verify(Command group);

/// Returns the error for an invalid value of an option (exit code 2).
[[nodiscard]] Error wrong_option(std::string message, std::string hint);
/// Throws wrong_option() if adit does not have the algorithm.
[[nodiscard]] jwt::Algorithm algorithm_named(const std::string& name);
/// All algorithms, as a sentence lists them.
inline constexpr const char* kAlgorithms =
    "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519";

}  // namespace adit::cli
