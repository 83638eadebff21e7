#include "cli/terminal/step_lines.h"

#include <array>
#include <cstdio>
#include <string>

#include "cli/terminal/terminal.h"

#include "base/text/text.h"

namespace adit::cli {
namespace {

std::string on_one_line(const std::string& text) { return replace_all(replace_all(text, "\n", " "), "\t", " "); }

}  // namespace

void write_step(const trace::Step& step) {
  constexpr std::size_t kNameWidth = 20;
  auto name = on_one_line(step.name);
  if (const auto columns = columns_of(name); columns < kNameWidth) name.append(kNameWidth - columns, ' ');
  std::array<char, 32> took{};
  std::snprintf(took.data(), took.size(), " %8.1f ms  ", static_cast<double>(step.took.count()) / 1000);
  write_whole({styled(Stream::err, Style::note, name), styled(Stream::err, Style::plain, took.data()),
               styled(Stream::err, Style::faint, on_one_line(step.detail)), styled(Stream::err, Style::plain, "\n")});
}

}  // namespace adit::cli
