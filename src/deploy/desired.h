#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adit/environment.h"
#include "adit/json.h"

#include "app/project/project.h"
#include "deploy/destination.h"

namespace adit::deploy {

/// The kinds of entities, in the order in which they are deployed. A route is one method and path of an API.
enum class EntityKind { package, action, route, trigger, rule };

/// Returns `package`, `action`, …, for people and for JSON.
[[nodiscard]] std::string_view name_of(EntityKind kind);

/// The code of an action: its member `exec`.
struct Code {
  /// `nodejs:22`, `blackbox`, …
  std::string kind{};
  /// The source, or a zip in base64.
  std::string code{};
  std::string main{};
  /// The container's image, for `blackbox`.
  std::string image{};
};

/// An entity that the project should have on the platform.
struct DesiredEntity {
  EntityKind kind = EntityKind::package;
  /// `PACKAGE`, `PACKAGE/ACTION` (or `ACTION` in the package `default`), a trigger, a rule, `GET /base/path`.
  std::string name;
  /// The body of the PUT, with the annotation `whisk-managed`; for a route, the body of createApi.
  json::object body{};
  /// The SHA-256 of the body without that annotation. It is the annotation's `projectHash`, and shows whether the
  /// entity has changed.
  std::string hash{};
  /// For a trigger: the feed action that fires it, `/NAMESPACE/PACKAGE/ACTION`, and its inputs; empty if it has none.
  std::string feed{};
  json::object feed_inputs{};
  /// For a route.
  app::ApiRoute route{};
  /// True for a web action that must reject callers without a token or key.
  bool requires_token = false;
  /// True for a web action or web sequence.
  bool is_web = false;
  SourcePosition where{};
};

struct DesiredEntities {
  /// Packages, actions, sequences (each after those that it runs), routes, triggers, rules.
  std::vector<DesiredEntity> all;
  /// The project names in `whisk-managed`: one for each extension.
  std::set<std::string> project_names;
  /// A message for each input whose variable is not set.
  std::vector<std::string> unset;
  /// The origin of the inputs' secrets; of several, the one that the user controls most.
  std::optional<SettingOrigin> secret;
};

struct DesiredOptions {
  std::string name_space = "_";
  /// Whether an action with `require-adobe-auth` becomes a sequence of Adobe's validator and the action.
  bool has_adobe_validators = true;
  /// True if AIO_CLI_ENV is `stage`.
  bool is_stage = false;
  /// True if the project has a front end: it needs another validator.
  bool has_front_end = false;
  /// For routes: the host of the web action, and the key with which the gateway calls it.
  std::string api_host{};
  Secret key{};
};

/// Returns the project name that Adobe's tools write into `whisk-managed` for an extension's entities:
/// `{name}-{version}` of package.json if one of its packages has that name (`__APP_PACKAGE__`), otherwise the name of
/// its first package.
[[nodiscard]] std::string managed_name(const app::Project& project, std::string_view extension);

/// Returns the entities of the manifest, as processPackage and deployPackage of adobe/aio-lib-runtime deploy them
/// (docs/protocols/deploying.md, "What is written"). `code` contains the code of each action by its full name. Throws
/// Error (configuration) as app::map_inputs() does, and `name_taken` if the new name of an action with
/// `require-adobe-auth` is in use.
[[nodiscard]] DesiredEntities desired_entities(const app::Project& project, const Environment& environment,
                                               const std::map<std::string, Code>& code, const DesiredOptions& options);

/// The annotation `whisk-managed` of a deployed entity; empty if it has none.
struct Managed {
  std::string project;
  std::string hash;
};
[[nodiscard]] Managed managed_by(const json::object& entity);
/// Returns the entity with this hash in `whisk-managed`.
[[nodiscard]] json::object with_hash(json::object body, const std::string& hash);
/// Returns an annotation's value, or nullptr if there is none.
[[nodiscard]] const json::value* annotation_of(const json::object& entity, std::string_view name);

}  // namespace adit::deploy
