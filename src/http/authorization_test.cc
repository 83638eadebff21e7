#include "http/authorization.h"

#include <gtest/gtest.h>

namespace adit::http {
namespace {

TEST(AuthorizationCredentials, follow_the_scheme) {
  EXPECT_EQ(authorization_credentials("Bearer abc.def", "Bearer"), "abc.def");
  EXPECT_EQ(authorization_credentials("Basic YTpi", "Basic"), "YTpi");
}

TEST(AuthorizationCredentials, are_found_whatever_the_letter_case_of_the_scheme) {
  EXPECT_EQ(authorization_credentials("bearer abc", "Bearer"), "abc");
  EXPECT_EQ(authorization_credentials("BASIC YTpi", "basic"), "YTpi");
}

TEST(AuthorizationCredentials, are_without_the_white_space_around_them) {
  EXPECT_EQ(authorization_credentials(" \tBearer abc", "Bearer"), "abc");
  EXPECT_EQ(authorization_credentials("Bearer   abc \t", "Bearer"), "abc");
}

TEST(AuthorizationCredentials, are_all_of_the_text_after_the_scheme) {
  EXPECT_EQ(authorization_credentials("Bearer abc def", "Bearer"), "abc def");
}

TEST(AuthorizationCredentials, are_empty_for_another_scheme_and_without_credentials) {
  for (const auto* value : {"", " ", "Bearer", "Bearer ", "Bearer \t", "Bearerabc", "Bearer\tabc", "Basic abc", "abc",
                            "xBearer abc", "Bearer2 abc"})
    EXPECT_EQ(authorization_credentials(value, "Bearer"), "") << value;
}

}  // namespace
}  // namespace adit::http
