#pragma once

#include <mutex>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace adit::cli {

/// Stands before the buffer of stdout or stderr and makes visible what could steer a terminal
/// (src/base/visible_text.h). Everything that a command prints passes here, so that no file's name, server's answer or
/// archive's member can move the cursor, whoever forgot to think of it. Colours come by `write_raw`. Thread-safe.
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
  /// The beginning of a character whose rest is still to come.
  std::string unfinished_;
};

/// Puts one before std::cout and std::cerr, for as long as the program lives.
void make_output_visible();

/// The buffer that bytes pass to as they are.
[[nodiscard]] std::streambuf* untouched(const std::ostream& out);

/// Writes the bytes as they are, where `out` is std::cout or std::cerr: they are our own.
void write_raw(std::ostream& out, std::string_view bytes);

}  // namespace adit::cli
