#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/environment.h"
#include "adit/json.h"

#include "app/project/project.h"

namespace adit::app {

/// A variable that an input names and nobody sets; it became nothing.
struct Unset {
  /// `JWT_CLIENT_ID`
  std::string name;
  /// The input that names it.
  std::string input;
  SourcePosition where;
  /// False for what is written as no reference is: `${A`.
  bool is_well_formed = true;
};

/// What to do about a variable that is not set, after "…, which is not set; ": a name in `.env` counts in upper case
/// alone, so that `$name` finds nothing there.
[[nodiscard]] std::string remedy_of(const Unset& unset, const Environment& environment, std::string_view env_file);

/// What an action is given besides the caller's own parameters. Holds secrets: log the names, not the values.
struct MappedInputs {
  json::object params;
  std::vector<Unset> unset;
  /// Of the variables that were used and whose names say that they are secret, the one that the user controls most.
  std::optional<SettingOrigin> secret;
};

/// The action's inputs with the environment's values in them, as adobe/aio-lib-runtime's `processInputs` makes them:
///
/// * in every string, at any depth, `$NAME`, `${NAME}` and `${ NAME }` (letters, digits, `_`, `-`) become the
///   variable's value, or nothing if it is unset (variable_reference.h: what a broken reference is, and which signs
///   in a value mean something);
/// * a string that is just `string` becomes "", `integer` and `number` become 0;
/// * a map with `value` or `default` becomes that (a literal: a `value: string` stays), one with both is left out;
/// * what is no string keeps its type.
///
/// The annotation `include-ims-credentials` adds `__ims_oauth_s2s` and `__ims_env`. Throws Error (configuration)
/// `missing_params` where a part of IMS_OAUTH_S2S_* is missing, `inputs_too_long` where values put in make more than
/// 4 MB, `untrusted_destination` where a project's file would
/// send the user's own secret to another IMS, `outside_project` where the manifest or `.env` names a key file outside
/// of the project as JWT_PRIVATE_KEY.
[[nodiscard]] MappedInputs map_inputs(const Action& action, const Environment& environment);

/// The same for the inputs of a package, a trigger or a binding, which `owner` is the place of. The rules for an
/// action's annotations and its private key do not apply.
[[nodiscard]] MappedInputs map_inputs(const json::object& inputs,
                                      const std::map<std::string, SourcePosition, std::less<>>& positions,
                                      const SourcePosition& owner, const Environment& environment);

/// The names of the variables that a text names, in order, as often as it does.
[[nodiscard]] std::vector<std::string> variables_in(std::string_view text);

/// A project's settings: the process environment over `.env`.
struct ProjectEnvironment {
  Environment environment;
  /// The file looked for: `.env` at the root, or the explicit one.
  std::string env_file;
  /// False if there is no such file (only the default one may be missing); say so in a hint where a variable turns
  /// out to be unset.
  bool env_file_found = false;
};

/// `env_file` is relative to the current folder; where given, it must exist: Error `file_unreadable` (configuration).
/// `process` stands in for the process environment, for tests.
[[nodiscard]] ProjectEnvironment environment_for(const std::string& root,
                                                 const std::optional<std::string>& env_file = std::nullopt,
                                                 Environment process = Environment::process());

}  // namespace adit::app
