#include "base/random_bytes.h"

#include <unistd.h>

#include "adit/error.h"

namespace adit {

WipedString random_bytes(std::size_t count) {
  WipedString bytes = std::string(count, '\0');
  if (::getentropy(bytes.data(), bytes.size()) != 0)
    throw Error::failure("no_randomness", "The system returned no random bytes.");
  return bytes;
}

WipedString random_hex(std::size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  WipedString hex;
  hex.reserve(2 * count);
  for (const char c : random_bytes(count)) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 15U];
  }
  return hex;
}

}  // namespace adit
