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

/// In the order in which they are made; a route is one method and path of an API.
enum class EntityKind { package, action, route, trigger, rule };

/// `package`, `action`, …, for people and for JSON.
[[nodiscard]] std::string_view name_of(EntityKind kind);

/// What runs: the member `exec` of an action.
struct Code {
  /// `nodejs:22`, `blackbox`
  std::string kind{};
  /// Text, or base64 of a zip.
  std::string code{};
  std::string main{};
  /// Of a container.
  std::string image{};
};

/// One entity as it should be there.
struct Wanted {
  EntityKind kind = EntityKind::package;
  /// `PACKAGE`, `PACKAGE/ACTION` (or `ACTION` in the package `default`), a trigger, a rule, `GET /base/path`.
  std::string name;
  /// The body of the PUT, with the annotation `whisk-managed`; of a route what createApi takes.
  json::object body{};
  /// SHA-256 of the body without that annotation: it is the annotation's `projectHash`, and tells what has changed.
  std::string hash{};
  /// Of a trigger: the action that fires it, `/NAMESPACE/PACKAGE/ACTION`, and what it is given; empty for none.
  std::string feed{};
  json::object feed_inputs{};
  /// Of a route.
  app::ApiRoute route{};
  /// A web action that has to refuse a caller without a token or key.
  bool demands_token = false;
  /// A web action or sequence.
  bool is_web = false;
  SourcePosition where{};
};

struct WantedEntities {
  /// Packages, actions, sequences (each after those that it runs), routes, triggers, rules.
  std::vector<Wanted> all;
  /// The names under which `whisk-managed` knows this project: one for each extension.
  std::set<std::string> project_names;
  /// Input variables that nothing sets.
  std::vector<std::string> unset;
  /// Of the inputs' secrets the one that the user controls most.
  std::optional<SettingOrigin> secret;
};

struct WantedOptions {
  std::string name_space = "_";
  /// `require-adobe-auth` becomes a sequence of Adobe's validator and a secured action.
  bool has_adobe_validators = true;
  /// `AIO_CLI_ENV=stage`
  bool is_stage = false;
  /// The project has a front end: another validator.
  bool has_front_end = false;
  /// For routes: where the web action answers, and the key that calls it.
  std::string api_host{};
  Secret key{};
};

/// The name under which an extension's entities are managed, as Adobe's tools choose it: `{name}-{version}` of
/// package.json if one of its packages has that name (`__APP_PACKAGE__`), else its first package.
[[nodiscard]] std::string managed_name(const app::Project& project, std::string_view extension);

/// What the manifest says, as adobe/aio-lib-runtime's processPackage and deployPackage bring it to the platform.
/// `code` has each action's by its full name. Throws Error (configuration) as app::map_inputs does, and
/// `name_taken` if the name that an action with `require-adobe-auth` moves to is taken.
[[nodiscard]] WantedEntities wanted_entities(const app::Project& project, const Environment& environment,
                                             const std::map<std::string, Code>& code, const WantedOptions& options);

/// The annotation `whisk-managed` of an entity as the platform lists it: project and hash; empty if there is none.
struct Managed {
  std::string project;
  std::string hash;
};
[[nodiscard]] Managed managed_by(const json::object& entity);
/// The same entity with this hash.
[[nodiscard]] json::object with_hash(json::object body, const std::string& hash);
/// An annotation's value; nullptr if there is none.
[[nodiscard]] const json::value* annotation_of(const json::object& entity, std::string_view name);

}  // namespace adit::deploy
