#include "system/files/read_if_possible.h"

#include <fstream>
#include <sstream>
#include <utility>

namespace adit {

std::optional<std::string> read_if_possible(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  // Not with a stream's iterators, which throw if reading fails. It fails if a process ends while its files in /proc
  // are read.
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace adit
