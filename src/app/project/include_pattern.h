#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adit::app {

// The patterns of `include`, as far as a manifest's reader looks into them; dev/sources/glob.h matches names.

/// Longer patterns are refused.
inline constexpr std::size_t kLongestPattern = 4096;
/// For so many patterns without braces all entries of one action's `include` may stand.
inline constexpr std::size_t kMostPatterns = 1000;

/// The patterns that one with braces stands for: `{a,b}` and `{1..3}` are written out; braces of other kinds are
/// characters like others. Nothing if there are more than `most`, or if the pattern is longer than kLongestPattern:
/// a pattern of a cloned project must not take all memory.
[[nodiscard]] std::optional<std::vector<std::string>> without_braces(std::string pattern,
                                                                     std::size_t most = kMostPatterns);

/// True if the pattern begins with a group: `@(`, `+(`, `*(`, `?(`, `!(`.
[[nodiscard]] bool begins_with_group(std::string_view pattern);
[[nodiscard]] bool has_group(std::string_view pattern);

/// The names between slashes; without empty ones and `.`.
[[nodiscard]] std::vector<std::string> names_of_path(std::string_view path);

/// Where the files of a pattern are, and which of them it means.
struct PatternWalk {
  /// The folder above the first name that is a pattern, absolute and normalised; of a pattern without any, the file or
  /// folder itself.
  std::string start;
  /// Matches paths that are relative to `start`. Empty if the pattern names one file or folder.
  std::vector<std::string> names;
};

/// `pattern` has no braces and is relative to the folder `base`, whose own name is no pattern whatever it holds.
[[nodiscard]] PatternWalk walk_of(const std::string& base, std::string_view pattern);

}  // namespace adit::app
