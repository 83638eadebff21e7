#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "adit/secret.h"

namespace adit {

/// An allocator that wipes memory before it frees it, for containers of bytes that are sent or received. A container
/// also frees memory when it grows. For a text, use WipedString (secret.h).
template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() noexcept = default;
  template <typename Other>
  WipingAllocator(const WipingAllocator<Other>& /*other*/) noexcept {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe(static_cast<void*>(memory), count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const WipingAllocator& /*a*/, const WipingAllocator& /*b*/) noexcept { return true; }
};

/// Appends to a text. If the text must grow, wipes its old memory. Does not wipe the text at its end: for that, pass a
/// WipedString.
inline void append_wiping(std::string& text, std::string_view more) {
  const auto size = text.size() + more.size();
  if (size > text.capacity()) {
    std::string larger;
    larger.reserve(std::max(size, 2 * text.capacity()));
    larger.append(text);
    wipe(text.data(), text.size());
    text = std::move(larger);
  }
  text.append(more);
}

}  // namespace adit
