#include "dev/deployed/entity_store.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "adit/error.h"

#include "base/text/ascii.h"
#include "base/text/text.h"
#include "dev/deployed/stored_form.h"

namespace adit::dev {
namespace {

constexpr std::string_view kEntity = ".json";
constexpr std::string_view kCode = ".code";

/// Returns the number in a name such as `17.json`, or `nullopt` if this store does not use such names.
std::optional<std::uint64_t> number_of(std::string_view file) {
  for (const auto ending : {kEntity, kCode}) {
    if (!file.ends_with(ending)) continue;
    const auto digits = file.substr(0, file.size() - ending.size());
    std::uint64_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return number;
  }
  return std::nullopt;
}

const std::string& code_of(const DeployedAction& action) { return action.code; }
template <typename Entity>
const std::string& code_of(const Entity& /*entity*/) {
  static const std::string kNone;
  return kNone;
}

}  // namespace

template <typename Entity>
struct EntityStore::Collection {
  struct Entry {
    std::shared_ptr<const Entity> entity;
    std::uint64_t written = 0;
    std::string file;
  };
  std::map<EntityKey, Entry> by_key;
  /// The key is the revision at which the entity was written.
  std::map<std::uint64_t, std::shared_ptr<const Entity>> by_time;
};

struct EntityStore::Collections {
  Collection<DeployedAction> actions;
  Collection<PackageEntity> packages;
  Collection<DeployedTrigger> triggers;
  Collection<RuleEntity> rules;
  Collection<DeployedApi> apis;
};

template <typename Entity>
EntityStore::Collection<Entity>& EntityStore::collection() const {
  if constexpr (std::is_same_v<Entity, DeployedAction>) {
    return collections_->actions;
  } else if constexpr (std::is_same_v<Entity, PackageEntity>) {
    return collections_->packages;
  } else if constexpr (std::is_same_v<Entity, DeployedTrigger>) {
    return collections_->triggers;
  } else if constexpr (std::is_same_v<Entity, RuleEntity>) {
    return collections_->rules;
  } else {
    return collections_->apis;
  }
}

EntityStore::EntityStore(std::unique_ptr<StateFolder> folder)
    : folder_(std::move(folder)), collections_(std::make_unique<Collections>()) {
  if (folder_->is_kept()) load();
}

EntityStore::~EntityStore() = default;

template <typename Entity>
std::shared_ptr<const Entity> EntityStore::find(const EntityKey& key) const {
  const std::shared_lock lock(mutex_);
  const auto& entries = collection<Entity>().by_key;
  const auto found = entries.find(key);
  return found != entries.end() ? found->second.entity : nullptr;
}

template <typename Entity>
std::vector<std::shared_ptr<const Entity>> EntityStore::all() const {
  const std::shared_lock lock(mutex_);
  const auto& entries = collection<Entity>().by_time;
  std::vector<std::shared_ptr<const Entity>> found;
  found.reserve(entries.size());
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) found.push_back(entry->second);
  return found;
}

std::vector<std::shared_ptr<const DeployedAction>> EntityStore::actions_in(const std::string& package) const {
  const std::shared_lock lock(mutex_);
  const auto& entries = collections_->actions.by_key;
  std::vector<std::shared_ptr<const DeployedAction>> found;
  for (auto entry = entries.lower_bound({package, {}}); entry != entries.end() && entry->first.package == package;
       ++entry)
    found.push_back(entry->second.entity);
  return found;
}

template <typename Entity>
void EntityStore::put(const EntityKey& key, Entity entity) {
  std::string replaced_code;
  {
    const std::unique_lock lock(mutex_);
    auto& [by_key, by_time] = collection<Entity>();
    auto& entry = by_key[key];
    if (entry.file.empty()) entry.file = next_file(kEntity);
    auto fresh = std::make_shared<const Entity>(std::move(entity));
    try {
      if (folder_->is_kept()) folder_->write(entry.file, to_json(stored_form(key, *fresh)));
    } catch (const Error&) {
      if (!entry.entity) by_key.erase(key);
      throw;
    }
    if (entry.entity) {
      by_time.erase(entry.written);
      if (code_of(*entry.entity) != code_of(*fresh)) replaced_code = code_of(*entry.entity);
    }
    entry.written = ++revision_;
    by_time.emplace(entry.written, fresh);
    entry.entity = std::move(fresh);
  }
  if (!replaced_code.empty()) folder_->remove(replaced_code);
}

