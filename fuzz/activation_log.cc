#include "dev/host/activation_log.h"

#include <string>

#include "adit/clock.h"

#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::dev;
using namespace adit::fuzz;

ADIT_FUZZ(activation_log) {
  constexpr std::size_t kMaxLogBytes = 1000;
  Input input(bytes);
  const auto size = 1 + input.choice(8);
  const auto text = input.rest();
  const ManualClock clock;
  ActivationLog whole(clock, kMaxLogBytes);
  whole.add(LogStream::out, text);
  ActivationLog in_pieces(clock, kMaxLogBytes);
  for (std::size_t at = 0; at < text.size(); at += size) in_pieces.add(LogStream::out, text.substr(at, size));
  const auto lines = std::move(whole).take();
  require(lines == std::move(in_pieces).take(), "the lines do not depend on how the bytes are split");
  for (const auto& line : lines) require(line.find('\n') == std::string::npos, "a line is one line");
}
