#include "config/dotenv_edit.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "adit/error.h"

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "config/dotenv.h"
#include "system/files/replace_file.h"

namespace adit {
namespace {

/// Entries hold positions in the text with `\n` for all line ends. This converts them to positions in the original
/// text. If the positions are passed in ascending order, it reads the text only once.
class OriginalPositions {
 public:
  explicit OriginalPositions(std::string_view text) : text_(text) {}

  std::size_t of(std::size_t position) {
    for (; passed_ < position && at_ < text_.size(); ++passed_) at_ += text_.substr(at_, 2) == "\r\n" ? 2 : 1;
    return at_;
  }

 private:
  std::string_view text_;
  std::size_t passed_ = 0;
  std::size_t at_ = 0;
};

std::size_t original_position(std::string_view text, std::size_t position) {
  return OriginalPositions(text).of(position);
}

std::size_t line_start(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at).rfind('\n');
  return before == std::string_view::npos ? 0 : before + 1;
}

/// Returns the beginning of the next line, or the end of the text.
std::size_t next_line(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

/// Returns where the line of the entry's key begins. `entry.begin` may be earlier, because a match includes blank lines
/// before the key.
std::size_t first_line(std::string_view text, const DotenvEntry& entry) {
  const auto word = text.find_first_not_of(" \t\n\v\f", entry.begin);
  auto at = line_start(text, std::min(word, text.size()));
  if (at == 0) at = text.size() - without_byte_order_mark(text).size();
  return at;
}

/// Returns the end of the last line of the entry's value. `entry.end` may be later, because a match may include the
/// next line's comment.
std::size_t last_line(std::string_view text, const DotenvEntry& entry) {
  return next_line(text, std::max(entry.value_end, entry.value_begin));
}

const DotenvEntry* last_of(const std::vector<DotenvEntry>& entries, std::string_view key) {
  const auto found = std::find_if(entries.rbegin(), entries.rend(), [key](const auto& e) { return e.key == key; });
  return found == entries.rend() ? nullptr : &*found;
}

/// Returns all keys with their values, except those of `key`.
std::vector<std::pair<std::string, std::string>> others(std::string_view text, std::string_view key) {
  std::vector<std::pair<std::string, std::string>> all;
  for (auto& entry : parse_with_wrapped_keys(text)) {
    if (entry.key != key) all.emplace_back(std::move(entry.key), std::move(entry.value));
  }
  return all;
}

bool reads_back(const std::string& changed, std::string_view key, std::string_view value) {
  const auto as_adit = parse_with_wrapped_keys(changed);
  const auto as_dotenv = parse_dotenv(changed);
  const auto* ours = last_of(as_adit, key);
  const auto* theirs = last_of(as_dotenv, key);
  return ours != nullptr && theirs != nullptr && ours->value == value && theirs->value == value;
}

bool is_safe_plain(std::string_view value) {
  return value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+./:@=,%~") ==
         std::string_view::npos;
}

std::string quoted(char quote, std::string_view value) { return cat(quote, value, quote); }

std::string escaped(std::string_view value) {
  return quoted('"', replace_all(replace_all(std::string(value), "\n", "\\n"), "\r", "\\r"));
}

/// Returns the spellings to try, the best one first: with the same quotes as before, then those that a shell reads in
/// the same way.
std::vector<std::string> spellings(std::string_view value, char quote) {
  const bool lines = value.find_first_of("\r\n") != std::string_view::npos;
  std::vector<std::string> all;
  if (lines) {
    all.push_back(escaped(value));
  } else if (quote != '\0' && value.find(quote) == std::string_view::npos) {
    all.push_back(quoted(quote, value));
  }
  if (is_safe_plain(value)) all.emplace_back(value);
  for (const char other : {'\'', '"', '`'}) {
    if (value.find(other) == std::string_view::npos) all.push_back(quoted(other, value));
  }
  // dotenv also reads a quote inside the same kind of quotes, if the line does not end earlier.
  for (const char other : {'\'', '"', '`'}) all.push_back(quoted(other, value));
  all.push_back(escaped(value));
  if (!lines) all.emplace_back(value);
  return all;
}

void check_key(std::string_view key) {
  const bool fine = !key.empty() && key != "__proto__" &&
                    key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") ==
                        std::string_view::npos;
  if (!fine) {
    throw Error::configuration("invalid_key_name", "A key of .env has letters, digits, '_', '.' and '-' only.")
        .hint("Give it another name.");
  }
}

Error unwritable(std::string_view key) {
  return Error::configuration("unwritable_value", cat("The value of ", key, " cannot be written into a .env file."))
      .hint(
          "No kind of quotes can hold it without changing other keys. Look for a quote in the file that is never closed, and for all three kinds of quotes in the value.");
}

}  // namespace

DotenvText::DotenvText(std::string text) : text_(std::move(text)), original_(text_) {}

DotenvText DotenvText::read(const std::string& path) {
  auto text = read_file_if_there(path);
  DotenvText result(text.value_or(""));
  result.existed_ = text.has_value();
  if (is_utf16(result.text_)) {
    throw Error::configuration("file_unreadable", cat("Cannot change ", path, ": it is UTF-16, not UTF-8."))
        .hint("Save it as UTF-8; PowerShell's `>` writes UTF-16, `Out-File -Encoding utf8` does not.");
  }
  return result;
}

std::optional<std::string> DotenvText::get(std::string_view key) const {
  const auto entries = parse_with_wrapped_keys(text_);
  const auto* entry = last_of(entries, key);
  return entry == nullptr ? std::nullopt : std::optional(entry->value);
}

std::vector<std::string> DotenvText::keys() const {
  std::vector<std::string> keys;
  std::set<std::string> known;
  for (auto& entry : parse_with_wrapped_keys(text_)) {
    if (known.insert(entry.key).second) keys.push_back(std::move(entry.key));
  }
  return keys;
}

std::string DotenvText::line_end() const {
  const auto first = text_.find('\n');
  return first != std::string::npos && first > 0 && text_[first - 1] == '\r' ? "\r\n" : "\n";
}

void DotenvText::set(std::string_view key, std::string_view value) { set_before({}, key, value); }

void DotenvText::set_before(std::string_view anchor, std::string_view key, std::string_view value) {
  check_key(key);
  const auto normalised = normalise_line_ends(text_);
  const auto entries = parse_with_wrapped_keys(text_);
  const auto* entry = last_of(entries, key);
  if (entry == nullptr) {
    const auto before = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key == anchor; });
    insert(before == entries.end() ? text_.size() : original_position(text_, first_line(normalised, *before)), key,
           value);
    return;
  }
  if (entry->value == value && reads_back(text_, key, value)) return;
  const std::string_view old =
      std::string_view(normalised).substr(entry->value_begin, entry->value_end - entry->value_begin);
  auto begin = std::min(old.find_first_not_of(" \t"), old.size());
  if (begin < old.size() && old[begin] == '\n') begin = 0;  // the old value is on the next line
  const auto last = old.find_last_not_of(" \t\n");
  const auto end = last == std::string_view::npos || last < begin ? begin : last + 1;
  const char quote =
      begin < old.size() && std::string_view("'\"`").find(old[begin]) != std::string_view::npos ? old[begin] : '\0';
  const auto from = original_position(text_, entry->value_begin + begin);
  const auto to = original_position(text_, entry->value_begin + end);
  const auto rest = others(text_, key);
  for (const auto& spelling : spellings(value, quote)) {
    auto changed = text_;
    changed.replace(from, to - from, spelling);
    if (!reads_back(changed, key, value) || others(changed, key) != rest) continue;
    text_ = std::move(changed);
    return;
  }
  throw unwritable(key);
}

