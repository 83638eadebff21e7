#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace adit::cli {

/// What was wrong with the command line, for its user, and which help to read; several lines. `program` is as parse()
/// left it when it threw `wrong`.
[[nodiscard]] std::string usage_error(const CLI::App& program, const CLI::ParseError& wrong);

}  // namespace adit::cli
