#pragma once

#include <memory>

namespace CLI {
class FormatterBase;
}  // namespace CLI

namespace adit::cli {

/// CLI11's help, fitted into the window where that is a terminal.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace adit::cli
