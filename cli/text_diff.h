#pragma once

#include <string>
#include <string_view>

namespace adit::cli {

/// The unified difference of two texts, as `diff -u` prints it with three lines of context; empty where they are equal.
/// CR at a line's end is not shown.
[[nodiscard]] std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

/// A `.env` text for people's eyes: values hidden but for ids, organisations and scopes, those in comments too.
[[nodiscard]] std::string hide_dotenv_values(std::string_view text);

}  // namespace adit::cli
