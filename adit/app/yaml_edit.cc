#include "adit/app/yaml_edit.h"

#include <algorithm>

#include "adit/base/byte_order_mark.h"

namespace adit::app {
namespace {

/// The byte at which the character at `column` (from 1) begins.
std::size_t byte_of(std::string_view line, int column) {
  std::size_t at = 0;
  for (int i = 1; i < column && at < line.size(); ++i) {
    ++at;
    while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
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
    line.end = rest.substr(end, size);
    original_.push_back(std::move(line));
    rest.remove_prefix(end + size);
  }
  lines_ = original_;
}

std::string_view YamlEdit::line(int number) const {
  const auto index = static_cast<std::size_t>(number) - 1;
  return number < 1 || index >= original_.size() ? std::string_view() : std::string_view(original_[index].text);
}

bool YamlEdit::replace(int number, int column, std::string_view from, std::string_view to) {
  const auto index = static_cast<std::size_t>(number) - 1;
  if (number < 1 || index >= lines_.size()) return false;
  auto& line = lines_[index];
  const std::string_view old = original_[index].text;
  const auto at = old.find(from, byte_of(old, column));
  if (at == std::string_view::npos) return false;
  if (!line.replaced.insert(at).second) return true;
  // What was replaced before it on the line has moved it.
  std::size_t count = 0;
  for (auto found = old.find(from); found < at; found = old.find(from, found + 1)) {
    if (line.replaced.count(found) == 0) ++count;
  }
  auto place = line.text.find(from);
  for (; count > 0 && place != std::string::npos; --count) place = line.text.find(from, place + 1);
  if (place == std::string::npos) return false;
  line.text.replace(place, from.size(), to);
  return true;
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
  const std::string end = original_.empty() || original_.front().end.empty() ? "\n" : original_.front().end;
  std::string text = mark_;
  for (const auto& line : lines_) {
    if (!line.removed) text += line.text + line.end;
    for (const auto& added : line.after) {
      if (!text.empty() && text != mark_ && text.back() != '\n' && text.back() != '\r') text += end;
      text += added + end;
    }
  }
  return text;
}

}  // namespace adit::app
