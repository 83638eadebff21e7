#include "dev/sources/glob.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/manifest/include_pattern.h"
#include "base/text/star_pattern.h"
#include "base/text/text.h"

namespace adit::dev {
namespace {

/// The number of characters of a pattern that match this character; 0 if they do not. The pattern begins with `?`, a
/// set, or a plain character.
std::size_t length_of_match(std::string_view pattern, char c) {
  if (pattern.front() == '?') return 1;
  const auto end = pattern.front() == '[' ? pattern.find(']', 2) : std::string_view::npos;
  if (end == std::string_view::npos) return pattern.front() == c ? 1 : 0;
  auto set = pattern.substr(1, end - 1);
  const bool inverted = set.starts_with('!') || set.starts_with('^');
  if (inverted) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool range = i + 2 < set.size() && set[i + 1] == '-';
    found = found || (range ? set[i] <= c && c <= set[i + 2] : set[i] == c);
    if (range) i += 2;
  }
  return found != inverted ? end + 1 : 0;
}

/// Matches a pattern without groups.
bool matches_simple(std::string_view pattern, std::string_view name) {
  return matches_stars(pattern, name, length_of_match);
}

/// A pattern that begins with a group.
struct Group {
  std::vector<std::string> alternatives;
  /// The group, such as `+(a|b)`, and the rest of the pattern.
  std::string_view itself;
  std::string_view rest;
};

std::optional<Group> group_at_begin(std::string_view pattern) {
  if (!app::begins_with_group(pattern)) return std::nullopt;
  Group group;
  int depth = 0;
  std::size_t begin = 2;
  for (std::size_t at = 1; at < pattern.size(); ++at) {
    if (pattern[at] == '(') ++depth;
    const bool ends = pattern[at] == ')' && --depth == 0;
    if (!ends && (pattern[at] != '|' || depth != 1)) continue;
    group.alternatives.emplace_back(pattern.substr(begin, at - begin));
    begin = at + 1;
    if (!ends) continue;
    group.itself = pattern.substr(0, begin);
    group.rest = pattern.substr(begin);
    return group;
  }
  return std::nullopt;
}

/// Matches one segment with groups by backtracking. Stores the result for each pair of a rest of the pattern and a rest
/// of the name, because `*(*)` leads back to itself, and `*(|a)*(|a)` leads to the same pair in many ways.
class GroupMatch {
 public:
  explicit GroupMatch(std::string_view whole_name) : hidden_(whole_name.starts_with('.') ? whole_name.size() : 0) {}

  // NOLINTNEXTLINE(misc-no-recursion): bounded by the depth
  bool matches(std::string_view pattern, std::string_view name, int depth = 0) {
    constexpr std::size_t kMostPairs = 20'000;
    constexpr int kMostDepth = 2000;
    const bool is_group = app::begins_with_group(pattern);
    if (!is_group && pattern.starts_with('?') && !name.empty() && name.size() == hidden_) return false;
    if (!app::has_group(pattern)) return matches_simple(pattern, name);
    const auto [pair, is_new] = results_.try_emplace({std::string(pattern), name.size()}, false);
    if (!is_new) return pair->second;
    if (results_.size() > kMostPairs || depth > kMostDepth) throw PatternTooComplex();
    pair->second = matches_first_part(pattern, name, depth);
    return pair->second;
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): bounded by the depth
  bool matches_first_part(std::string_view pattern, std::string_view name, int depth) {
    if (const auto group = group_at_begin(pattern)) return matches_group(pattern[0], *group, name, depth);
    if (pattern.front() == '*') {
      for (std::size_t skipped = 0; skipped <= name.size(); ++skipped)
        if (matches(pattern.substr(1), name.substr(skipped), depth + 1)) return true;
      return false;
    }
    const auto bracket = pattern.front() == '[' ? pattern.find(']', 2) : std::string_view::npos;
    const auto length = bracket == std::string_view::npos ? 1 : bracket + 1;
    return !name.empty() && matches_simple(pattern.substr(0, length), name.substr(0, 1)) &&
           matches(pattern.substr(length), name.substr(1), depth + 1);
  }

  // NOLINTNEXTLINE(misc-no-recursion): bounded by the depth
  bool matches_group(char kind, const Group& group, std::string_view name, int depth) {
    const auto any = [&](std::string_view rest) {
      return std::ranges::any_of(group.alternatives,
                                 [&](const std::string& one) { return matches(cat(one, rest), name, depth + 1); });
    };
    const auto again = cat("*", group.itself.substr(1), group.rest);
    switch (kind) {
      case '@':
        return any(group.rest);
      case '+':
        return any(again);
      case '?':
        return matches(group.rest, name, depth + 1) || any(group.rest);
      case '*':
        return matches(group.rest, name, depth + 1) || any(again);
      default:  // !
        return !any(group.rest) && matches(cat("*", group.rest), name, depth + 1);
    }
  }

  /// The length of the whole name if it begins with a dot, which `?` does not match; otherwise 0.
  std::size_t hidden_;
  /// Whether a rest of the pattern matches the last n characters of the name; false while the result is being computed.
  std::map<std::pair<std::string, std::size_t>, bool> results_;
};

/// Matches one segment, which contains no slash.
bool matches_segment(std::string_view pattern, std::string_view name) {
  const bool may_name_dot = pattern.starts_with('.') || pattern.starts_with('[') || app::begins_with_group(pattern);
  return (may_name_dot || !name.starts_with('.')) && GroupMatch(name).matches(pattern, name);
}

}  // namespace

bool matches_glob(std::span<const std::string> pattern, std::string_view path) {
  // reached[n]: the first n segments of the pattern match the part of the path that has been read.
  std::vector<bool> reached(pattern.size() + 1);
  reached[0] = true;
  const auto skip_empty_depths = [&] {
    for (std::size_t at = 0; at < pattern.size(); ++at)
      if (reached[at] && pattern[at] == "**") reached[at + 1] = true;
  };
  skip_empty_depths();
  for (const auto& name : app::names_of_path(path)) {
    std::vector<bool> next(reached.size());
    for (std::size_t at = 0; at < pattern.size(); ++at) {
      if (!reached[at]) continue;
      if (pattern[at] != "**") {
        next[at + 1] = next[at + 1] || matches_segment(pattern[at], name);
      } else if (!name.starts_with('.')) {
        next[at] = true;
      }
    }
    reached = std::move(next);
    skip_empty_depths();
  }
  return reached.back();
}

}  // namespace adit::dev
