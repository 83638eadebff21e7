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

/// How a command is to behave towards people: what the common options and the user's configuration file say.
struct Manner {
  /// Nothing beyond the result and errors.
  bool quiet = false;
  bool no_color = false;
  /// Every question is answered with yes.
  bool yes = false;
};
/// Once, before the command does anything.
void set_manner(const Manner& manner);
[[nodiscard]] const Manner& manner();

/// What the terminal side of a command may do; one for the program. stdout is for results, stderr for the rest.
enum class Stream { out, err };

/// A terminal, not a pipe or a file.
[[nodiscard]] bool is_terminal(Stream stream);
/// Somebody is there to answer: stdin and stderr are a terminal.
[[nodiscard]] bool can_ask();

enum class Style { plain, strong, faint, error, warning, note, good, removed, added };

/// Text to be written to std::cout or std::cerr in a style.
struct StyledText {
  Stream stream;
  Style style;
  std::string text;
};
/// The text in that style; as it is where the stream is not a terminal, TERM is `dumb` or unset, with `--no-color`, or
/// where NO_COLOR is set (https://no-color.org).
[[nodiscard]] StyledText styled(Stream stream, Style style, std::string_view text);
std::ostream& operator<<(std::ostream& out, const StyledText& text);

/// Writes texts to stderr in one piece, so that lines of several threads do not mix.
void write_whole(const std::vector<StyledText>& texts);

/// Writes to stderr what an action or a compiler says, line by line or in pieces. Its colours stay where stderr shows
/// colours and go elsewhere: such programs run because the user asked for them, and paint for people. Everything else
/// is made visible as in all output, for what they say may quote somebody else.
void write_log(std::string_view text);

/// stdout for bytes that are the result itself, such as the body of an answer: as they are for a pipe or a file, made
/// visible for a terminal.
[[nodiscard]] std::ostream& data_out();

/// Columns: COLUMNS where it is a number, what the terminal says, else 100; at least 20.
[[nodiscard]] std::size_t width(Stream stream);

/// The same for lines that programs search, too: off a terminal they are not folded.
[[nodiscard]] std::size_t folding_width(Stream stream);

/// The text in lines no wider than `columns` (of characters, not bytes), broken at blanks; the first line after
/// `first_indent` columns that the caller has used, the others indented by `indent` blanks. A word that is too long
/// stands on its own line, whole, so that it can be copied. No line end at the end.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t columns, std::size_t first_indent = 0,
                                  std::size_t indent = 0);
/// Characters of UTF-8 text, each taken as one column wide.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// `1 file`, `3 files`.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view unit);

/// Rows with aligned columns; the last one is wrapped. If the window is too narrow for that, each cell has a line.
void print_table(std::ostream& out, Stream stream, const std::vector<std::vector<std::string>>& rows);

/// Asks on stderr and reads a line from stdin: true for y or yes, and with `--yes`. False if nobody is there to
/// answer.
[[nodiscard]] bool ask_yes_no(std::string_view question);

/// Asks on stderr for one of the choices (a name and what it means), by number or name, until one is given: its place.
/// The first one where just Enter is typed, where the input ends, with `--yes`, or where nobody is there to answer.
[[nodiscard]] std::size_t ask_which(std::string_view question,
                                    const std::vector<std::pair<std::string, std::string>>& choices);

/// `adit: text` on stderr: what is wrong, which is wrapped to a terminal's window, and in further lines what to do:
/// that holds commands to copy, which the terminal's own folding alone keeps whole.
void print_error(std::string_view text);

/// `adit: text` on stderr, for what is neither result nor error; nothing with `--quiet`.
void note(std::string_view text);

/// Shows on stderr, where that is a terminal and not `--quiet`, that something is under way, if it lasts longer than a
/// second. The line is gone when this is. `tick` is to be called now and then, from one thread.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void tick(std::string_view detail = {});
  /// Takes the line away; the next tick shows it again.
  void clear();

 private:
  std::string what_;
  long long started_ms_ = 0;
  long long shown_ms_ = 0;
  bool shown_ = false;
};

/// A Progress that ticks by itself while something waits that cannot.
class Waiting {
 public:
  explicit Waiting(std::string what);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  /// Writes to stderr, instead of the line, what an action or a compiler says (write_log). From any thread.
  void write(std::string_view bytes);

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  Progress progress_;
  std::thread ticker_;
};

}  // namespace adit::cli
