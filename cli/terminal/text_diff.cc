#include "cli/terminal/text_diff.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include "base/text/text.h"
#include "config/dotenv.h"

namespace adit::cli {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
  }
  return lines;
}

struct Step {
  char sign;
  std::string_view line;
};

/// Replaces each line with a number, equal for equal lines, because the table below compares every pair.
std::pair<std::vector<std::size_t>, std::vector<std::size_t>> numbered(const std::vector<std::string_view>& a,
                                                                       const std::vector<std::string_view>& b) {
  std::map<std::string_view, std::size_t> known;
  const auto number_all = [&known](const std::vector<std::string_view>& lines) {
    std::vector<std::size_t> numbers;
    numbers.reserve(lines.size());
    for (const auto line : lines) numbers.push_back(known.emplace(line, known.size()).first->second);
    return numbers;
  };
  auto of_a = number_all(a);
  return {std::move(of_a), number_all(b)};
}

/// Uses the longest common subsequence. Texts that are too long for its table are replaced as a whole.
std::vector<Step> steps_between(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  constexpr std::size_t kMaxCells = 4'000'000;
  const auto n = a.size();
  const auto m = b.size();
  std::vector<Step> steps;
  if ((n + 1) * (m + 1) > kMaxCells) {
    for (const auto line : a) steps.push_back({'-', line});
    for (const auto line : b) steps.push_back({'+', line});
    return steps;
  }
  const auto [lines_of_a, lines_of_b] = numbered(a, b);
  std::vector<unsigned> common((n + 1) * (m + 1), 0);
  const auto at = [&, m](std::size_t i, std::size_t j) -> unsigned& { return common[i * (m + 1) + j]; };
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;)
      at(i, j) = lines_of_a[i] == lines_of_b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && lines_of_a[i] == lines_of_b[j]) {
      steps.push_back({' ', a[i]});
      ++i;
      ++j;
    } else if (j == m || (i < n && at(i + 1, j) >= at(i, j + 1))) {
      steps.push_back({'-', a[i++]});
    } else {
      steps.push_back({'+', b[j++]});
    }
  }
  return steps;
}

constexpr std::size_t kContext = 3;

/// Returns true for a key whose value is not a secret.
bool shows_value_of(std::string_view key) {
  constexpr std::array<std::string_view, 9> kShown = {"JWT_CLIENT_ID",
                                                      "JWT_IMS_ORG",
                                                      "JWT_METASCOPES",
                                                      "JWT_TECHNICAL_ACCOUNT_ID",
                                                      "LOG_LEVEL",
                                                      "IMS_OAUTH_S2S_CLIENT_ID",
                                                      "IMS_OAUTH_S2S_ORG_ID",
                                                      "IMS_OAUTH_S2S_SCOPES",
                                                      "AIO_runtime_namespace"};
  return std::find(kShown.begin(), kShown.end(), key) != kShown.end();
}

/// Appends text between entries. Comments are shown up to a `=`, where a disabled setting's value begins. Other lines
/// may be part of a key that was cut, and are hidden.
void append_between(std::string& out, std::string_view part) {
  while (!part.empty()) {
    const auto end = part.find('\n');
    const auto line = part.substr(0, end);
    const auto bare = trim(line);
    if (bare.starts_with('#')) {
      const auto equals = line.find('=');
      out += equals == std::string_view::npos ? std::string(line) : cat(line.substr(0, equals + 1), "<hidden>");
    } else {
      out += bare.empty() ? std::string(line) : "<hidden>";
    }
    if (end == std::string_view::npos) break;
    out += '\n';
    part.remove_prefix(end + 1);
  }
}

/// Appends the text from `at` to the end of the entry's last line. Returns where the next line begins.
std::size_t append_entry(std::string& out, std::string_view text, const DotenvEntry& entry, std::size_t at) {
  const auto word = std::min(text.find(entry.key, std::max(entry.begin, at)), entry.value_begin);
  const auto start = text.substr(at, word - std::min(word, at)).rfind('\n');
  const auto line = start == std::string_view::npos ? at : at + start + 1;
  if (line > at) append_between(out, text.substr(at, line - at));
  out += text.substr(line, entry.value_begin - line);
  if (shows_value_of(entry.key)) {
    out += text.substr(entry.value_begin, entry.value_end - entry.value_begin);
  } else if (!entry.value.empty()) {
    out += "<hidden>";
  }
  at = std::max(entry.value_end, entry.value_begin);
  const auto line_end = std::min(text.find('\n', at), text.size());
  const auto rest = text.substr(at, line_end - at);
  // A `#` inside a word begins a comment for dotenv, but it may be part of a secret.
  const bool inside = !entry.value.empty() && rest.starts_with('#') &&
                      std::string_view(" \t\"'`").find(text[at - 1]) == std::string_view::npos;
  if (trim(rest).starts_with('#') && !inside) append_between(out, rest);
  if (line_end == text.size()) return line_end;
  out += '\n';
  return line_end + 1;
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name) {
  const auto steps = steps_between(lines_of(before), lines_of(after));
  std::string text;
  std::size_t old_line = 1;
  std::size_t new_line = 1;
  for (std::size_t i = 0; i < steps.size();) {
    const auto change =
        static_cast<std::size_t>(std::find_if(steps.begin() + static_cast<std::ptrdiff_t>(i), steps.end(),
                                              [](const Step& s) { return s.sign != ' '; }) -
                                 steps.begin());
    if (change == steps.size()) break;
    const auto begin = std::max(i, change > kContext ? change - kContext : 0);
    old_line += begin - i;
    new_line += begin - i;
    std::size_t end = change + 1;
    for (std::size_t j = end; j < steps.size() && j < end + 2 * kContext; ++j) {
      if (steps[j].sign != ' ') end = j + 1;
    }
    end = std::min(end + kContext, steps.size());
    std::string body;
    std::size_t old_count = 0;
    std::size_t new_count = 0;
    for (std::size_t j = begin; j < end; ++j) {
      body += cat(steps[j].sign, steps[j].line, '\n');
      if (steps[j].sign != '+') ++old_count;
      if (steps[j].sign != '-') ++new_count;
    }
    text += cat("@@ -", old_count == 0 ? old_line - 1 : old_line, ',', old_count, " +",
                new_count == 0 ? new_line - 1 : new_line, ',', new_count, " @@\n", body);
    old_line += old_count;
    new_line += new_count;
    i = end;
  }
  return text.empty() ? text : cat("--- ", name, "\n+++ ", name, '\n', text);
}

void print_diff(std::ostream& out, Stream stream, std::string_view diff) {
  while (!diff.empty()) {
    const auto line = diff.substr(0, diff.find('\n'));
    diff.remove_prefix(std::min(line.size() + 1, diff.size()));
    const bool heading = line.starts_with("---") || line.starts_with("+++") || line.starts_with("@@");
    const auto style = heading                 ? Style::strong
                       : line.starts_with('+') ? Style::added
                       : line.starts_with('-') ? Style::removed
                                               : Style::plain;
    out << styled(stream, style, line) << '\n';
  }
}

std::string hide_dotenv_values(std::string_view text) {
  const auto normalised = normalise_line_ends(text);
  const std::string_view whole = normalised;
  std::string out;
  std::size_t at = 0;
  for (const auto& entry : parse_with_wrapped_keys(text)) {
    // dotenv also accepts U+2028 as the end of a line: the other entry on this line was handled already.
    if (entry.value_begin >= at) at = append_entry(out, whole, entry, at);
  }
  if (at < whole.size()) append_between(out, whole.substr(at));
  return out;
}

}  // namespace adit::cli
