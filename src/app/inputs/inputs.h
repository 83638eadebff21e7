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

/// A variable that an input names and that is not set; it was replaced with an empty text.
struct Unset {
  /// `JWT_CLIENT_ID`
  std::string name;
  /// The input that names it.
  std::string input;
  SourcePosition where;
  /// False for a malformed reference: `${A`.
  bool is_well_formed = true;
};

/// Returns what to do about a variable that is not set, as the end of a message "…, which is not set; ". Names in
/// `.env` are found only in upper case, so that `$name` finds nothing there.
[[nodiscard]] std::string remedy_of(const Unset& unset, const Environment& environment, std::string_view env_file);

/// The parameters that an action gets in addition to the caller's. They contain secrets: log the names, not the values.
struct MappedInputs {
  json::object params;
  std::vector<Unset> unset;
  /// Of the variables used whose names are those of secrets, the origin that the user controls most.
  std::optional<SettingOrigin> secret;
};

/// Returns the action's inputs with variables replaced by the environment's values, as adobe/aio-lib-runtime's
/// `processInputs` does it:
///
/// * in every string, at any depth, `$NAME`, `${NAME}` and `${ NAME }` (letters, digits, `_`, `-`) become the
///   variable's value, or nothing if it is unset (variable_reference.h describes malformed references, and characters
///   with a special meaning in a value);
/// * the string `string` becomes "", the strings `integer` and `number` become 0;
/// * a map with `value` or `default` becomes that value, taken literally (`value: string` stays "string"); a map with
///   both is left out;
/// * a value that is not a string keeps its type.
///
/// The annotation `include-ims-credentials` adds `__ims_oauth_s2s` and `__ims_env`. Throws Error (configuration)
/// `missing_params` if a part of IMS_OAUTH_S2S_* is missing; `inputs_too_long` if the result would exceed 4 MB;
/// `untrusted_destination` if a project's file would send the user's own secret to another IMS; `outside_project` if
/// the manifest or `.env` names a key file outside the project as JWT_PRIVATE_KEY.
[[nodiscard]] MappedInputs map_inputs(const Action& action, const Environment& environment);

/// Does the same for the inputs of a package, a trigger or a binding, which is defined at `owner`. The rules for an
/// action's annotations and its private key do not apply.
[[nodiscard]] MappedInputs map_inputs(const json::object& inputs,
                                      const std::map<std::string, SourcePosition, std::less<>>& positions,
                                      const SourcePosition& owner, const Environment& environment);

/// Returns the variables that the action's inputs name and that are set to an empty value, which may be intended.
[[nodiscard]] std::vector<Unset> empty_variables(const Action& action, const Environment& environment);

/// Returns the names of the variables in a text, in order and with repetitions.
[[nodiscard]] std::vector<std::string> variables_in(std::string_view text);

/// A project's settings: the process environment over `.env`.
struct ProjectEnvironment {
  Environment environment;
  /// The file that was looked for: `.env` at the root, or the explicit one.
  std::string env_file;
  /// False if there is no such file; only the default one may be missing. A message about an unset variable should
  /// mention it.
  bool env_file_found = false;
};

/// Reads a project's settings. `env_file` is relative to the current folder; if given, it must exist: Error
/// `file_unreadable` (configuration). Tests pass a `process` of their own instead of the process environment.
[[nodiscard]] ProjectEnvironment environment_for(const std::string& root,
                                                 const std::optional<std::string>& env_file = std::nullopt,
                                                 Environment process = Environment::process());

}  // namespace adit::app
