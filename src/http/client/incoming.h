#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include "adit/http.h"

namespace adit::http {

/// The answer while it comes in, as libcurl hands it over. Wiped in the end.
struct Incoming {
  Incoming() = default;
  ~Incoming();
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  /// Of all header lines: of 1xx answers before the final one, and of trailers, too.
  static constexpr std::size_t kMaxHeaderBytes = 256U << 10U;

  /// Of a body that is held in memory.
  std::size_t max_body = 0;
  BodySink* sink = nullptr;
  /// A redirect's body does not go to the sink.
  bool follows_redirects = false;

  int status = 0;
  Headers headers;
  std::string body;
  bool answered = false;
  bool body_too_large = false;
  bool header_too_large = false;
  /// What the sink threw, or that this is no answer.
  std::exception_ptr failure;

  /// The final answer's head is whole.
  [[nodiscard]] bool has_head() const { return !in_head_ && status >= 200; }
  /// Both return false if the exchange has to end.
  bool header_line(std::string_view line);
  bool bytes(std::string_view more);

 private:
  bool end_of_head();

  std::size_t header_bytes_ = 0;
  bool in_head_ = false;
  bool streamed_ = false;
};

[[nodiscard]] bool is_redirect(int status);

}  // namespace adit::http
