#include "crypto/sha256.h"

#include <gtest/gtest.h>

#include "adit/base64.h"

namespace adit {
namespace {

// Digests of FIPS 180-4's examples, in base64url.
TEST(Sha256, gives_the_digests_of_the_standards_examples) {
  EXPECT_EQ(base64url_encode(bytes_of(sha256("abc"))), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  EXPECT_EQ(base64url_encode(bytes_of(sha256(""))), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

TEST(Sha256, takes_a_text_in_parts) { EXPECT_EQ(Sha256().add("a").add("").add("bc").finish(), sha256("abc")); }

}  // namespace
}  // namespace adit
