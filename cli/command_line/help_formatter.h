#pragma once

#include <memory>

namespace CLI {
class FormatterBase;
}  // namespace CLI

namespace adit::cli {

/// Returns a formatter for CLI11's help that fits the lines to the terminal's width.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace adit::cli
