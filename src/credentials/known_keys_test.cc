#include "credentials/known_keys.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "adit/base64.h"
#include "adit/error.h"

#include "crypto/keys_fixture.h"

namespace adit {
namespace {

namespace keys = jwt::test;

PrivateKey known(const std::string& text, const std::string& folder = ".") {
  return known_private_key(Secret(text), {}, "JWT_PRIVATE_KEY", folder);
}

TEST(KnownKeys, belong_to_their_texts) {
  const auto first = keys::pem(keys::rsa_key());
  const auto second = keys::pem(jwt::SigningKey::generate_rsa());
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(known(base64_encode(first)).key.to_pem(), Secret(first));
    EXPECT_EQ(known(base64_encode(second)).key.to_pem(), Secret(second));
    EXPECT_THROW((void)known("LS0tLS1CRUdJTi damaged"), Error);
  }
}

TEST(KnownKeys, keys_in_files_are_read_again) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "adit-known-keys";
  std::filesystem::create_directories(folder);
  for (const auto& pem : {keys::pem(keys::rsa_key()), keys::pem(jwt::SigningKey::generate_rsa())}) {
    std::ofstream(folder / "private.key") << pem;
    EXPECT_EQ(known("private.key", folder.string()).key.to_pem(), Secret(pem));
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace adit
