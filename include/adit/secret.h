#pragma once

// Texts that must not leak. See Secret for what it promises.
//
//     const adit::Secret token("eyJ…");
//     const bool is_same = token == adit::Secret("other");    // in constant time
//     const std::string header = "Bearer " + std::string(token.reveal());  // the one way to the text

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
/// Overwrites the text with all the room that it has, and leaves it empty.
void wipe(std::string& text) noexcept;

/// A std::string that wipes its memory when it is freed, moved from or assigned over: for settings, files and bodies,
/// of which only some hold a secret. Make it in one piece, or reserve its size: memory that it grows out of is freed as
/// any other. A std::string made of it is an ordinary one.
class WipedString : public std::string {
 public:
  WipedString() = default;
  WipedString(const char* text) : std::string(text) {}              // NOLINT(google-explicit-constructor)
  WipedString(std::string_view text) : std::string(text) {}         // NOLINT(google-explicit-constructor)
  WipedString(const std::string& text) : std::string(text) {}       // NOLINT(google-explicit-constructor)
  WipedString(std::string&& text) : std::string(std::move(text)) {  // NOLINT(google-explicit-constructor)
    wipe(text);                                                     // a short text stays where it was
  }
  WipedString(const WipedString&) = default;
  WipedString(WipedString&& other) noexcept : std::string(std::move(other)) { wipe(other); }
  WipedString& operator=(const WipedString& other) {
    if (this != &other) *this = WipedString(other);
    return *this;
  }
  WipedString& operator=(WipedString&& other) noexcept {
    if (this == &other) return *this;
    wipe(*this);
    std::string::operator=(std::move(other));
    wipe(other);
    return *this;
  }
  ~WipedString() { wipe(*this); }
};

}  // namespace adit

#pragma GCC visibility pop
