#include <string>

#include <gtest/gtest.h>

#include "adit/credentials.h"

#include "base/text.h"

namespace adit {
namespace {

TEST(Scopes, AreReadOnceEach) {
  std::string text;
  for (int number = 0; number < 100'000; ++number) text += cat("scope", number % 60'000, ",");
  EXPECT_EQ(parse_scopes(text).size(), 60'000U);
}

}  // namespace
}  // namespace adit
