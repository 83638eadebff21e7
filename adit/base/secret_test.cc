#include "adit/base/secret.h"

#include <array>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace adit {
namespace {

static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

std::string printed(const Secret& secret) {
  std::ostringstream out;
  out << secret;
  return out.str();
}

TEST(Secret, IsNotPrinted) {
  EXPECT_EQ(printed(Secret("hunter2")), "<hidden>");
  EXPECT_EQ(printed(Secret()), "<empty>");
  EXPECT_EQ(printed(Secret("")), "<empty>");
}

TEST(Secret, RevealsItsTextWithNulBytesAndATerminatingOne) {
  const std::string text("a\0b", 3);
  const Secret secret(text);
  EXPECT_EQ(secret.reveal(), text);
  EXPECT_EQ(secret.size(), 3U);
  EXPECT_EQ(secret.reveal().data()[3], '\0');
  EXPECT_NE(Secret().reveal().data(), nullptr);
  EXPECT_EQ(*Secret().reveal().data(), '\0');
}

TEST(Secret, CopiesAreIndependent) {
  Secret a("one");
  const Secret b = a;
  a = Secret("two");
  EXPECT_EQ(b.reveal(), "one");
  EXPECT_EQ(a.reveal(), "two");
}

TEST(Secret, AMovedFromSecretIsEmpty) {
  Secret a("one");
  Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what is promised
  EXPECT_EQ(a.reveal(), "");
  Secret c("other");
  c = std::move(b);
  EXPECT_EQ(c.reveal(), "one");
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
}

TEST(Secret, SurvivesBeingAssignedToItself) {
  Secret a("one");
  Secret& same = a;
  a = same;
  EXPECT_EQ(a.reveal(), "one");
  a = std::move(same);
  EXPECT_EQ(a.reveal(), "one");
}

TEST(Secret, EqualsByText) {
  EXPECT_EQ(Secret("a"), Secret("a"));
  EXPECT_FALSE(Secret("a") == Secret("b"));
  EXPECT_FALSE(Secret("a") == Secret("ab"));
  EXPECT_EQ(Secret(), Secret(""));
}

TEST(Wipe, OverwritesMemory) {
  std::array<char, 8> memory{};
  memory.fill('x');
  wipe(memory.data(), memory.size());
  EXPECT_EQ(memory, (std::array<char, 8>{}));
}

}  // namespace
}  // namespace adit
