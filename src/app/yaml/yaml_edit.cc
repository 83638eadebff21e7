#include "app/yaml/yaml_edit.h"

#include <algorithm>

#include "base/text/byte_order_mark.h"

namespace adit::app {
namespace {

std::string changed(std::string_view line, const std::map<std::pair<std::size_t, std::size_t>, std::string>& changes) {
  std::string text;
  std::size_t done = 0;
  for (const auto& [place, to] : changes) {
    if (place.first < done) continue;  // inside a range that is replaced already
    text += line.substr(done, place.first - done);
    text += to;
    done = place.first + place.second;
  }
  text += line.substr(done);
  return text;
}

}  // namespace

YamlEdit::YamlEdit(std::string text) {
  auto rest = without_byte_order_mark(text);
  mark_ = text.substr(0, text.size() - rest.size());
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
    const std::size_t size = rest.substr(end, 2) == "\r\n" ? 2 : std::min<std::size_t>(1, rest.size() - end);
    Line line;
    line.text = rest.substr(0, end);
    line.characters = CharacterIndex(line.text);
    line.end = rest.substr(end, size);
    lines_.push_back(std::move(line));
    rest.remove_prefix(end + size);
  }
}

std::string_view YamlEdit::line(int number) const {
  const auto index = static_cast<std::size_t>(number) - 1;
  return number < 1 || index >= lines_.size() ? std::string_view() : std::string_view(lines_[index].text);
}

std::size_t YamlEdit::byte_at(int number, int column) const {
  const auto index = static_cast<std::size_t>(number) - 1;
  if (number < 1 || index >= lines_.size() || column < 1) return 0;
  return lines_[index].characters.byte_of(lines_[index].text, static_cast<std::size_t>(column) - 1);
}

std::optional<std::size_t> YamlEdit::scalar_at(int number, int column, std::string_view text) const {
  const auto all = line(number);
  auto at = std::min(byte_at(number, column), all.size());
  // Anchor and tag (YAML 1.2.2, section 6.9): they contain no spaces and are followed by some.
  while (at < all.size() && (all[at] == '&' || all[at] == '!')) {
    at = std::min(all.find_first_of(" \t", at), all.size());
    at = std::min(all.find_first_not_of(" \t", at), all.size());
  }
  if (at == all.size()) return std::nullopt;
  const char first = all[at];
  if (first == '|' || first == '>') return std::nullopt;  // a block scalar; its text is in the lines below
  const bool quoted = first == '"' || first == '\'';
  if (quoted) ++at;
  const auto rest = all.substr(at);
  if (!rest.starts_with(text) || (quoted && rest.substr(text.size(), 1) != std::string_view(&first, 1)))
    return std::nullopt;
  // A literal text contains no escapes (\" and '').
  if (quoted && text.find(first) != std::string_view::npos) return std::nullopt;
  if (first == '"' && text.find('\\') != std::string_view::npos) return std::nullopt;
  return at;
}

void YamlEdit::replace_bytes(int number, std::size_t at, std::size_t size, std::string to) {
  const auto index = static_cast<std::size_t>(number) - 1;
  if (number >= 1 && index < lines_.size()) lines_[index].changes.insert_or_assign({at, size}, std::move(to));
}

void YamlEdit::remove_line(int number) {
  const auto index = static_cast<std::size_t>(number) - 1;
  if (number >= 1 && index < lines_.size()) lines_[index].removed = true;
}

void YamlEdit::insert_after(int number, std::string text) {
  const auto index = static_cast<std::size_t>(number) - 1;
  if (number < 1 || index >= lines_.size()) return;
  auto& after = lines_[index].after;
  if (std::find(after.begin(), after.end(), text) == after.end()) after.push_back(std::move(text));
}

std::string YamlEdit::apply() const {
  const std::string end = lines_.empty() || lines_.front().end.empty() ? "\n" : lines_.front().end;
  std::string text = mark_;
  for (const auto& line : lines_) {
    if (!line.removed) text += changed(line.text, line.changes) + line.end;
    for (const auto& added : line.after) {
      if (!text.empty() && text != mark_ && text.back() != '\n' && text.back() != '\r') text += end;
      text += added + end;
    }
  }
  return text;
}

}  // namespace adit::app
