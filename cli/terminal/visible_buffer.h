#pragma once

#include <mutex>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace adit::cli {

/// A stream buffer in front of that of stdout or stderr that makes control characters visible
/// (src/base/text/visible_text.h). Everything that a command prints passes through it, so that no file name, server
/// response or archive member can control the terminal. `write_raw` writes colours past it. Thread-safe.
class VisibleBuffer : public std::streambuf {
 public:
  explicit VisibleBuffer(std::streambuf* target) : target_(target) {}

  void write_raw(std::string_view bytes);
  [[nodiscard]] std::streambuf* target() const { return target_; }

 protected:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* bytes, std::streamsize count) override;
  int sync() override;

 private:
  [[nodiscard]] bool put(std::string_view bytes);

  std::mutex mutex_;
  std::streambuf* target_;
  /// The first bytes of a character that is not complete yet.
  std::string unfinished_;
};

/// Installs one in front of std::cout and std::cerr until the program ends.
void make_output_visible();

/// Returns the original buffer of the stream, which writes bytes unchanged.
[[nodiscard]] std::streambuf* original_buffer(const std::ostream& out);

/// Writes adit's own bytes, such as colours, unchanged if `out` is std::cout or std::cerr.
void write_raw(std::ostream& out, std::string_view bytes);

}  // namespace adit::cli
