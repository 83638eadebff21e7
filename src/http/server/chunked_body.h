#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace adit::http {

/// Decodes a chunked body (RFC 9112 section 7.1) without storing it. It is strict: input that another parser could
/// understand differently is an error. Chunk extensions and trailers are counted and discarded, because a trailer must
/// not become a header (RFC 9110 section 6.5.1).
class ChunkedBody {
 public:
  /// `max_extra` limits extensions and trailers together, in bytes.
  explicit ChunkedBody(std::size_t max_extra) : extra_left_(max_extra) {}

  enum class Failure { none, malformed, extra_too_large };
  struct Step {
    /// Bytes taken from the front of the input.
    std::size_t taken = 0;
    /// The decoded part of the body, which points into the input.
    std::string_view body;
  };
  /// Reads up to the end of the next piece of the body, the end of the input, or the end of the chunked body.
  Step next(std::string_view input);

  [[nodiscard]] bool done() const { return state_ == State::done; }
  [[nodiscard]] Failure failure() const { return failure_; }
  /// How many bytes of the current chunk are still to come.
  [[nodiscard]] std::uint64_t chunk_left() const { return state_ == State::data ? left_ : 0; }

 private:
  enum class State {
    size_begin,
    size,
    before_extension,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    line_begin,
    trailer,
    trailer_lf,
    last_lf,
    done,
  };

  void take(char c);
  void take_digit(char c);
  void take_extra(char c, State after_cr);
  void expect(bool as_expected, State then);

  State state_ = State::size_begin;
  Failure failure_ = Failure::none;
  std::uint64_t left_ = 0;
  int digits_ = 0;
  std::size_t extra_left_;
};

}  // namespace adit::http