template <typename Entity>
bool EntityStore::remove(const EntityKey& key) {
  std::string code;
  {
    const std::unique_lock lock(mutex_);
    auto& [by_key, by_time] = collection<Entity>();
    const auto entry = by_key.find(key);
    if (entry == by_key.end()) return false;
    code = code_of(*entry->second.entity);
    if (folder_->is_kept()) folder_->remove(entry->second.file);
    by_time.erase(entry->second.written);
    by_key.erase(entry);
    ++revision_;
  }
  if (!code.empty()) folder_->remove(code);
  return true;
}

std::string EntityStore::keep_code(std::string_view code) {
  auto file = [this] {
    const std::unique_lock lock(mutex_);
    return next_file(kCode);
  }();
  folder_->write(file, code);
  return file;
}

std::string EntityStore::code(const std::string& file) const {
  auto text = folder_->read(file);
  if (!text) throw Error::failure("code_missing", cat("The code of the action is no longer in ", folder_->path(), "."));
  return *std::move(text);
}

std::uint64_t EntityStore::revision() const {
  const std::shared_lock lock(mutex_);
  return revision_;
}

std::string EntityStore::next_file(std::string_view ending) { return cat(++last_file_, ending); }

template <typename Entity>
bool EntityStore::load_as(const json::object& stored, const std::string& file) {
  auto read = from_stored_form<Entity>(stored);
  if (!read) return false;
  auto entity = std::make_shared<const Entity>(std::move(read->second));
  auto& [by_key, by_time] = collection<Entity>();
  const auto written = ++revision_;
  if (!by_key.emplace(read->first, typename Collection<Entity>::Entry{entity, written, file}).second)
    throw Error::failure("twice", "another file contains the same entity");
  by_time.emplace(written, std::move(entity));
  return true;
}

/// Loads the oldest entities first, so that lists keep their order.
void EntityStore::load() {
  struct Read {
    long long updated;
    std::string file;
    json::object stored;
  };
  std::vector<Read> entities;
  std::set<std::string> codes;
  for (const auto& file : folder_->files()) {
    const auto number = number_of(file);
    if (!number) continue;
    last_file_ = std::max(last_file_, *number);
    if (file.ends_with(kCode)) {
      codes.insert(file);
      continue;
    }
    const auto value = try_parse_json(folder_->read(file).value_or(""), {.max_bytes = 16U << 20U});
    if (!value || !value->is_object()) {
      warnings_.push_back(cat(file, " in the state folder is not an entity and was skipped."));
      continue;
    }
    const auto* updated = value->get_object().if_contains("updated");
    entities.push_back(
        {updated != nullptr && updated->is_int64() ? updated->get_int64() : 0, file, value->get_object()});
  }
  std::ranges::stable_sort(entities, {}, &Read::updated);
  std::set<std::string> used;
  for (const auto& [updated, file, stored] : entities) {
    try {
      const std::string code(string_member(stored, "code"));
      if (!code.empty() && (!number_of(code) || !codes.contains(code)))
        throw Error::failure("code_missing", "its code is missing");
      const bool known = load_as<DeployedAction>(stored, file) || load_as<PackageEntity>(stored, file) ||
                         load_as<DeployedTrigger>(stored, file) || load_as<RuleEntity>(stored, file) ||
                         load_as<DeployedApi>(stored, file);
      if (!known) throw Error::failure("unknown", "its kind is unknown");
      if (!code.empty()) used.insert(code);
    } catch (const std::exception& error) {
      warnings_.push_back(cat(file, " in the state folder was skipped: ", error.what(), "."));
    }
  }
  for (const auto& code : codes)
    if (!used.contains(code)) folder_->remove(code);
}

#define ADIT_STORES(Entity)                                                             \
  template std::shared_ptr<const Entity> EntityStore::find(const EntityKey&) const;     \
  template std::vector<std::shared_ptr<const Entity>> EntityStore::all<Entity>() const; \
  template void EntityStore::put(const EntityKey&, Entity);                             \
  template bool EntityStore::remove<Entity>(const EntityKey&)

ADIT_STORES(DeployedAction);
ADIT_STORES(PackageEntity);
ADIT_STORES(DeployedTrigger);
ADIT_STORES(RuleEntity);
ADIT_STORES(DeployedApi);

#undef ADIT_STORES

}  // namespace adit::dev
