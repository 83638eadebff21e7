#include "config/ignored_lines.h"

#include <algorithm>

#include "adit/secret.h"

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "config/dotenv.h"

namespace adit {

std::vector<int> ignored_lines(std::string_view text) {
  WipedString rest = normalise_line_ends(text);
  for (const auto& entry : parse_with_wrapped_keys(text)) {
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
