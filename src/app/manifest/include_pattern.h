#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adit::app {

// The patterns of `include`, as far as reading a manifest requires; dev/sources/glob.h matches names.

/// The most bytes of a pattern; longer ones are refused.
inline constexpr std::size_t kLongestPattern = 4096;
/// The most patterns of one action's `include`, counted after braces are expanded.
inline constexpr std::size_t kMostPatterns = 1000;

/// Expands the braces of a pattern: `{a,b}` gives two patterns, `{1..3}` three; other braces are ordinary characters.
/// Returns nothing if there are more than `most` patterns, or if `pattern` is longer than kLongestPattern, so that a
/// pattern in a cloned project cannot exhaust memory.
[[nodiscard]] std::optional<std::vector<std::string>> without_braces(std::string pattern,
                                                                     std::size_t most = kMostPatterns);

/// Returns true if the pattern begins with a group: `@(`, `+(`, `*(`, `?(`, `!(`.
[[nodiscard]] bool begins_with_group(std::string_view pattern);
[[nodiscard]] bool has_group(std::string_view pattern);

/// Splits a path at its slashes; leaves out empty names and `.`.
[[nodiscard]] std::vector<std::string> names_of_path(std::string_view path);

/// The folder in which the files of a pattern are looked for, and the pattern below it.
struct PatternWalk {
  /// The folder above the first name that is a pattern, absolute and normalised. If no name is a pattern, the file or
  /// folder itself.
  std::string start;
  /// Matches paths that are relative to `start`. Empty if the pattern names one file or folder.
  std::vector<std::string> names;
};

/// `pattern` has no braces and is relative to the folder `base`. The name of `base` is never read as a pattern.
[[nodiscard]] PatternWalk walk_of(const std::string& base, std::string_view pattern);

}  // namespace adit::app
