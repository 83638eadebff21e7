#pragma once

#include <cstddef>
#include <string_view>

namespace adit::fuzz {

/// Splits a fuzz input into parts, in a way that keeps the corpus readable: ASCII's record separator (0x1e) ends a
/// part.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  /// Returns a number below `count`: the distance of the next byte from the letter `a`, modulo `count`. Returns 0 at
  /// the end of the input.
  [[nodiscard]] std::size_t choice(std::size_t count) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return static_cast<unsigned char>(byte - 'a') % count;
  }
  /// Removes the next part from the input and returns it.
  [[nodiscard]] std::string_view part() {
    const auto end = rest_.find('\x1e');
    const auto found = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    return found;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace adit::fuzz
