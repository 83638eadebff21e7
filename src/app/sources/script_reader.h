#pragma once

#include <string>
#include <string_view>

#include "app/sources/script_reader_tokens.h"
#include "app/sources/source_reading.h"

namespace adit::app {

/// Finds the inputs that one program reads from the action's parameters, and its calls of Credentials::from_params. The
/// other members of the result stay empty. `file` is its name in positions.
[[nodiscard]] SourceReading read_program(std::string_view program, Language language, const std::string& file);

}  // namespace adit::app
