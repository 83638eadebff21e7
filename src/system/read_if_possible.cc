#include "system/read_if_possible.h"

#include <fstream>
#include <sstream>
#include <utility>

namespace adit {

std::optional<std::string> read_if_possible(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  // A stream's iterators throw if reading fails, as it does when a process ends while its files in /proc are read.
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace adit
