#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace adit::dev {

// Patterns of file names as npm's globby reads them: `*` and `?` within a folder, `[abc]`, `[!a-c]`, `**` for any
// depth, `{a,b}` and `{1..3}`, groups such as `@(a|b)`, `+(a)`, `*(a)`, `?(a)`, `!(a)`. Hidden files match only where
// the pattern names the dot.

/// The patterns that one with braces stands for. Bounded: a pattern of a cloned project must not take all memory.
[[nodiscard]] std::vector<std::string> without_braces(const std::string& pattern);

/// True if the pattern has a group: `@(`, `+(`, `*(`, `?(`, `!(`.
[[nodiscard]] bool has_group(std::string_view pattern);

/// Returns true if a pattern without braces matches the whole path.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view path);

}  // namespace adit::dev
