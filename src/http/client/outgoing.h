#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <span>

#include "adit/http.h"

namespace adit::http {

/// Passes a request's body from its source to libcurl.
class Outgoing {
 public:
  /// Rewinds the source, which may throw. `source` is null if the request has no body, or has it in memory.
  explicit Outgoing(BodySource* source);

  [[nodiscard]] bool streams() const { return source_ != nullptr; }
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }
  /// The descriptor that must become readable before more of the body can be sent, or -1 if the body need not wait.
  [[nodiscard]] int source_descriptor() const { return waits_for_source_ ? source_->descriptor() : -1; }
  /// Ends the wait for the source, and returns true, if the descriptor has become readable or has reached its end,
  /// which curl_multi_poll() does not report of a pipe. Returns false otherwise, and if the body need not wait.
  bool resume();
  /// The exception that the source threw, or an Error if it ended before its announced size.
  [[nodiscard]] const std::exception_ptr& failure() const { return failure_; }

  /// CURLOPT_READFUNCTION and CURLOPT_SEEKFUNCTION.
  std::size_t read(std::span<char> buffer);
  int seek(std::int64_t offset);

 private:
  std::size_t read_source(std::span<char> buffer);

  BodySource* source_;
  std::optional<std::uint64_t> size_;
  std::uint64_t taken_ = 0;
  bool waits_for_source_ = false;
  std::exception_ptr failure_;
};

}  // namespace adit::http
