#include "app/manifest/runtimes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text/text.h"

namespace adit::app {
namespace {

constexpr std::array<RetiredNode, 15> kRetired = {{{6, "2019-04-30", true},
                                                   {7, "2017-06-30", true},
                                                   {8, "2019-12-31", true},
                                                   {9, "2018-06-30", true},
                                                   {10, "2021-04-30", true},
                                                   {11, "2019-06-01", true},
                                                   {12, "2022-04-30", true},
                                                   {13, "2020-06-01", true},
                                                   {14, "2023-04-30", true},
                                                   {15, "2021-06-01", true},
                                                   {16, "2023-09-11", true},
                                                   {17, "2022-06-01", true},
                                                   {18, "2025-04-30", true},
                                                   {19, "2023-06-01", true},
                                                   {20, "2026-04-30", false}}};

}  // namespace

const RetiredNode* retired_node(int major) {
  const auto* const found = std::ranges::find(kRetired, major, &RetiredNode::major);
  return found == kRetired.end() ? nullptr : &*found;
}

std::optional<int> node_version(std::string_view runtime) {
  constexpr std::string_view kPrefix = "nodejs:";
  const auto kind = to_lower(runtime);
  if (!kind.starts_with(kPrefix)) return std::nullopt;
  int major = 0;
  const auto digits = std::string_view(kind).substr(kPrefix.size());
  if (std::from_chars(digits.data(), digits.data() + digits.size(), major).ec != std::errc()) return std::nullopt;
  return major;
}

bool is_node_version_of_adobe(std::string_view runtime) {
  const auto major = node_version(runtime);
  if (!major || to_lower(runtime) != cat("nodejs:", *major)) return false;
  return *major % 2 == 0 || retired_node(*major) != nullptr;
}

}  // namespace adit::app
