#include "action/action_loop.h"

#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "adit/json.h"

#include "base/text/text.h"
#include "base/write_all.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

std::string content_of(int file) {
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  require(::pread(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "the whole file is read");
  return text;
}

std::size_t activations_in(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    count += trim(line).empty() ? 0 : 1;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return count;
}

}  // namespace

ADIT_FUZZ(action_loop) {
  const int in = ::memfd_create("in", MFD_CLOEXEC);
  const int out = ::memfd_create("out", MFD_CLOEXEC);
  require(in >= 0 && out >= 0 && write_all(in, bytes), "files can be made");
  ::lseek(in, 0, SEEK_SET);
  const adit::Handler handler = [](const Params& params, const Activation&) { return adit::Response(params.json()); };
  constexpr std::size_t kMaxLine = 100'000;
  require(serve_action_loop(handler, {.in = in, .out = out, .max_line_bytes = kMaxLine}) == 0,
          "the loop ends at the end of its input");
  const auto answers = content_of(out);
  ::close(in);
  ::close(out);
  std::string_view rest = answers;
  for (std::size_t i = activations_in(bytes); i > 0; --i) {
    const auto line = rest.substr(0, rest.find('\n'));
    require(line.size() < rest.size() && try_parse_json(line, {.max_depth = 1001}).has_value(),
            "the answer to each activation is one line of JSON");
    rest.remove_prefix(line.size() + 1);
  }
  require(rest.empty(), "there are no other answers");
}
