#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "dev/entity/action_entity.h"

namespace adit::dev {

/// A package as the platform's API shows it (OpenWhisk's WhiskPackage). A value.
struct PackageEntity {
  /// The package that a binding refers to.
  struct Binding {
    std::string name_space;
    std::string name;
  };

  std::string name_space;
  std::string name;
  std::string version = "0.0.1";
  bool publish = false;
  std::optional<Binding> binding;
  json::object parameters;
  /// Without the annotation `binding`, which the platform adds.
  json::object annotations;
  WallTime updated{};

  /// The form in lists.
  [[nodiscard]] json::object summary() const;
  [[nodiscard]] json::object to_json() const;
  /// With the package's contents: `actions`, and `feeds`, which are the actions that have the annotation `feed`.
  [[nodiscard]] json::object to_json_with(const std::vector<ActionEntity>& actions) const;
};

}  // namespace adit::dev
