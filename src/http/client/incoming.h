#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include "adit/http.h"

namespace adit::http {

/// Collects the answer as libcurl passes it on, line by line and piece by piece. The destructor wipes it.
struct Incoming {
  Incoming() = default;
  ~Incoming();
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  /// The limit of all header lines together, including those of 1xx answers and trailers.
  static constexpr std::size_t kMaxHeaderBytes = 256U << 10U;

  /// The limit in bytes of a body that is kept in memory.
  std::size_t max_body = 0;
  BodySink* sink = nullptr;
  /// The caller follows redirects, so the body of a redirect does not go to the sink.
  bool follows_redirects = false;

  /// 0 if no answer has begun, or if the answer begins with something that is not a status line.
  int status = 0;
  Headers headers;
  std::string body;
  bool answered = false;
  bool body_too_large = false;
  bool header_too_large = false;
  /// The exception that the sink threw.
  std::exception_ptr failure;

  /// Whether the complete head of the final answer has arrived.
  [[nodiscard]] bool has_head() const { return !in_head_ && status >= 200; }
  /// Whether a head has begun, but not its last line. libcurl takes the end of the connection there for the head's end.
  [[nodiscard]] bool is_in_head() const { return in_head_; }
  /// Both take the next part of the answer, and return false if the exchange must end.
  bool header_line(std::string_view line);
  bool bytes(std::string_view more);

 private:
  [[nodiscard]] bool expects_head() const;
  bool end_of_head();

  std::size_t header_bytes_ = 0;
  bool in_head_ = false;
  bool streamed_ = false;
};

[[nodiscard]] bool is_redirect(int status);

}  // namespace adit::http
