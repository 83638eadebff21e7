#include "config/base64_key.h"

#include <algorithm>
#include <array>

#include "adit/base64.h"

namespace adit {
namespace {

/// Whether the text begins like base64 of a DER key.
bool begins_like_der_key(std::string_view text) {
  /// A key has at least 32 bytes, and its header two.
  constexpr std::size_t kSmallestKey = 0x22;
  const auto decoded = base64_decode_forgiving(text.substr(0, 8));
  if (!decoded || decoded->size() != 6) return false;
  const auto size = der_key_size(*decoded);
  return size && *size >= kSmallestKey;
}

}  // namespace

bool begins_like_base64_key(std::string_view text) {
  // "-----B" in base64: as it is, after a byte-order mark, in UTF-16 with and without one, and in base64 twice. Then
  // DER of more than 255 bytes in base64 twice.
  constexpr std::array<std::string_view, 8> kBeginnings{"LS0tLS1C", "77u/LS0t", "77u_LS0t", "//4tAC0A",
                                                        "__4tAC0A", "LQAtAC0A", "TFMwdExT", "TUlJ"};
  return begins_like_der_key(text) ||
         std::ranges::any_of(kBeginnings, [text](std::string_view beginning) { return text.starts_with(beginning); });
}

std::optional<std::size_t> der_key_size(std::string_view der) {
  const auto byte = [der](std::size_t i) -> std::size_t {
    return i < der.size() ? static_cast<unsigned char>(der[i]) : 0;
  };
  if (byte(0) != 0x30) return std::nullopt;
  std::size_t header = 2;
  std::size_t content = byte(1);
  if (content >= 0x80) {
    const std::size_t count = content - 0x80;
    if (count < 1 || count > 3) return std::nullopt;
    content = 0;
    for (std::size_t i = 0; i < count; ++i) content = content << 8U | byte(2 + i);
    header += count;
  }
  constexpr std::size_t kInteger = 0x02;
  constexpr std::size_t kSequence = 0x30;
  if (byte(header) != kInteger && byte(header) != kSequence) return std::nullopt;
  return header + content;
}

}  // namespace adit
