#pragma once

#include <string_view>

namespace adit::cli {

/// The shells that adit completes.
inline constexpr std::string_view kShells[] = {"bash", "zsh", "fish"};

/// Returns the script that makes a shell call `adit __complete`; empty if the shell is not one of kShells.
[[nodiscard]] std::string_view completion_script(std::string_view shell);

}  // namespace adit::cli
