#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "app/project/project.h"

namespace adit::dev {

/// Returns an entity's name relative to its namespace: `PACKAGE/NAME`, or `NAME` alone in the package `default`. That
/// package exists only in manifests and web addresses, for actions without a package.
[[nodiscard]] std::string entity_path(std::string_view package, std::string_view name);

/// An action or sequence as the platform's API shows it (OpenWhisk's WhiskAction). A value.
struct ActionEntity {
  /// `NS/PACKAGE`, or `NS` without a package.
  std::string name_space;
  std::string name;
  std::string version = "0.0.1";
  bool publish = false;
  /// `nodejs:22`, `cpp`, `blackbox`, `sequence`
  std::string kind;
  std::string main;
  std::string image;
  bool binary = false;
  /// The components of a sequence, each as `/NS/PACKAGE/NAME`.
  std::vector<std::string> components;
  json::object parameters;
  /// Without the annotations that the platform adds.
  json::object annotations;
  app::Limits limits;
  WallTime updated{};

  [[nodiscard]] bool is_sequence() const { return kind == "sequence"; }
  /// With the annotations that the platform adds.
  [[nodiscard]] json::array all_annotations() const;
  /// The form in lists: no parameters, and `exec` says only whether the code is binary.
  [[nodiscard]] json::object summary() const;
  /// The whole entity, except the code.
  [[nodiscard]] json::object to_json() const;
};

/// Whether an action gets the API key of its namespace. It does unless the annotation `provide-api-key` in its manifest
/// is false. Apache OpenWhisk withholds the key from a new action without that annotation; Adobe I/O Runtime gives it,
/// and `@adobe/aio-lib-state` and `@adobe/aio-lib-files` rely on it.
[[nodiscard]] bool provides_api_key(const json::object& annotations);

}  // namespace adit::dev
