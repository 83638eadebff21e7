#include "config/ignored_lines.h"

#include <algorithm>
#include <string>

#include "base/byte_order_mark.h"
#include "base/text.h"

namespace adit {

std::vector<int> ignored_lines(const EnvFile& file, std::string_view text) {
  std::string rest(text);
  for (const auto& entry : file.entries) {
    const auto end = std::min(entry.end, rest.size());
    for (auto at = entry.begin; at < end; ++at)
      if (rest[at] != '\n') rest[at] = ' ';
  }
  std::vector<int> ignored;
  int number = 0;
  for (std::size_t begin = 0; begin < rest.size();) {
    const auto end = std::min(rest.find('\n', begin), rest.size());
    const auto line = without_byte_order_mark(trim(std::string_view(rest).substr(begin, end - begin)));
    begin = end + 1;
    ++number;
    if (!line.empty() && !line.starts_with('#')) ignored.push_back(number);
  }
  return ignored;
}

}  // namespace adit
