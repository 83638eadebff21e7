#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "adit/json.h"

#include "dev/deployed/state_folder.h"
#include "dev/entity/action_entity.h"
#include "dev/entity/package_entity.h"
#include "dev/entity/trigger_entity.h"

namespace adit::dev {

/// A deployed action or sequence. Its code lies in the store's folder.
struct DeployedAction {
  ActionEntity entity;
  /// The name of the code's file; another one for each code. Empty for a sequence.
  std::string code;
};

/// A deployed trigger with what its feed needs: of an alarm, the parameters that it was made with.
struct DeployedTrigger {
  TriggerEntity entity;
  std::optional<json::object> feed;
};

/// Routes of an API (`apis:`, `wsk api create`): its base path, and the document that the API gateway keeps.
struct DeployedApi {
  std::string base_path;
  json::object document;
};

/// In which package, `` for none, and by which name. Packages, triggers, rules and APIs are in none.
struct EntityKey {
  std::string package;
  std::string name;
  friend bool operator==(const EntityKey&, const EntityKey&) = default;
  friend bool operator<(const EntityKey& a, const EntityKey& b) {
    return std::tie(a.package, a.name) < std::tie(b.package, b.name);
  }
};

/// What has been deployed to a platform. Every change takes as long with 2,000 entities as with ten. With a folder that
/// is kept, each entity is a file of it, which changes as a whole, and the code of an action another one, which is
/// there before the entity names it and as long as it does: whenever the process is killed, what is left can be loaded.
///
/// Thread-safe. Who reads, judges and writes holds `writing()` meanwhile.
class EntityStore {
 public:
  /// Reads what the folder holds; what cannot be read is left out, and said in warnings().
  explicit EntityStore(std::unique_ptr<StateFolder> folder);
  ~EntityStore();
  EntityStore(const EntityStore&) = delete;
  EntityStore& operator=(const EntityStore&) = delete;

  [[nodiscard]] std::unique_lock<std::mutex> writing() const { return std::unique_lock(writing_); }

  /// Entity is DeployedAction, PackageEntity, DeployedTrigger, RuleEntity or DeployedApi.
  template <typename Entity>
  [[nodiscard]] std::shared_ptr<const Entity> find(const EntityKey& key) const;
  /// The most lately written first.
  template <typename Entity>
  [[nodiscard]] std::vector<std::shared_ptr<const Entity>> all() const;
  template <typename Entity>
  void put(const EntityKey& key, Entity entity);
  /// Returns whether there was one.
  template <typename Entity>
  bool remove(const EntityKey& key);
  /// What the package holds, by name.
  [[nodiscard]] std::vector<std::shared_ptr<const DeployedAction>> actions_in(const std::string& package) const;

  /// Keeps an action's code until no action names it any more; returns its file's name.
  [[nodiscard]] std::string keep_code(std::string_view code);
  /// Throws Error `code_missing` if its file was deleted.
  [[nodiscard]] std::string code(const std::string& file) const;

  /// Another one after each change.
  [[nodiscard]] std::uint64_t revision() const;
  [[nodiscard]] bool is_kept() const { return folder_->is_kept(); }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  template <typename Entity>
  struct Collection;
  struct Collections;
  template <typename Entity>
  [[nodiscard]] Collection<Entity>& collection() const;
  template <typename Entity>
  bool load_as(const json::object& stored, const std::string& file);
  void load();
  std::string next_file(std::string_view ending);

  std::unique_ptr<StateFolder> folder_;
  std::unique_ptr<Collections> collections_;
  mutable std::mutex writing_;
  mutable std::shared_mutex mutex_;
  std::uint64_t revision_ = 0;
  std::uint64_t last_file_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace adit::dev
