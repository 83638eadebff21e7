#include "base/text/presentable.h"

#include <gmock/gmock.h>

namespace adit {
namespace {

TEST(PresentableTest, hides_the_secrets_of_the_request) {
  const Secret secret("p8e-real");
  EXPECT_EQ(presentable("no p8e-real, no\np8e-real", {&secret}), "no <hidden>, no <hidden>");
}

TEST(PresentableTest, hides_secrets_that_are_form_encoded) {
  const Secret secret("p8e+re/al");
  EXPECT_EQ(presentable("client_secret=p8e%2Bre%2Fal&scope=a", {&secret}), "client_secret=<hidden>&scope=a");
}

TEST(PresentableTest, does_not_replace_secrets_that_are_too_short) {
  const Secret one_letter("s");
  const Secret none;
  EXPECT_EQ(presentable("invalid_scope", {&one_letter, &none}), "invalid_scope");
}

TEST(PresentableTest, is_one_line_of_limited_length) {
  EXPECT_EQ(presentable("a\r\nb\x1b[31m\x7f", {}), "a  b [31m ");
  const auto cut = presentable(std::string(399, 'x') + "\u00e9 and more", {});
  EXPECT_EQ(cut, std::string(399, 'x') + "…") << "a letter is not cut in two";
}

}  // namespace
}  // namespace adit
