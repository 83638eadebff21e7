#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"

#include "dev/host/action_host.h"

namespace adit::dev {

/// The log of one activation in OpenWhisk's line format: the time in a column of 30 characters, the stream, the text.
/// After `max_bytes` of such lines, the rest is dropped, and the last line says so. Not thread-safe.
class ActivationLog {
 public:
  ActivationLog(const Clock& clock, std::size_t max_bytes) : clock_(clock), max_bytes_(max_bytes) {}

  void add(LogStream stream, std::string_view bytes);
  [[nodiscard]] std::vector<std::string> take() &&;

 private:
  void finish(LogStream stream, std::string& text);
  [[nodiscard]] std::string timestamp() const;

  const Clock& clock_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  bool full_ = false;
  std::array<std::string, 2> partial_;
  std::vector<std::string> lines_;
};

}  // namespace adit::dev
