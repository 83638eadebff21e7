#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adit/clock.h"
#include "adit/json.h"

#include "app/project/project.h"

namespace adit::dev {

/// An entity's name behind its namespace: `PACKAGE/NAME`, or `NAME` alone in the package `default`, which is only how
/// manifests and web addresses call an action that has no package.
[[nodiscard]] std::string entity_path(std::string_view package, std::string_view name);

/// An action or sequence as the platform's API shows it (OpenWhisk's WhiskAction). A value.
struct ActionEntity {
  /// `NS/PACKAGE`, or `NS`.
  std::string name_space;
  std::string name;
  std::string version = "0.0.1";
  bool publish = false;
  /// `nodejs:22`, `cpp`, `blackbox`, `sequence`
  std::string kind;
  std::string main;
  std::string image;
  bool binary = false;
  /// Of a sequence: `/NS/PACKAGE/NAME`.
  std::vector<std::string> components;
  json::object parameters;
  /// Without those that the platform adds.
  json::object annotations;
  app::Limits limits;
  WallTime updated{};

  [[nodiscard]] bool is_sequence() const { return kind == "sequence"; }
  /// With those that the platform adds.
  [[nodiscard]] json::array all_annotations() const;
  /// As lists show it: without parameters, and of `exec` only whether it is binary.
  [[nodiscard]] json::object summary() const;
  /// The whole entity, except the code.
  [[nodiscard]] json::object to_json() const;
};

/// Whether an action is given its namespace's key, judged by the annotations of its manifest: unless `provide-api-key`
/// says no. Apache OpenWhisk would say no for a new action without that annotation; Adobe I/O Runtime gives the key,
/// and `@adobe/aio-lib-state` and `@adobe/aio-lib-files` count on it.
[[nodiscard]] bool provides_api_key(const json::object& annotations);

}  // namespace adit::dev
