#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#pragma GCC visibility push(default)

namespace adit {

/// A text that must not leak: client secrets, private keys, assertions, access tokens.
///
/// There is no implicit way to its text; `reveal()` is the word to search for in a review. It prints as `<hidden>`, is
/// compared in constant time (for texts of one length), and its memory is wiped when it is freed, moved from or
/// assigned over.
///
/// Thread-safety: as std::string's.
class Secret {
 public:
  Secret() noexcept = default;
  explicit Secret(std::string_view text);
  /// The text, which is wiped where it was.
  static Secret taken_from(std::string& text);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The text itself; valid as long as this Secret is neither changed nor freed. NUL-terminated.
  [[nodiscard]] std::string_view reveal() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  friend bool operator==(const Secret& a, const Secret& b) noexcept;
  friend std::ostream& operator<<(std::ostream& out, const Secret& secret);

 private:
  void wipe() noexcept;

  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0;
};

/// Overwrites memory in a way that the compiler does not remove.
void wipe(void* memory, std::size_t size) noexcept;

}  // namespace adit

#pragma GCC visibility pop
