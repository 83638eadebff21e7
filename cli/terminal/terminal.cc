#include "cli/terminal/terminal.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/terminal/visible_buffer.h"

#include "base/text/text.h"
#include "base/text/utf8.h"
#include "base/text/visible_text.h"

namespace adit::cli {
namespace {

constexpr std::size_t kDefaultWidth = 100;
constexpr std::size_t kLeastWidth = 20;
constexpr std::string_view kPlain = "\033[0m";

CommonOptions& chosen_options() {
  static CommonOptions common_options;
  return common_options;
}

bool has_colours(Stream stream) {
  if (common_options().no_color) return false;
  const char* refused = std::getenv("NO_COLOR");
  if (refused != nullptr && *refused != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return is_terminal(stream) && terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
}

std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::strong:
      return "1";
    case Style::faint:
      return "2";
    case Style::error:
      return "1;31";
    case Style::warning:
      return "1;33";
    case Style::note:
      return "1;36";
    case Style::good:
    case Style::added:
      return "32";
    case Style::removed:
      return "31";
  }
  return "";
}

std::string rendered(const StyledText& text) {
  const auto code = code_of(text.style);
  const auto shown = visible(text.text);
  return code.empty() || !has_colours(text.stream) ? shown : cat("\033[", code, "m", shown, kPlain);
}

/// Returns the length of the colour sequence with which the text begins (ECMA-48, SGR), or 0.
std::size_t colour_length(std::string_view text) {
  if (!text.starts_with("\033[")) return 0;
  const auto end = text.find_first_not_of("0123456789;:", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

long long now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void set_common_options(const CommonOptions& common_options) { chosen_options() = common_options; }
const CommonOptions& common_options() { return chosen_options(); }

bool is_terminal(Stream stream) { return ::isatty(stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO) == 1; }

bool can_ask() { return ::isatty(STDIN_FILENO) == 1 && is_terminal(Stream::err); }

StyledText styled(Stream stream, Style style, std::string_view text) { return {stream, style, std::string(text)}; }

std::ostream& operator<<(std::ostream& out, const StyledText& text) {
  write_raw(out, rendered(text));
  return out;
}

void write_whole(const std::vector<StyledText>& texts) {
  std::string line;
  for (const auto& text : texts) line += rendered(text);
  write_raw(std::cerr, line);
}

void write_log(std::string_view text) {
  const bool colours = has_colours(Stream::err);
  std::string shown;
  bool coloured = false;
  while (!text.empty()) {
    const auto length = colour_length(text);
    const auto plain = std::min(text.find('\033', length == 0 ? 1 : length), text.size());
    if (length > 0 && colours) shown += text.substr(0, length);
    coloured = coloured || (length > 0 && colours);
    shown += visible(text.substr(length, plain - length));
    text.remove_prefix(plain);
  }
  if (coloured) shown += kPlain;
  write_raw(std::cerr, shown);
}

std::ostream& data_out() {
  static std::ostream raw(is_terminal(Stream::out) ? std::cout.rdbuf() : original_buffer(std::cout));
  return raw;
}

std::size_t width(Stream stream) {
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
    std::size_t number = 0;
    const std::string_view text = columns;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number > 0) return std::max(number, kLeastWidth);
  }
  winsize window{};
  const int descriptor = stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO;
  if (is_terminal(stream) && ::ioctl(descriptor, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
    return std::max<std::size_t>(window.ws_col, kLeastWidth);
  return kDefaultWidth;
}

std::size_t folding_width(Stream stream) {
  return is_terminal(stream) ? width(stream) : std::numeric_limits<std::size_t>::max();
}

std::size_t columns_of(std::string_view text) { return utf8_count(text); }

std::string wrapped(std::string_view text, std::size_t columns, std::size_t first_indent, std::size_t indent) {
  std::string result;
  std::size_t used = first_indent;
  bool at_start = true;
  const auto new_line = [&] {
    result += cat('\n', std::string(indent, ' '));
    used = indent;
    at_start = true;
  };
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find_first_of(" \n", begin), text.size());
    const auto word = text.substr(begin, end - begin);
    const auto length = columns_of(word);
    if (!word.empty()) {
      if (used + (at_start ? 0 : 1) + length > columns && (!at_start || used > indent)) new_line();
      if (!at_start) result += ' ';
      result += word;
      used += length + (at_start ? 0 : 1);
      at_start = false;
    }
    if (end < text.size() && text[end] == '\n') new_line();
    begin = end + 1;
  }
  return result;
}

std::string counted(std::uint64_t number, std::string_view unit) {
  return cat(number, ' ', unit, number == 1 ? "" : "s");
}

void print_table(std::ostream& out, Stream stream, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  if (widths.empty()) return;
  std::size_t left = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) left += widths[i] + 2;
  const auto room = folding_width(stream);
  const bool narrow = left + kLeastWidth > room;
  for (const auto& row : rows) {
    auto filled = row.size();
    while (filled > 1 && row[filled - 1].empty()) --filled;
    for (std::size_t i = 0; i < filled; ++i) {
      const bool last = i + 1 == filled;
      if (narrow) {
        if (i == 0 || !row[i].empty()) out << (i == 0 ? "" : "  ") << wrapped(row[i], room, i == 0 ? 0 : 2, 2) << '\n';
      } else if (last) {
        out << (i + 1 == widths.size() ? wrapped(row[i], room, left, left) : row[i]) << '\n';
      } else {
        out << row[i] << std::string(widths[i] - columns_of(row[i]) + 2, ' ');
      }
    }
  }
}

