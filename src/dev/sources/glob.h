#pragma once

#include <span>
#include <string>
#include <string_view>

namespace adit::dev {

/// Thrown if a pattern has so many groups that a match would take long.
class PatternTooComplex {};

/// Returns true if a pattern without braces, given as its names between slashes, matches the whole path. Patterns of
/// file names are those of npm's globby: `*` and `?` within a folder, `[abc]`, `[!a-c]`, `**` for any depth, groups
/// such as `@(a|b)`, `+(a)`, `*(a)`, `?(a)`, `!(a)`. A hidden file matches only a name that begins with a dot, a set or
/// a group. Throws PatternTooComplex.
[[nodiscard]] bool matches_glob(std::span<const std::string> pattern, std::string_view path);

}  // namespace adit::dev
