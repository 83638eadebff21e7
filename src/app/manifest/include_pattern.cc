#include "app/manifest/include_pattern.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "base/text/text.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

/// Placeholders for braces that are ordinary characters, while the other braces are expanded.
constexpr char kOpen = '\x01';
constexpr char kClose = '\x02';

struct BraceRange {
  long from = 0;
  long to = 0;
  long step = 1;
  bool is_letters = false;
  /// Pad numbers with zeros to this length.
  std::size_t digits = 0;

  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(std::abs(to - from) / step) + 1; }
  [[nodiscard]] std::string part(std::size_t index) const {
    const auto distance = static_cast<long>(index) * step;
    const auto value = from <= to ? from + distance : from - distance;
    if (is_letters) return {static_cast<char>(value)};
    const auto number = std::to_string(std::abs(value));
    const std::size_t sign = value < 0 ? 1 : 0;
    const auto zeros = digits - std::min(digits, sign + number.size());
    return cat(std::string(sign, '-'), std::string(zeros, '0'), number);
  }
};

bool is_ascii_letter(std::string_view text) {
  return text.size() == 1 && std::isalpha(static_cast<unsigned char>(text[0])) != 0;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool is_padded(std::string_view number) {
  if (number.starts_with('-')) number.remove_prefix(1);
  return number.size() > 1 && number.front() == '0';
}

/// Parses the text between two braces: `1..3`, `a..c` or `01..10`, each with an optional step, as in `0..10..5`.
std::optional<BraceRange> brace_range(std::string_view body) {
  constexpr std::string_view kDots = "..";
  const auto first_end = body.find(kDots);
  if (first_end == std::string_view::npos) return std::nullopt;
  const auto first = body.substr(0, first_end);
  auto last = body.substr(first_end + kDots.size());
  BraceRange range;
  std::string_view step = "1";
  if (const auto last_end = last.find(kDots); last_end != std::string_view::npos) {
    step = last.substr(last_end + kDots.size());
    last = last.substr(0, last_end);
  }
  const auto by = whole_number(step);
  if (!by) return std::nullopt;
  range.step = std::max(1L, std::abs(long{*by}));
  if (is_ascii_letter(first) && is_ascii_letter(last)) {
    range.from = static_cast<unsigned char>(first[0]);
    range.to = static_cast<unsigned char>(last[0]);
    range.is_letters = true;
    return range;
  }
  const auto from = whole_number(first);
  const auto to = whole_number(last);
  if (!from || !to) return std::nullopt;
  range.from = *from;
  range.to = *to;
  if (is_padded(first) || is_padded(last) || is_padded(step))
    range.digits = std::max({first.size(), last.size(), step.size()});
  return range;
}

/// Replaces all braces except pairs around a choice or a range with placeholders.
void mark_plain_braces(std::string& text) {
  struct Open {
    std::size_t at;
    bool has_choice;
  };
  std::vector<Open> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{') {
      open.push_back({at, false});
    } else if (text[at] == ',' && !open.empty()) {
      open.back().has_choice = true;
    } else if (text[at] == '}' && open.empty()) {
      text[at] = kClose;
    } else if (text[at] == '}') {
      const auto [begin, has_choice] = open.back();
      open.pop_back();
      if (has_choice || brace_range(std::string_view(text).substr(begin + 1, at - begin - 1))) continue;
      text[begin] = kOpen;
      text[at] = kClose;
    }
  }
  for (const auto& one : open) text[one.at] = kOpen;
}

/// The first pair of braces in a pattern, and the text before and after it.
struct Choice {
  std::string_view before;
  std::vector<std::string_view> parts;
  std::optional<BraceRange> range;
  std::string_view after;

  [[nodiscard]] std::size_t size() const { return range ? range->size() : parts.size(); }
  [[nodiscard]] std::string part(std::size_t index) const {
    return range ? range->part(index) : std::string(parts[index]);
  }
};

std::optional<Choice> first_choice(std::string_view text) {
  const auto open = text.find('{');
  if (open == std::string_view::npos) return std::nullopt;
  Choice choice{.before = text.substr(0, open), .parts = {}, .range = {}, .after = {}};
  int depth = 0;
  std::size_t begin = open + 1;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    const bool ends = text[at] == '}' && --depth == 0;
    if (!ends && (text[at] != ',' || depth != 1)) continue;
    choice.parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
    if (ends) break;
  }
  choice.after = text.substr(begin);
  if (choice.parts.size() == 1) choice.range = brace_range(choice.parts[0]);
  return choice;
}

bool is_pattern(std::string_view name) {
  return name.find_first_of("*?[") != std::string_view::npos || has_group(name);
}

}  // namespace

std::optional<std::vector<std::string>> without_braces(std::string pattern, std::size_t most) {
  if (pattern.size() > kLongestPattern) return std::nullopt;
  mark_plain_braces(pattern);
  std::vector<std::string> done;
  std::vector<std::string> waiting = {std::move(pattern)};
  while (!waiting.empty()) {
    auto text = std::move(waiting.back());
    waiting.pop_back();
    const auto choice = first_choice(text);
    if (done.size() + waiting.size() + (choice ? choice->size() : 1) > most) return std::nullopt;
    if (choice) {
      for (auto index = choice->size(); index-- > 0;)
        waiting.push_back(cat(choice->before, choice->part(index), choice->after));
      continue;
    }
    std::ranges::replace(text, kOpen, '{');
    std::ranges::replace(text, kClose, '}');
    done.push_back(std::move(text));
  }
  return done;
}

bool begins_with_group(std::string_view pattern) {
  return pattern.size() > 2 && pattern[1] == '(' &&
         std::string_view("@+?*!").find(pattern[0]) != std::string_view::npos;
}

bool has_group(std::string_view pattern) {
  for (std::size_t at = 0; at < pattern.size(); ++at)
    if (begins_with_group(pattern.substr(at))) return true;
  return false;
}

std::vector<std::string> names_of_path(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const auto name = path.substr(0, end);
    if (!name.empty() && name != ".") names.emplace_back(name);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return names;
}

PatternWalk walk_of(const std::string& base, std::string_view pattern) {
  auto names = names_of_path(pattern);
  const auto first = std::ranges::find_if(names, is_pattern);
  fs::path start = pattern.starts_with('/') ? fs::path("/") : fs::path(base);
  for (auto name = names.begin(); name != first; ++name) start /= *name;
  start = start.lexically_normal();
  if (!start.has_filename() && start.has_relative_path()) start = start.parent_path();
  names.erase(names.begin(), first);
  return {.start = start.string(), .names = std::move(names)};
}

}  // namespace adit::app
