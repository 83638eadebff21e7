#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace adit::cli {

/// How a command interacts with people, from the common options and the user's configuration file.
struct CommonOptions {
  /// Print only the result and errors.
  bool quiet = false;
  bool no_color = false;
  /// Answer every question with yes.
  bool yes = false;
};
/// Call this once, before the command does anything.
void set_common_options(const CommonOptions& common_options);
[[nodiscard]] const CommonOptions& common_options();

/// The two output streams of the program: stdout is for results, stderr for everything else.
enum class Stream { out, err };

/// Returns true if the stream is a terminal.
[[nodiscard]] bool is_terminal(Stream stream);
/// Returns true if a user can answer: stdin and stderr are terminals.
[[nodiscard]] bool can_ask();

enum class Style { plain, strong, faint, error, warning, note, good, removed, added };

/// Text for std::cout or std::cerr, with a style.
struct StyledText {
  Stream stream;
  Style style;
  std::string text;
};
/// Returns the text with that style. It is written without colours if the stream is not a terminal, TERM is `dumb` or
/// unset, NO_COLOR is set (https://no-color.org), or with `--no-color`.
[[nodiscard]] StyledText styled(Stream stream, Style style, std::string_view text);
std::ostream& operator<<(std::ostream& out, const StyledText& text);

/// Writes the texts to stderr in one piece, so that lines of several threads do not mix.
void write_whole(const std::vector<StyledText>& texts);

/// Writes the output of an action or a compiler to stderr, line by line or in pieces. Keeps its colours if stderr shows
/// colours, and removes them otherwise. Other control characters are made visible as in all output, because such a
/// program may print text of others.
void write_log(std::string_view text);

/// Returns stdout for bytes that are the result itself, such as the body of a response: unchanged for a pipe or a file,
/// with control characters made visible for a terminal.
[[nodiscard]] std::ostream& data_out();

/// Returns the width in columns: that of COLUMNS if it is a number, else that of the terminal, else 100; at least 20.
[[nodiscard]] std::size_t width(Stream stream);

/// Returns the width for lines that programs may search: unlimited if the stream is not a terminal.
[[nodiscard]] std::size_t folding_width(Stream stream);

/// Breaks the text at spaces into lines of at most `columns` characters. The first line begins after `first_indent`
/// columns that the caller has used; the others are indented by `indent` spaces. A word that is too long gets its own
/// line, unbroken, so that it can be copied. The result has no line end at its end.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t columns, std::size_t first_indent = 0,
                                  std::size_t indent = 0);
/// Returns the number of characters of a UTF-8 text; each counts as one column.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// Returns `1 file`, `3 files`.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view unit);

/// Prints rows with aligned columns. On a terminal it wraps the last column, and if the window is too narrow, each cell
/// gets its own line.
void print_table(std::ostream& out, Stream stream, const std::vector<std::vector<std::string>>& rows);

/// Asks on stderr and reads a line from stdin. Returns true for y or yes, and with `--yes`; false if no user can
/// answer.
[[nodiscard]] bool ask_yes_no(std::string_view question);

/// Asks on stderr for one of the choices (a name and its meaning), by number or name, until one is given; returns its
/// index. Returns the first for Enter, at the end of input, with `--yes`, or if no user can answer.
[[nodiscard]] std::size_t ask_which(std::string_view question,
                                    const std::vector<std::pair<std::string, std::string>>& choices);

/// Prints `adit: text` on stderr. The first line, what is wrong, is wrapped to the terminal's width; further lines,
/// what to do, are not, so that commands in them can be copied.
void print_error(std::string_view text);

/// Prints `adit: text` on stderr, for what is neither a result nor an error; prints nothing with `--quiet`.
void note(std::string_view text);

/// Shows on stderr that work is in progress if it lasts longer than a second; only on a terminal, and not with
/// `--quiet`. The destructor removes the line. Call `tick` from time to time, from one thread.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void tick(std::string_view detail = {});
  /// Removes the line; the next tick shows it again.
  void clear();

 private:
  std::string what_;
  long long started_ms_ = 0;
  long long shown_ms_ = 0;
  bool shown_ = false;
};

/// A ProgressLine that ticks by itself, for work that cannot call `tick`.
class Waiting {
 public:
  explicit Waiting(std::string what);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  /// Removes the line and writes the output of an action or a compiler to stderr (write_log). Thread-safe.
  void write(std::string_view bytes);

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  ProgressLine progress_;
  std::thread ticker_;
};

}  // namespace adit::cli
