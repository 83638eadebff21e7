#pragma once

#include <optional>
#include <string_view>

// What is known of runtimes and changes with time: the one place for it. As of 2026-11. Sources:
// https://github.com/nodejs/Release for the dates; Adobe I/O Runtime supports the three latest long-term versions
// (https://developer.adobe.com/runtime/docs/guides/reference/runtimes).
namespace adit::app {

/// What adit writes into manifests and advises.
inline constexpr std::string_view kNodeRuntime = "nodejs:22";

/// A version of Node.js that gets no security fixes any more.
struct RetiredNode {
  int major;
  /// Its last day, `2026-04-30`.
  std::string_view ended;
  /// Adobe I/O Runtime accepts at most no actions for it any more.
  bool removed;
};

/// Returns nullptr for a version that is not retired, or not known.
[[nodiscard]] const RetiredNode* retired_node(int major);

/// 20 for `nodejs:20`, in any letter case; `nullopt` for `nodejs:default` and other runtimes.
[[nodiscard]] std::optional<int> node_version(std::string_view runtime);

}  // namespace adit::app
