#include <string>

#include <gmock/gmock.h>

#include "adit/credentials.h"

#include "base/text/text.h"

namespace adit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Scopes, are_read_from_an_array_or_a_list) {
  for (const char* text :
       {R"(["a","b"])", R"([ "a" , "b" ])", "a,b", " a , b ,", "a b", "a\nb", "[a,b]", "'a','b'", "a,b,a", R"([
  "a",
  "b"
])"}) {
    EXPECT_THAT(parse_scopes(text), ElementsAre("a", "b")) << text;
  }
  EXPECT_THAT(parse_scopes("https://x.example/s/a_b-c.d"), ElementsAre("https://x.example/s/a_b-c.d"));
  for (const char* text : {"", " ", "[]", ",,"}) EXPECT_THAT(parse_scopes(text), IsEmpty()) << text;
}

TEST(Scopes, are_returned_once_each) {
  std::string text;
  for (int number = 0; number < 100'000; ++number) text += cat("scope", number % 60'000, ",");
  EXPECT_EQ(parse_scopes(text).size(), 60'000U);
}

}  // namespace
}  // namespace adit
