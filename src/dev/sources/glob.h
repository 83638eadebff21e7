#pragma once

#include <span>
#include <string>
#include <string_view>

namespace adit::dev {

/// Thrown if matching a pattern would take too long, because it has too many groups.
class PatternTooComplex {};

/// Returns true if a pattern matches the whole path. The pattern contains no braces and is split at its slashes.
/// Patterns are those of npm's globby: `*` and `?` within a folder, `[abc]`, `[!a-c]`, `**` for any depth, and groups
/// such as `@(a|b)`, `+(a)`, `*(a)`, `?(a)`, `!(a)`. A hidden file matches only a segment that begins with a dot, a set
/// or a group. Throws PatternTooComplex.
[[nodiscard]] bool matches_glob(std::span<const std::string> pattern, std::string_view path);

}  // namespace adit::dev
