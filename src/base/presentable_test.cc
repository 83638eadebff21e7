#include "base/presentable.h"

#include <gmock/gmock.h>

namespace adit {
namespace {

TEST(PresentableTest, HidesWhatWasSentInConfidence) {
  const Secret secret("p8e-real");
  EXPECT_EQ(presentable("no p8e-real, no\np8e-real", {&secret}), "no <hidden>, no <hidden>");
}

TEST(PresentableTest, ShowsATextWholeIfASecretIsTooShortToBeOne) {
  const Secret one_letter("s");
  const Secret none;
  EXPECT_EQ(presentable("invalid_scope", {&one_letter, &none}), "invalid_scope");
}

TEST(PresentableTest, IsOneLineOfBoundedLength) {
  EXPECT_EQ(presentable("a\r\nb\x1b[31m\x7f", {}), "a  b [31m ");
  const auto cut = presentable(std::string(399, 'x') + "\u00e9 and more", {});
  EXPECT_EQ(cut, std::string(399, 'x') + "…") << "a letter is not cut in two";
}

}  // namespace
}  // namespace adit
