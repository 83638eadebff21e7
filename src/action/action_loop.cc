#include "action/action_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include <unistd.h>

#include "adit/secret.h"

#include "action/contract.h"
#include "action/last_answer.h"
#include "action/serial_runner.h"
#include "base/secret/wiping.h"
#include "base/text/text.h"
#include "base/write_all.h"

namespace adit {
namespace {

/// Reads lines from a descriptor, without their ends. Lines contain secrets, so each is wiped here after it is
/// returned.
class LineReader {
 public:
  LineReader(int descriptor, std::size_t max_bytes) : descriptor_(descriptor), max_bytes_(max_bytes) {}

  struct Line {
    WipedString text;
    bool too_long = false;
  };

  /// Returns `nullopt` at the end of the input.
  std::optional<Line> next() {
    Line line;
    std::size_t searched = 0;
    while (true) {
      if (const auto end = buffer_.find('\n', std::max(searched, begin_)); end != std::string::npos) {
        const std::string_view text = std::string_view(buffer_).substr(begin_, end - begin_);
        if (!line.too_long) line.text = text;
        wipe(buffer_.data() + begin_, text.size());
        begin_ = end + 1;
        return line;
      }
      // Here, so that lines that arrive together are removed together.
      drop_lines();
      searched = buffer_.size();
      if (buffer_.size() > max_bytes_) {
        line.too_long = true;
        wipe(buffer_);
        searched = 0;
      }
      if (!fill()) {
        if (buffer_.empty() && !line.too_long) return std::nullopt;
        if (!line.too_long) line.text = std::string_view(buffer_);
        wipe(buffer_);
        return line;
      }
    }
  }

 private:
  bool fill() {
    std::array<char, 65'536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
    ssize_t count = 0;
    do {
      count = ::read(descriptor_, chunk.data(), chunk.size());
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    append_wiping(buffer_, {chunk.data(), static_cast<std::size_t>(count)});
    wipe(chunk.data(), static_cast<std::size_t>(count));
    return true;
  }

  /// Removes the lines that were returned, and moves the rest of the buffer to its front.
  void drop_lines() {
    const auto rest = buffer_.size() - begin_;
    std::memmove(buffer_.data(), buffer_.data() + begin_, rest);
    wipe(buffer_.data() + rest, begin_);
    buffer_.resize(rest);
    begin_ = 0;
  }

  int descriptor_;
  std::size_t max_bytes_;
  WipedString buffer_;
  /// Where in `buffer_` the next line begins.
  std::size_t begin_ = 0;
};

std::string answer_to(SerialRunner& runner, const LineReader::Line& line, std::size_t max_bytes) {
  if (line.too_long) return to_json(error_result(cat("The parameters are longer than ", max_bytes, " bytes.")));
  auto message = try_parse_json(line.text, {.max_bytes = max_bytes, .max_depth = 1000, .wiped = true});
  if (!message) return to_json(error_result("The platform sent an activation that is not JSON."));
  // If the action returned no result, this is a JSON string. The proxy in front of the program then answers 502 with
  // OpenWhisk's own message.
  return to_json(runner.run(*std::move(message), ActivationEnvironment::set));
}

}  // namespace

int serve_action_loop(const Handler& handler, const ActionLoop& loop) {
  LineReader lines(loop.in, loop.max_line_bytes);
  if (loop.acknowledge && !write_all(loop.out, "{\"ok\":true}\n")) return 1;
  // Line buffering, so that a crash loses no line of the log.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const LastAnswer last_answer;
  SerialRunner runner(handler);
  while (const auto line = lines.next()) {
    if (!line->too_long && trim(line->text).empty()) continue;
    auto answer = answer_to(runner, *line, loop.max_line_bytes);
    answer += '\n';
    // The log of an activation must come before its answer.
    std::fflush(stdout);
    std::fflush(stderr);
    if (!write_all(loop.out, answer)) return 1;
  }
  runner.exit_if_overdue();
  return 0;
}

}  // namespace adit
