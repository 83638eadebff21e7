#include "app/check/find_secret.h"

#include <gtest/gtest.h>

#include "base/text/text.h"

namespace adit::app {
namespace {

constexpr auto kNone = std::string::npos;

TEST(FindSecret, finds_a_private_key_but_not_a_begin_line_without_a_body) {
  const std::string begin = "-----BEGIN RSA PRIVATE KEY-----\n";
  EXPECT_EQ(find_private_key(cat("x\n", begin, std::string(64, 'A'))), 2U);
  EXPECT_EQ(find_private_key(cat(begin, std::string(63, 'A'), "\n-----END RSA PRIVATE KEY-----\n")), kNone);
  EXPECT_EQ(find_private_key(cat(begin, "...\n", begin, std::string(64, 'A'))), begin.size() + 4);
}

TEST(FindSecret, finds_a_client_secret_by_its_prefix_its_length_and_a_digit) {
  const auto secret = cat("p8e-", std::string(31, 'x'), "1");
  EXPECT_EQ(find_client_secret(cat("secret: ", secret, "\n")), 8U);
  EXPECT_EQ(find_client_secret(cat("p8e-", std::string(32, 'x'))), kNone) << "no digit";
  EXPECT_EQ(find_client_secret(cat(secret, "2")), kNone) << "too long";
  EXPECT_EQ(find_client_secret(cat("a", secret)), kNone) << "part of a word";
}

}  // namespace
}  // namespace adit::app
