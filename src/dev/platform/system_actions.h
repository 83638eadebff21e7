#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "adit/json.h"

#include "dev/entity/entity_name.h"
#include "dev/host/activation_record.h"
#include "dev/platform/adobe_auth.h"
#include "dev/platform/configuration.h"

namespace adit::dev {

/// Actions of other namespaces that deployed code uses, and that adit dev implements: Adobe's validators
/// (`/adobeio/shared-validators-v1/headless-v2`, …), which `require-adobe-auth` puts before an action, and the feeds of
/// OpenWhisk's alarms (`/whisk.system/alarms/alarm`, …).
class SystemActions {
 public:
  using Feed = std::function<SystemAnswer(const std::string& name, const json::object& params)>;
  SystemActions(const ValidateToken& validate, Feed alarms);

  /// Null if there is no such action.
  [[nodiscard]] std::shared_ptr<const ServedAction> find(const EntityPath& path) const;
  /// The packages of a namespace with their actions, by name. Null if there is no such namespace.
  [[nodiscard]] const std::map<std::string, std::vector<ActionEntity>>* packages(const std::string& name_space) const;

 private:
  void add(const EntityPath& path, json::object annotations, RunSystemAction run);

  std::map<std::string, std::shared_ptr<const ServedAction>> actions_;
  std::map<std::string, std::map<std::string, std::vector<ActionEntity>>> packages_;
};

}  // namespace adit::dev
