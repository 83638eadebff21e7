#include "cli/terminal/visible_buffer.h"

#include <iostream>

#include "base/text/text.h"
#include "base/text/visible_text.h"

namespace adit::cli {

bool VisibleBuffer::put(std::string_view bytes) {
  return target_->sputn(bytes.data(), static_cast<std::streamsize>(bytes.size())) ==
         static_cast<std::streamsize>(bytes.size());
}

void VisibleBuffer::write_raw(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(put(visible(unfinished_)) && put(bytes));
  unfinished_.clear();
}

VisibleBuffer::int_type VisibleBuffer::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
  const char c = traits_type::to_char_type(character);
  return xsputn(&c, 1) == 1 ? character : traits_type::eof();
}

std::streamsize VisibleBuffer::xsputn(const char* bytes, std::streamsize count) {
  const std::lock_guard lock(mutex_);
  auto text = cat(unfinished_, std::string_view(bytes, static_cast<std::size_t>(count)));
  const auto whole = text.size() - unfinished_at_end(text);
  unfinished_ = text.substr(whole);
  text.resize(whole);
  return put(visible(text)) ? count : 0;
}

int VisibleBuffer::sync() {
  const std::lock_guard lock(mutex_);
  return target_->pubsync();
}

void make_output_visible() {
  // Never freed: the streams are flushed after everything else has ended.
  std::cout.rdbuf(new VisibleBuffer(std::cout.rdbuf()));  // NOLINT(cppcoreguidelines-owning-memory)
  std::cerr.rdbuf(new VisibleBuffer(std::cerr.rdbuf()));  // NOLINT(cppcoreguidelines-owning-memory)
}

std::streambuf* original_buffer(const std::ostream& out) {
  const auto* buffer = dynamic_cast<VisibleBuffer*>(out.rdbuf());
  return buffer == nullptr ? out.rdbuf() : buffer->target();
}

void write_raw(std::ostream& out, std::string_view bytes) {
  if (auto* buffer = dynamic_cast<VisibleBuffer*>(out.rdbuf())) {
    buffer->write_raw(bytes);
  } else {
    out << bytes;
  }
}

}  // namespace adit::cli
