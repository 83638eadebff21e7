#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace adit::app {

/// A place in a project's configuration that has keys.
enum class KeyPlace { top, extension, hooks, package, action, annotation, sequence };

/// Who acts on a key.
enum class KeyUse {
  /// adit acts on it.
  acted_on,
  /// Adobe's tools act on it, and adit does not.
  left_to_aio,
  /// Neither acts on it.
  without_effect
};

struct ManifestKey {
  KeyPlace place;
  std::string_view key;
  KeyUse use;
  /// What the key does, for docs/reference.md.
  std::string_view about;
};

/// Returns every known key of `app.config.yaml`, `ext.config.yaml` and `manifest.yml`, with what adit does with it.
/// This is the only table of these keys. Sources: adobe/aio-cli-lib-app-config (schema), adobe/aio-lib-runtime, and
/// wskdeploy's manifest format (apache/openwhisk-wskdeploy, specification/).
[[nodiscard]] std::span<const ManifestKey> manifest_keys();

/// Returns the keys of one place, in the table's order; the second form only those of one use.
[[nodiscard]] std::vector<std::string> keys_of(KeyPlace place);
[[nodiscard]] std::vector<std::string> keys_of(KeyPlace place, KeyUse use);

/// Returns `an action` and the like, for headings and messages.
[[nodiscard]] std::string_view place_name(KeyPlace place);

}  // namespace adit::app