void DotenvText::insert(std::size_t at, std::string_view key, std::string_view value) {
  const auto end = line_end();
  const auto rest = others(text_, key);
  for (const auto& spelling : spellings(value, '\0')) {
    auto changed = text_;
    auto line = cat(key, '=', spelling, end);
    if (at == text_.size() && !text_.empty() && text_.back() != '\n' && text_ != kByteOrderMark) line.insert(0, end);
    changed.insert(at, line);
    if (!reads_back(changed, key, value) || others(changed, key) != rest) continue;
    text_ = std::move(changed);
    return;
  }
  throw unwritable(key);
}

bool DotenvText::rename(std::string_view key, std::string_view to) {
  check_key(to);
  const auto entries = parse_with_wrapped_keys(text_);
  const auto* entry = last_of(entries, key);
  if (entry == nullptr || last_of(entries, to) != nullptr) return false;
  const auto normalised = normalise_line_ends(text_);
  const auto from = normalised.find(key, first_line(normalised, *entry));
  if (from == std::string::npos) return false;
  auto changed = text_;
  changed.replace(original_position(text_, from), key.size(), to);
  const auto now = parse_with_wrapped_keys(changed);
  const auto same = [&](const DotenvEntry& before, const DotenvEntry& after) {
    return before.value == after.value && after.key == (before.begin == entry->begin ? to : before.key);
  };
  if (!std::equal(entries.begin(), entries.end(), now.begin(), now.end(), same)) return false;
  text_ = std::move(changed);
  return true;
}

bool DotenvText::remove(std::string_view key) {
  const auto rest = others(text_, key);
  const auto normalised = normalise_line_ends(text_);
  OriginalPositions positions(text_);
  std::string changed;
  std::size_t copied = 0;
  std::size_t done = 0;
  bool found = false;
  for (const auto& entry : parse_with_wrapped_keys(text_)) {
    if (entry.key != key || (found && entry.value_begin < done)) continue;
    const auto begin = positions.of(std::max(first_line(normalised, entry), done));
    changed.append(text_, copied, begin - copied);
    done = last_line(normalised, entry);
    copied = positions.of(done);
    found = true;
  }
  changed.append(text_, copied);
  if (others(changed, key) != rest || last_of(parse_with_wrapped_keys(changed), key) != nullptr) throw unwritable(key);
  text_ = std::move(changed);
  return found;
}

void DotenvText::write(const std::string& path) const {
  replace_file({.path = path, .before = existed_ ? std::optional(original_) : std::nullopt, .after = text_});
}

std::string dotenv_line(std::string_view key, std::string_view value) {
  DotenvText text;
  text.set(key, value);
  auto line = text.text();
  line.pop_back();
  return line;
}

}  // namespace adit
