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

/// A deployed action or sequence. Its code is a file in the store's folder.
struct DeployedAction {
  ActionEntity entity;
  /// The name of the code's file. Each new code gets a new name. Empty for a sequence.
  std::string code;
};

/// A deployed trigger. `feed` contains the parameters with which its alarm was created, if it has one.
struct DeployedTrigger {
  TriggerEntity entity;
  std::optional<json::object> feed;
};

/// The routes of an API (`apis:`, `wsk api create`): its base path, and the document that the API gateway stores.
struct DeployedApi {
  std::string base_path;
  json::object document;
};

/// The package of an entity (empty if it is in none), and its name. Packages, triggers, rules and APIs are in none.
struct EntityKey {
  std::string package;
  std::string name;
  friend bool operator==(const EntityKey&, const EntityKey&) = default;
  friend bool operator<(const EntityKey& a, const EntityKey& b) {
    return std::tie(a.package, a.name) < std::tie(b.package, b.name);
  }
};

/// The entities that have been deployed to a platform. The time of a change does not depend on the number of entities.
/// If the folder is kept, each entity is one file in it, which is replaced atomically. The code of an action is another
/// file, which is written before the entity that names it and deleted after it: whenever the process is killed, the
/// remaining files can be loaded.
///
/// Thread-safe. A caller that reads an entity, decides, and writes it must hold `writing()` meanwhile.
class EntityStore {
 public:
  /// Loads the entities in the folder. Skips files that cannot be read, and adds a message for each to warnings().
  explicit EntityStore(std::unique_ptr<StateFolder> folder);
  ~EntityStore();
  EntityStore(const EntityStore&) = delete;
  EntityStore& operator=(const EntityStore&) = delete;

  [[nodiscard]] std::unique_lock<std::mutex> writing() const { return std::unique_lock(writing_); }

  /// Entity is DeployedAction, PackageEntity, DeployedTrigger, RuleEntity or DeployedApi.
  template <typename Entity>
  [[nodiscard]] std::shared_ptr<const Entity> find(const EntityKey& key) const;
  /// The most recently written entity is first.
  template <typename Entity>
  [[nodiscard]] std::vector<std::shared_ptr<const Entity>> all() const;
  template <typename Entity>
  void put(const EntityKey& key, Entity entity);
  /// Returns whether the entity existed.
  template <typename Entity>
  bool remove(const EntityKey& key);
  /// Returns the actions in a package, sorted by name.
  [[nodiscard]] std::vector<std::shared_ptr<const DeployedAction>> actions_in(const std::string& package) const;

  /// Stores an action's code, and returns the name of its file. The file is deleted when no action names it any more.
  [[nodiscard]] std::string keep_code(std::string_view code);
  /// Throws Error `code_missing` if its file was deleted.
  [[nodiscard]] std::string code(const std::string& file) const;

  /// A number that increases with each change.
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
