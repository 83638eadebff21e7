#include "cli/step_lines.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <unistd.h>

namespace adit::cli {
namespace {

bool colours() {
  const char* refused = std::getenv("NO_COLOR");
  if (refused != nullptr && *refused != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) shown += (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) ? ' ' : c;
  return shown;
}

}  // namespace

void write_step(const trace::Step& step) {
  static const bool coloured = colours();
  const char* strong = coloured ? "\033[1;36m" : "";
  const char* faint = coloured ? "\033[2m" : "";
  const char* plain = coloured ? "\033[0m" : "";
  const double milliseconds = static_cast<double>(step.took.count()) / 1000;
  std::fprintf(stderr, "%s%-20s%s %8.1f ms  %s%s%s\n", strong, printable(step.name).c_str(), plain, milliseconds, faint,
               printable(step.detail).c_str(), plain);
}

}  // namespace adit::cli
