#pragma once

// Strings for secrets: not printed, compared in constant time, and wiped from memory. Sizes are in bytes. Nothing here
// throws adit::Error. Thread-safety: as std::string's.
//
//     const adit::Secret token("eyJ…");
//     const bool is_same = token == adit::Secret("other");                 // in constant time
//     const std::string header = "Bearer " + std::string(token.reveal());  // reveal() is the only way to the text

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#pragma GCC visibility push(default)

namespace adit {

/// A text that must not leak, such as a client secret, private key, assertion or access token.
///
/// It does not convert to a string: every use of the text calls `reveal()`, so that a reviewer can search for it. It
/// prints as `<hidden>`. Two secrets of the same length are compared in constant time. The memory is wiped when the
/// secret is destroyed, moved from or assigned to.
///
/// Thread-safety: as std::string's.
class Secret {
 public:
  Secret() noexcept = default;
  explicit Secret(std::string_view text);
  /// Returns a secret with this text, and wipes `text`.
  static Secret taken_from(std::string& text);
  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// Returns the text, NUL-terminated. It is valid until this Secret is changed or destroyed.
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

/// Overwrites memory, even if the compiler could prove that nobody reads it again.
void wipe(void* memory, std::size_t size) noexcept;
/// Overwrites the string's whole capacity, and leaves the string empty.
void wipe(std::string& text) noexcept;

/// A std::string that wipes its memory when it is destroyed, moved from or assigned to. For settings, files and bodies,
/// which may hold a secret or not. Construct it from the whole text or reserve its size first: when it grows, the
/// memory that it leaves is not wiped. A std::string copied from it is not wiped either.
class WipedString : public std::string {
 public:
  WipedString() = default;
  WipedString(const char* text) : std::string(text) {}              // NOLINT(google-explicit-constructor)
  WipedString(std::string_view text) : std::string(text) {}         // NOLINT(google-explicit-constructor)
  WipedString(const std::string& text) : std::string(text) {}       // NOLINT(google-explicit-constructor)
  WipedString(std::string&& text) : std::string(std::move(text)) {  // NOLINT(google-explicit-constructor)
    wipe(text);                                                     // moving a short string leaves its bytes there
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