bool ask_yes_no(std::string_view question) {
  if (common_options().yes) return true;
  if (!can_ask()) return false;
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  if (!std::getline(std::cin, answer)) return false;
  answer = to_lower(trim(answer));
  return answer == "y" || answer == "yes";
}

std::size_t ask_which(std::string_view question, const std::vector<std::pair<std::string, std::string>>& choices) {
  if (common_options().yes || !can_ask()) return 0;
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < choices.size(); ++i)
    rows.push_back({cat("  ", i + 1), choices[i].first, choices[i].second});
  std::cerr << question << '\n';
  print_table(std::cerr, Stream::err, rows);
  for (;;) {
    std::cerr << "[1] " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer)) return 0;
    answer = to_lower(trim(answer));
    if (answer.empty()) return 0;
    for (std::size_t i = 0; i < choices.size(); ++i)
      if (answer == choices[i].first || answer == std::to_string(i + 1)) return i;
    std::cerr << "A number from 1 to " << choices.size() << ", or a name. ";
  }
}

void print_error(std::string_view text) {
  constexpr std::string_view kBefore = "adit: ";
  const auto line = text.substr(0, text.find('\n'));
  const bool folds = is_terminal(Stream::err);
  std::cerr << cat(kBefore, folds ? wrapped(line, width(Stream::err), kBefore.size()) : std::string(line),
                   text.substr(line.size()), '\n')
            << std::flush;
}

void note(std::string_view text) {
  if (!common_options().quiet) print_error(text);
}

ProgressLine::ProgressLine(std::string what) : what_(std::move(what)), started_ms_(now_ms()) {}

void ProgressLine::tick(std::string_view detail) {
  constexpr long long kQuiet = 1000;
  constexpr long long kBetween = 100;
  const auto now = now_ms();
  if (common_options().quiet || !is_terminal(Stream::err) || now - started_ms_ < kQuiet || now - shown_ms_ < kBetween)
    return;
  shown_ms_ = now;
  shown_ = true;
  auto line = visible(cat(what_, " … ", (now - started_ms_) / 1000, " s ", detail), Controls::escape_all);
  while (columns_of(line) >= width(Stream::err) && !line.empty()) line.pop_back();
  // Return the cursor, so that any other output begins in the first column.
  write_raw(std::cerr, cat("\r\033[K", line, '\r'));
}

void ProgressLine::clear() {
  if (std::exchange(shown_, false)) write_raw(std::cerr, "\r\033[K");
}

ProgressLine::~ProgressLine() { clear(); }

Waiting::Waiting(std::string what) : progress_(std::move(what)) {
  if (common_options().quiet || !is_terminal(Stream::err)) return;
  ticker_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, std::chrono::milliseconds(100), [this] { return over_; })) progress_.tick();
  });
}

void Waiting::write(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  progress_.clear();
  write_log(bytes);
}

Waiting::~Waiting() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_one();
  if (ticker_.joinable()) ticker_.join();
}

}  // namespace adit::cli
