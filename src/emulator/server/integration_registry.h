#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/emulator.h"
#include "adit/secret.h"

namespace adit::emulator {

/// The Developer Console allows a credential this many client secrets at once.
inline constexpr std::size_t kMaxSecrets = 2;
/// The limit for the number of integrations.
inline constexpr std::size_t kMaxIntegrations = 10'000;

/// A client secret as the Developer Console lists it. The list has the order of the integration's `client_secrets`.
struct SecretRecord {
  std::string uuid;
  WallTime created;
  std::optional<WallTime> last_used{};
  /// The grant that last used it.
  std::string grant{};
};

/// The integrations that the emulator has. Thread-safe. An integration that was found does not change when the registry
/// changes.
class IntegrationRegistry {
 public:
  /// Adds an integration, or replaces the one with its client id. Invents a technical account if it has none.
  void put(Integration integration, WallTime now);
  /// nullptr if no integration has this id.
  [[nodiscard]] std::shared_ptr<const Integration> find(std::string_view client_id) const;
  /// Finds an integration by the Console's number for it (`credential_id`), or by its client id.
  [[nodiscard]] std::shared_ptr<const Integration> find_credential(std::string_view id) const;
  [[nodiscard]] std::size_t size() const;
  /// All integrations, ordered by client id.
  [[nodiscard]] std::vector<std::shared_ptr<const Integration>> list() const;

  [[nodiscard]] std::vector<SecretRecord> secrets(std::string_view client_id) const;
  void note_use(std::string_view client_id, const Secret& secret, std::string_view grant, WallTime now);
  struct Added {
    Secret value;
    SecretRecord record;
  };
  /// Returns `nullopt` if the integration has `kMaxSecrets` secrets already, or does not exist.
  [[nodiscard]] std::optional<Added> add_secret(std::string_view client_id, WallTime now);
  enum class Removal { done, unknown, last };
  /// Does not remove the last secret, because a credential without a secret cannot be rotated.
  Removal remove_secret(std::string_view client_id, std::string_view uuid);

 private:
  struct Entry {
    std::shared_ptr<const Integration> integration;
    std::vector<SecretRecord> records;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> integrations_;
};

/// The Console's number for an integration. It is the same at each start.
[[nodiscard]] std::string credential_id(std::string_view client_id);

}  // namespace adit::emulator
