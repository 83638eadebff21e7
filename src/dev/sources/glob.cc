#include "dev/sources/glob.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <span>

#include "base/text.h"

namespace adit::dev {
namespace {

constexpr std::size_t kMaxAlternatives = 1000;
/// Stand for braces that are characters like others while the rest is written out.
constexpr char kOpen = '\x01';
constexpr char kClose = '\x02';

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

std::optional<int> range_bound(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// What stands for the text between two braces: the parts of `a,b`, the members of `1..3` or `a..c`; nothing if the
/// braces are characters like others.
std::vector<std::string> alternatives_of(const std::string& body) {
  if (body.find(',') != std::string::npos) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= body.size();) {
      const auto end = std::min(body.find(',', begin), body.size());
      parts.push_back(body.substr(begin, end - begin));
      begin = end + 1;
    }
    return parts;
  }
  const auto dots = body.find("..");
  if (dots == std::string::npos) return {};
  const auto first = body.substr(0, dots);
  const auto last = body.substr(dots + 2);
  const bool letters = first.size() == 1 && last.size() == 1 && is_letter(first[0]) && is_letter(last[0]);
  const auto from = letters ? std::optional<int>(first[0]) : range_bound(first);
  const auto to = letters ? std::optional<int>(last[0]) : range_bound(last);
  if (!from || !to) return {};
  std::vector<std::string> members;
  const int step = *from <= *to ? 1 : -1;
  for (int value = *from; members.size() < kMaxAlternatives; value += step) {
    members.push_back(letters ? std::string(1, static_cast<char>(value)) : std::to_string(value));
    if (value == *to) break;
  }
  return members;
}

/// Without groups; in time that no pattern can stretch.
bool matches_simple(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in_name = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  const auto one_matches = [&](std::size_t& next) {
    if (at >= pattern.size()) return false;
    next = at + 1;
    if (pattern[at] == '?') return true;
    const auto end = pattern[at] == '[' ? pattern.find(']', at + 2) : std::string_view::npos;
    if (end == std::string_view::npos) return pattern[at] == name[in_name];
    next = end + 1;
    auto set = pattern.substr(at + 1, end - at - 1);
    const bool inverted = set.starts_with('!') || set.starts_with('^');
    if (inverted) set.remove_prefix(1);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
      const bool range = i + 2 < set.size() && set[i + 1] == '-';
      found = found || (range ? set[i] <= name[in_name] && name[in_name] <= set[i + 2] : set[i] == name[in_name]);
      if (range) i += 2;
    }
    return found != inverted;
  };
  while (in_name < name.size()) {
    std::size_t next = 0;
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_name = in_name;
    } else if (one_matches(next)) {
      at = next;
      ++in_name;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_name = ++star_name;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

bool is_group(std::string_view pattern) {
  return pattern.size() > 2 && pattern[1] == '(' &&
         std::string_view("@+?*!").find(pattern[0]) != std::string_view::npos;
}

/// The part of a pattern that begins with a group.
struct Group {
  std::vector<std::string> alternatives;
  /// `+(a|b)`, and what follows.
  std::string_view itself;
  std::string_view rest;
};

std::optional<Group> group_at_begin(std::string_view pattern) {
  if (!is_group(pattern)) return std::nullopt;
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

/// One segment with groups. Tries one reading after the other, so it counts its steps: what takes too many matches
/// nothing.
class GroupMatch {
 public:
  // NOLINTNEXTLINE(misc-no-recursion): bounded by the depth
  bool matches(std::string_view pattern, std::string_view name, int depth = 0) {
    constexpr int kMostSteps = 20'000;
    constexpr int kMostDepth = 400;
    if (++steps_ > kMostSteps || depth > kMostDepth) return false;
    if (!has_group(pattern)) return matches_simple(pattern, name);
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

 private:
  // NOLINTNEXTLINE(misc-no-recursion): bounded by the depth
  bool matches_group(char kind, const Group& group, std::string_view name, int depth) {
    const auto any = [&](std::string_view behind) {
      return std::ranges::any_of(group.alternatives,
                                 [&](const std::string& one) { return matches(cat(one, behind), name, depth + 1); });
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

  int steps_ = 0;
};

/// One segment, without slashes.
bool matches_segment(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("!(")) return false;
  return GroupMatch().matches(pattern, name);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the pattern has `**`
bool matches_segments(std::span<const std::string> pattern, std::span<const std::string> path) {
  while (!pattern.empty()) {
    if (pattern.front() == "**") {
      for (std::size_t skipped = 0; skipped <= path.size(); ++skipped) {
        if (matches_segments(pattern.subspan(1), path.subspan(skipped))) return true;
        if (skipped < path.size() && path[skipped].starts_with('.')) return false;
      }
      return false;
    }
    if (path.empty() || !matches_segment(pattern.front(), path.front())) return false;
    pattern = pattern.subspan(1);
    path = path.subspan(1);
  }
  return path.empty();
}

}  // namespace

std::vector<std::string> without_braces(const std::string& pattern) {
  std::vector<std::string> done;
  std::vector<std::string> waiting = {pattern};
  while (!waiting.empty() && done.size() + waiting.size() < kMaxAlternatives) {
    auto text = std::move(waiting.back());
    waiting.pop_back();
    // The innermost ones first.
    const auto close = text.find('}');
    const auto open = close == std::string::npos ? close : text.rfind('{', close);
    if (open == std::string::npos) {
      std::ranges::replace(text, kOpen, '{');
      std::ranges::replace(text, kClose, '}');
      done.push_back(std::move(text));
      continue;
    }
    const auto alternatives = alternatives_of(text.substr(open + 1, close - open - 1));
    for (const auto& one : alternatives) waiting.push_back(cat(text.substr(0, open), one, text.substr(close + 1)));
    if (!alternatives.empty()) continue;
    text[open] = kOpen;
    text[close] = kClose;
    waiting.push_back(std::move(text));
  }
  return done;
}

bool has_group(std::string_view pattern) {
  for (std::size_t at = 0; at < pattern.size(); ++at)
    if (is_group(pattern.substr(at))) return true;
  return false;
}

bool matches_glob(std::string_view pattern, std::string_view path) {
  const auto segments = [](std::string_view text) { return split_list(text, '/'); };
  return matches_segments(segments(pattern), segments(path));
}

}  // namespace adit::dev
