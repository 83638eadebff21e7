#include "http/server/chunked_body.h"

#include <algorithm>

#include "base/text/ascii.h"

namespace adit::http {
namespace {

/// Leading zeros count as well: otherwise a chunk size could go on for ever.
constexpr int kMaxDigits = 15;

}  // namespace

ChunkedBody::Step ChunkedBody::next(std::string_view input) {
  Step step;
  while (step.taken < input.size() && !done() && failure_ == Failure::none) {
    if (state_ == State::data) {
      step.body = input.substr(step.taken, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
      left_ -= step.body.size();
      if (left_ == 0) state_ = State::data_cr;
      step.taken += step.body.size();
      return step;
    }
    take(input[step.taken++]);
  }
  return step;
}

void ChunkedBody::take(char c) {
  switch (state_) {
    case State::size_begin:
    case State::size:
      return take_digit(c);
    case State::before_extension:
      if (c == ' ' || c == '\t') return take_extra(c, State::size_lf);
      return expect(c == ';', State::extension);
    case State::extension:
      return take_extra(c, State::size_lf);
    case State::size_lf:
      return expect(c == '\n', left_ == 0 ? State::line_begin : State::data);
    case State::data_cr:
      return expect(c == '\r', State::data_lf);
    case State::data_lf:
      return expect(c == '\n', State::size_begin);
    case State::line_begin:
      if (c == '\r') return expect(true, State::last_lf);
      state_ = State::trailer;
      return take_extra(c, State::trailer_lf);
    case State::trailer:
      return take_extra(c, State::trailer_lf);
    case State::trailer_lf:
      return expect(c == '\n', State::line_begin);
    case State::last_lf:
      return expect(c == '\n', State::done);
    case State::data:
    case State::done:
      return;
  }
}

void ChunkedBody::take_digit(char c) {
  if (state_ == State::size_begin) {
    state_ = State::size;
    left_ = 0;
    digits_ = 0;
  }
  const int value = hex_value(c);
  if (value < 0) {
    if (digits_ == 0) return expect(false, State::done);
    if (c == ';') return expect(true, State::extension);
    if (c == ' ' || c == '\t') return expect(true, State::before_extension);
    return expect(c == '\r', State::size_lf);
  }
  left_ = left_ * 16 + static_cast<std::uint64_t>(value);
  if (++digits_ > kMaxDigits) failure_ = Failure::malformed;
}

/// Takes a character of a chunk extension or a trailer.
void ChunkedBody::take_extra(char c, State after_cr) {
  if (c == '\r') return expect(true, after_cr);
  if (is_control(c) && c != '\t') return expect(false, after_cr);
  if (extra_left_ == 0)
    failure_ = Failure::extra_too_large;
  else
    --extra_left_;
}

void ChunkedBody::expect(bool as_expected, State then) {
  if (as_expected)
    state_ = then;
  else
    failure_ = Failure::malformed;
}

}  // namespace adit::http
