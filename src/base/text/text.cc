#include "base/text/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <numeric>

#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/secret.h"

#include "base/descriptor.h"
#include "base/open_file.h"
#include "base/system_reason.h"
#include "base/text/ascii.h"
#include "base/text/utf8.h"

namespace adit {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Returns the number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
/// Ignores letter case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

/// Wipes the buffer of a file that is read, at the end of its scope.
struct Wiping {
  std::span<char> memory;
  Wiping(const Wiping&) = delete;
  Wiping& operator=(const Wiping&) = delete;
  explicit Wiping(std::span<char> of) : memory(of) {}
  ~Wiping() { wipe(memory.data(), memory.size()); }
};

Error too_large(const std::string& path, std::size_t most) {
  return Error::configuration("file_unreadable", cat("Cannot read ", path, ": it is larger than ", most >> 20U, " MB."))
      .hint("Check that it is the right file.");
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string to_upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string> split_list(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view piece = trim(text.substr(0, end));
    if (!piece.empty()) pieces.emplace_back(piece);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += separator;
    text += parts[i];
  }
  return text;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  std::string result;
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, begin)) {
    result.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  if (begin == 0) return text;
  return result.append(text, begin);
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  // Words and candidates may come from a file. Both limits bound the time, which grows with the product of both
  // lengths.
  constexpr std::size_t kLongest = 64;
  constexpr std::size_t kMostWork = 100'000;
  if (word.empty() || word.size() > kLongest) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  std::size_t work = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongest) continue;
    const auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
    // A third of the letters may be wrong, and at least one.
    const std::size_t most = std::max<std::size_t>(1, longer / 3);
    if (longer - shorter > most) continue;
    work += longer * shorter;
    if (work > kMostWork) break;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance > most || distance >= longer) continue;
    if (best == nullptr || distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string described(std::string_view value, std::span<const std::string> known) {
  if (value.empty()) return "an empty value";
  constexpr std::size_t kDigitsOfNoSecret = 6;
  const bool is_number =
      value.size() <= kDigitsOfNoSecret && value.find_first_not_of("0123456789") == std::string_view::npos;
  if (is_number || nearest(value, known)) return cat("'", value, "'");
  const auto characters = utf8_count(value);
  return cat("a value of ", characters, characters == 1 ? " character" : " characters");
}

void append_hex(std::string& text, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  text += kDigits[byte >> 4U];
  text += kDigits[byte & 15U];
}

std::string form_encode(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    if (is_letter_or_digit(c) || c == '*' || c == '-' || c == '.' || c == '_') {
      result += c;
    } else if (c == ' ') {
      result += '+';
    } else {
      result += '%';
      append_hex(result, static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::string percent_encode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      result += c;
    } else {
      result += '%';
      append_hex(result, static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::optional<std::string> percent_decode(std::string_view text) {
  // Built in place: moving a short string would leave a copy of it, which may be a password, on the stack.
  std::optional<std::string> result(std::in_place);
  result->reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      *result += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      wipe(result->data(), result->size());
      result.reset();
      return result;
    }
    *result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

std::string form_decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

std::string read_file(const std::string& path, std::size_t most) {
  const Descriptor file(open_file(path));
  struct stat status {};
  if (fstat(file.get(), &status) != 0) throw unreadable_file(path, errno);
  const bool is_regular = S_ISREG(status.st_mode);
  std::string text;
  if (is_regular && static_cast<std::uint64_t>(status.st_size) > most) throw too_large(path, most);
  // Only a guess: pipes and files in /proc report the size 0.
  if (is_regular) text.reserve(static_cast<std::size_t>(status.st_size));
  std::array<char, 16384> chunk{};
  const Wiping wiped_at_the_end{chunk};
  while (true) {
    const ssize_t count = read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw unreadable_file(path, errno);
    if (count == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > most) throw too_large(path, most);
  }
}

}  // namespace adit
