#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace adit::app {

/// A place in a project's configuration that has keys.
enum class KeyPlace { top, extension, hooks, package, action, annotation, sequence };

/// What becomes of a key.
enum class KeyUse {
  /// adit acts on it.
  acted_on,
  /// Adobe's tools act on it, and adit does not.
  left_to_aio,
  /// Nobody acts on it.
  without_effect
};

struct ManifestKey {
  KeyPlace place;
  std::string_view key;
  KeyUse use;
  /// What is done with it, for docs/reference.md.
  std::string_view about;
};

/// Every key of `app.config.yaml`, `ext.config.yaml` and `manifest.yml` that has a meaning for somebody, with what
/// adit does: the one place for it. Sources: adobe/aio-cli-lib-app-config (schema), adobe/aio-lib-runtime, and
/// wskdeploy's manifest format (apache/openwhisk-wskdeploy, specification/).
[[nodiscard]] std::span<const ManifestKey> manifest_keys();

/// The keys of one place, in the table's order; of one use alone in the second form.
[[nodiscard]] std::vector<std::string> keys_of(KeyPlace place);
[[nodiscard]] std::vector<std::string> keys_of(KeyPlace place, KeyUse use);

/// `an action`, for headings and messages.
[[nodiscard]] std::string_view words_of(KeyPlace place);

}  // namespace adit::app
