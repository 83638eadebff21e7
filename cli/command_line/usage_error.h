#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace adit::cli {

/// Describes what is wrong with the command line, and which help to read, in several lines. `program` must be as
/// parse() left it when it threw `wrong`.
[[nodiscard]] std::string usage_error(const CLI::App& program, const CLI::ParseError& wrong);

}  // namespace adit::cli
