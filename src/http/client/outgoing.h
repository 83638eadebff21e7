#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <span>

#include "adit/http.h"

namespace adit::http {

/// A request's body while libcurl takes it out of its source.
class Outgoing {
 public:
  /// Rewinds the source, which may throw. None: the request has a body in memory, or none.
  explicit Outgoing(BodySource* source);

  [[nodiscard]] bool streams() const { return source_ != nullptr; }
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }
  /// The descriptor that has to become readable before the body goes on; -1: it does not wait for anything.
  [[nodiscard]] int source_descriptor() const { return waits_ ? source_->descriptor() : -1; }
  /// Returns true, once, if the descriptor has become readable or has reached its end, which curl_multi_poll() does not
  /// report of a pipe.
  bool resume();
  /// What the source threw, or that it broke its word about its size.
  [[nodiscard]] const std::exception_ptr& failure() const { return failure_; }

  /// CURLOPT_READFUNCTION and CURLOPT_SEEKFUNCTION.
  std::size_t read(std::span<char> buffer);
  int seek(std::int64_t offset);

 private:
  std::size_t read_source(std::span<char> buffer);

  BodySource* source_;
  std::optional<std::uint64_t> size_;
  std::uint64_t taken_ = 0;
  bool waits_ = false;
  std::exception_ptr failure_;
};

}  // namespace adit::http
