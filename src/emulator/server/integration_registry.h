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

/// The Developer Console holds a credential to this many client secrets at once.
inline constexpr std::size_t kMaxSecrets = 2;
/// More clients than this are not registered.
inline constexpr std::size_t kMaxIntegrations = 10'000;

/// A client secret as the Developer Console lists it, in the order of the client's `client_secrets`.
struct SecretRecord {
  std::string uuid;
  WallTime created;
  std::optional<WallTime> last_used{};
  /// The grant that last used it.
  std::string grant{};
};

/// The integrations that the emulator knows. Thread-safe; what is found stays as it is while the registry changes.
class IntegrationRegistry {
 public:
  /// Adds a client, or replaces the one with its client id. A technical account that it lacks is made up.
  void put(Integration client, WallTime now);
  /// nullptr if no client has this id.
  [[nodiscard]] std::shared_ptr<const Integration> find(std::string_view client_id) const;
  /// By the Console's number for its credential (`credential_id`), or by the client id itself.
  [[nodiscard]] std::shared_ptr<const Integration> find_credential(std::string_view id) const;
  [[nodiscard]] std::size_t size() const;
  /// In the order of their client ids.
  [[nodiscard]] std::vector<std::shared_ptr<const Integration>> list() const;

  [[nodiscard]] std::vector<SecretRecord> secrets(std::string_view client_id) const;
  void note_use(std::string_view client_id, const Secret& secret, std::string_view grant, WallTime now);
  struct Added {
    Secret value;
    SecretRecord record;
  };
  /// Nothing if the client has `kMaxSecrets` already, or is gone.
  [[nodiscard]] std::optional<Added> add_secret(std::string_view client_id, WallTime now);
  enum class Removal { done, unknown, last };
  /// The last one stays: nothing could rotate a credential without a secret.
  Removal remove_secret(std::string_view client_id, std::string_view uuid);

 private:
  struct Entry {
    std::shared_ptr<const Integration> client;
    std::vector<SecretRecord> records;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> clients_;
};

/// The number by which the Console knows a client's credential; the same at every start.
[[nodiscard]] std::string credential_id(std::string_view client_id);

}  // namespace adit::emulator
