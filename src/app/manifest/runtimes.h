#pragma once

#include <optional>
#include <string_view>

// What is known of runtimes and changes with time: the one place for it. As of 2026-11. Sources:
// https://github.com/nodejs/Release for the dates; Adobe I/O Runtime supports the three latest long-term versions
// (https://developer.adobe.com/runtime/docs/guides/reference/runtimes).
namespace adit::app {

/// The runtime that adit writes into manifests and recommends.
inline constexpr std::string_view kNodeRuntime = "nodejs:22";

/// A version of Node.js that no longer gets security fixes.
struct RetiredNode {
  int major;
  /// Its last day, `2026-04-30`.
  std::string_view ended;
  /// True if Adobe I/O Runtime may no longer accept actions for it.
  bool removed;
};

/// Returns nullptr if the version is not retired or not known.
[[nodiscard]] const RetiredNode* retired_node(int major);

/// Returns 20 for `nodejs:20`, in any letter case; `nullopt` for `nodejs:default` and other runtimes.
[[nodiscard]] std::optional<int> node_version(std::string_view runtime);

/// Returns true if Adobe I/O Runtime has, had or may get the runtime: `nodejs:` and a version, from 21 on only an even
/// one, because the others have no long-term support. Adobe's tools refuse to deploy other runtimes of Node.js
/// (adobe/aio-lib-runtime, isSupportedActionKind).
[[nodiscard]] bool is_node_version_of_adobe(std::string_view runtime);

}  // namespace adit::app
