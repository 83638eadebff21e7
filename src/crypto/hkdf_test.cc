#include "crypto/hkdf.h"

#include <gtest/gtest.h>

#include "adit/error.h"

namespace adit {
namespace {

using namespace std::string_view_literals;

std::string bytes_from(int first, int last) {
  std::string bytes;
  for (int byte = first; byte <= last; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

// RFC 5869, appendix A.1.
TEST(Hkdf, derives_the_key_of_the_rfcs_first_test_case) {
  const Secret material(std::string(22, '\x0b'));
  const auto key = hkdf_sha256(material, bytes_from(0x00, 0x0c), bytes_from(0xf0, 0xf9), 42);
  EXPECT_EQ(key.reveal(),
            "\x3c\xb2\x5f\x25\xfa\xac\xd5\x7a\x90\x43\x4f\x64\xd0\x36\x2f\x2a"
            "\x2d\x2d\x0a\x90\xcf\x1a\x5a\x4c\x5d\xb0\x2d\x56\xec\xc4\xc5\xbf"
            "\x34\x00\x72\x08\xd5\xb8\x87\x18\x58\x65"sv);
}

TEST(Hkdf, throws_if_the_key_would_be_longer_than_hkdf_makes) {
  EXPECT_THROW(static_cast<void>(hkdf_sha256(Secret("secret"), "salt", "info", 255 * 32 + 1)), Error);
}

}  // namespace
}  // namespace adit
