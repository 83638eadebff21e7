#include "adit/secret.h"

#include <array>
#include <new>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "base/secret/canaries_fixture.h"

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

TEST(Secret, is_not_printed) {
  EXPECT_EQ(printed(Secret("hunter2")), "<hidden>");
  EXPECT_EQ(printed(Secret()), "<empty>");
  EXPECT_EQ(printed(Secret("")), "<empty>");
}

TEST(Secret, reveals_its_text_with_nul_bytes_and_a_terminating_nul) {
  const std::string text("a\0b", 3);
  const Secret secret(text);
  EXPECT_EQ(secret.reveal(), text);
  EXPECT_EQ(secret.size(), 3U);
  EXPECT_EQ(secret.reveal().data()[3], '\0');
  EXPECT_NE(Secret().reveal().data(), nullptr);
  EXPECT_EQ(*Secret().reveal().data(), '\0');
}

TEST(Secret, copies_are_independent) {
  Secret a("one");
  const Secret b = a;
  a = Secret("two");
  EXPECT_EQ(b.reveal(), "one");
  EXPECT_EQ(a.reveal(), "two");
}

TEST(Secret, a_moved_from_secret_is_empty) {
  Secret a("one");
  Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move): guaranteed
  EXPECT_EQ(a.reveal(), "");
  Secret c("other");
  c = std::move(b);
  EXPECT_EQ(c.reveal(), "one");
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
}

TEST(Secret, can_be_assigned_to_itself) {
  Secret a("one");
  Secret& same = a;
  a = same;
  EXPECT_EQ(a.reveal(), "one");
  a = std::move(same);
  EXPECT_EQ(a.reveal(), "one");
}

TEST(Secret, compares_by_text) {
  EXPECT_EQ(Secret("a"), Secret("a"));
  EXPECT_FALSE(Secret("a") == Secret("b"));
  EXPECT_FALSE(Secret("a") == Secret("ab"));
  EXPECT_EQ(Secret(), Secret(""));
}

TEST(Wipe, overwrites_memory) {
  std::array<char, 8> memory{};
  memory.fill('x');
  wipe(memory.data(), memory.size());
  EXPECT_EQ(memory, (std::array<char, 8>{}));
}

static_assert(std::is_nothrow_move_constructible_v<WipedString>);
static_assert(std::is_nothrow_move_assignable_v<WipedString>);
static_assert(std::is_convertible_v<WipedString, std::string_view>);

/// Has two texts, only in masked form: one as long as a key, and one so short that std::string stores it in itself.
class WipedStringTest : public testing::Test {
 protected:
  WipedString unmasked(std::size_t which) {
    WipedString text;
    text.reserve(masked_.at(which).size());
    for (const char c : masked_.at(which)) text += static_cast<char>(static_cast<unsigned char>(c) ^ kMask);
    return text;
  }
  /// Whether the bytes of a WipedString object do not contain the short text after it is destroyed.
  template <typename Use>
  bool leaves_nothing_inside(Use use) {
    alignas(WipedString) std::array<char, sizeof(WipedString)> memory{};
    auto* text = new (memory.data()) WipedString(unmasked(1));
    use(*text);
    text->~WipedString();
    return !holds(memory, masked_[1]);
  }
  static bool holds(std::span<const char> memory, std::string_view masked) {
    for (std::size_t at = 0; at + masked.size() <= memory.size(); ++at) {
      std::size_t same = 0;
      while (same < masked.size() &&
             (static_cast<unsigned char>(memory[at + same]) ^ kMask) == static_cast<unsigned char>(masked[same]))
        ++same;
      if (same == masked.size()) return true;
    }
    return false;
  }
  static constexpr unsigned char kMask = test::Canaries::kMask;
  std::array<std::string, 2> masked_{std::string(64, 'k'), "short"};
};

TEST_F(WipedStringTest, keeps_its_text_when_copied_and_moved) {
  WipedString text = unmasked(0);
  const WipedString copy = text;
  EXPECT_EQ(copy, text);
  WipedString moved = std::move(text);
  EXPECT_EQ(moved, copy);
  EXPECT_TRUE(text.empty());  // NOLINT(bugprone-use-after-move): it is wiped
  moved = WipedString("another");
  EXPECT_EQ(moved, "another");
  moved = copy;
  EXPECT_EQ(moved, copy);
  const auto& same = moved;
  moved = same;
  EXPECT_EQ(moved, copy);
}

TEST_F(WipedStringTest, wipes_a_short_text_inside_the_object) {
  EXPECT_TRUE(leaves_nothing_inside([](WipedString&) {}));
  EXPECT_TRUE(leaves_nothing_inside([](WipedString& text) { const WipedString moved = std::move(text); }));
  EXPECT_TRUE(leaves_nothing_inside([](WipedString& text) { text = WipedString("x"); }));
  EXPECT_TRUE(leaves_nothing_inside([](WipedString& text) { text.clear(); }));
  EXPECT_TRUE(leaves_nothing_inside([](WipedString& text) { text.resize(1); }));
}

TEST_F(WipedStringTest, wipes_a_long_text_before_freeing_it) {
  if (!test::may_search_memory()) return;
  test::Canaries canaries;
  canaries.add_masked("text", masked_[0]);
  {
    WipedString text = unmasked(0);
    WipedString copy = text;
    copy = WipedString(std::string(text));
    EXPECT_FALSE(canaries.found().empty());
    text = std::move(copy);
  }
  // The temporary std::string gave its memory to the WipedString.
  EXPECT_TRUE(canaries.found().empty());
}

}  // namespace
}  // namespace adit
