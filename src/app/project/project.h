#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adit/error.h"
#include "adit/json.h"

/// App Builder projects: what `app.config.yaml`, `ext.config.yaml` and `manifest.yml` say, as plain values.
/// Sources: https://developer.adobe.com/app-builder/docs/guides/configuration/, and the behaviour of
/// adobe/aio-cli-lib-app-config (files, `$include`) and adobe/aio-lib-runtime (the manifest).
namespace adit::app {

/// Who can call an action as a web action: no one; everyone; everyone, and the action gets the request unparsed.
enum class Web { no, yes, raw };

/// The resources that an action may use. Ranges and defaults are those of Adobe I/O Runtime.
struct Limits {
  std::chrono::milliseconds timeout{60'000};  // 100 ms .. 3 h
  int memory_mb = 256;                        // 128 .. 4096
  int concurrency = 200;                      // 1 .. 500
  int logs_mb = 10;                           // 0 .. 10
  /// Whether the manifest sets any limit, and whether it sets `concurrency`. Otherwise a platform's own defaults apply.
  bool is_given = false;
  bool is_concurrency_given = false;
};

/// Files to add to the action's package: a pattern (include_pattern.h), and the destination folder in the package.
struct Include {
  /// The folder to which the pattern is relative, as an absolute path. Its name is not read as a pattern.
  std::string base;
  std::string source;
  std::string destination = "./";
  SourcePosition where;
};

struct Action {
  std::string package;
  std::string name;
  /// As written (relative to the file that contains it), and as an absolute, normalised path. It need not exist.
  std::string function;
  std::string function_path;
  Web web = Web::no;
  /// As written (`nodejs:20`, `cpp`); empty if absent.
  std::string runtime;
  std::string main;
  /// A container image, instead of a runtime.
  std::string docker;
  /// As written, with variables not replaced (see inputs.h). Includes the package's inputs unless the action has an
  /// input of the same name.
  json::object inputs;
  /// The names in `inputs` that come from the package.
  std::vector<std::string> package_inputs;
  /// The position of each input by its path: `HOST` for an input, `HEADERS/accept/0` for a value inside one. It is the
  /// position of the value, or of the key if there is no value (`HOST:`).
  std::map<std::string, SourcePosition, std::less<>> input_positions;
  /// Includes the `web-export` and `raw-http` that Adobe's tools derive from `web` when they deploy.
  json::object annotations;
  Limits limits;
  std::vector<Include> include;
  /// The position of the action's key.
  SourcePosition where;

  /// `package/name`.
  [[nodiscard]] std::string full_name() const { return package + "/" + name; }
  /// Returns true for `runtime: nodejs:…`, in any letter case, without a container image.
  [[nodiscard]] bool is_node() const;
  /// Returns true for `runtime: cpp`, in any letter case, with or without a version (`cpp:20`).
  [[nodiscard]] bool is_cpp() const;
  /// Returns true if the annotation is present and takes effect. Adobe's tools read `require-adobe-auth` and
  /// `include-ims-credentials`; for them every non-empty text is true, even `no`. OpenWhisk reads the others; for it
  /// only the boolean `true` is true.
  [[nodiscard]] bool has_annotation(std::string_view annotation) const;
};

struct Sequence {
  std::string package;
  std::string name;
  /// `package/action`, or as written if it begins with `/` (another namespace).
  std::vector<std::string> actions;
  Web web = Web::no;
  json::object annotations;
  SourcePosition where;

  [[nodiscard]] std::string full_name() const { return package + "/" + name; }
};

/// An event that starts actions by way of rules. A trigger belongs to the namespace; `package` is the one that defines
/// it.
struct Trigger {
  std::string package;
  std::string name;
  /// The feed action that fires it, as written (`/whisk.system/alarms/interval`); empty if only API calls fire it.
  std::string feed;
  /// As written, with variables not replaced (see inputs.h). They configure the feed, and are part of each event.
  json::object inputs;
  std::map<std::string, SourcePosition, std::less<>> input_positions;
  json::object annotations;
  SourcePosition where;
};

/// "When this trigger fires, run this action." A rule belongs to the namespace, its action to the package that defines
/// the rule.
struct Rule {
  std::string package;
  std::string name;
  std::string trigger;
  /// `package/action`; an action or a sequence.
  std::string action;
  SourcePosition where;
};

/// One route of `apis:`: a method and a path that lead to a web action of the same package.
struct ApiRoute {
  std::string package;
  /// The API's name.
  std::string api;
  /// Both begin with `/`.
  std::string base_path;
  std::string path;
  /// As written: `get`.
  std::string method;
  /// `package/action`; an action or a sequence.
  std::string action;
  /// The extension with which the action is called: `json`, `http`, …
  std::string response = "json";
  SourcePosition where;
};

/// A package of another namespace that has a name in this one (`dependencies:`).
struct Binding {
  std::string name;
  /// Of `location: /NAMESPACE/PACKAGE`.
  std::string target_namespace;
  std::string target_package;
  /// As written, not mapped.
  json::object inputs;
  std::map<std::string, SourcePosition, std::less<>> input_positions;
  SourcePosition where;
};

struct Package {
  std::string name;
  /// The extension that defines it: `application`, or an extension's type (`dx/excshell/1`). Packages of two extensions
  /// may have the same name.
  std::string extension;
  std::string license;
  /// `public: true`: other namespaces may use it.
  bool is_public = false;
  /// As written, not mapped.
  json::object inputs;
  std::map<std::string, SourcePosition, std::less<>> input_positions;
  std::vector<Action> actions;
  std::vector<Sequence> sequences;
  /// Incomplete ones are left out, with a warning.
  std::vector<Trigger> triggers;
  std::vector<Rule> rules;
  std::vector<ApiRoute> routes;
  std::vector<Binding> bindings;
  SourcePosition where;
};

/// The application, or one of the extensions. Paths are absolute.
struct Extension {
  /// `application`, or the extension's type. An `ext.config.yaml` without an application, in `src/dx-excshell-1`, gives
  /// `dx/excshell/1`; if the folder's name is not that of a type, `extension`.
  std::string name;
  std::string actions;
  std::string web;
  std::string dist;
  /// Commands by hook; they run in the project's root.
  json::object hooks;
  json::value operations;
  SourcePosition where;
};

/// A probable mistake that does not prevent reading the project.
struct Warning {
  enum class Kind {
    probable_mistake,
    /// A key that is not known at this place.
    unknown_key,
    /// A key of the manifest's format that neither Adobe's tools nor adit act on.
    without_effect,
    /// A key that Adobe's tools act on, and adit does not.
    left_to_aio,
    /// Adobe's own tools refuse to load or to deploy the project because of it.
    refused
  };

  std::string message;
  std::string hint;
  SourcePosition where;
  /// If a key is misspelt: the key that was meant, unless that key is present, too.
  std::string meant = {};
  Kind kind = Kind::probable_mistake;
  /// The unknown or ineffective key, as written.
  std::string key = {};

  /// Returns `file:line:column: message`, and the hint on its own line.
  [[nodiscard]] std::string to_string() const;
};

/// What a name refers to: an action or a sequence; the other pointer is nullptr.
struct Runnable {
  const Action* action = nullptr;
  const Sequence* sequence = nullptr;

  [[nodiscard]] std::string full_name() const { return action ? action->full_name() : sequence->full_name(); }
  [[nodiscard]] const SourcePosition& where() const { return action ? action->where : sequence->where; }
};

/// The configuration of a project. A value type, as thread-safe as std::string.
struct Project {
  /// Absolute.
  std::string root;
  /// From package.json, the name without its scope. Defaults are `unnamed-app` and `0.1.0`, as in Adobe's tools.
  std::string name;
  std::string version;
  std::vector<Extension> extensions;
  std::vector<Package> packages;
  /// Every configuration file that was read, absolute, in order of reading.
  std::vector<std::string> files;
  std::vector<Warning> warnings;
  /// The errors that load_project skipped because of OnError::go_on.
  std::vector<Error> errors;

  /// All of them, in file order.
  [[nodiscard]] std::vector<const Action*> actions() const;
  [[nodiscard]] std::vector<const Sequence*> sequences() const;
  [[nodiscard]] std::vector<const Trigger*> triggers() const;
  [[nodiscard]] std::vector<const Rule*> rules() const;
  [[nodiscard]] std::vector<const ApiRoute*> routes() const;

  /// Finds an action or a sequence by `package/name`, by `name` if only one package has it, or by an empty name if the
  /// project has only one. The result points into this Project. Throws Error (configuration) `unknown_action`,
  /// `ambiguous_action` or `no_actions`.
  [[nodiscard]] Runnable find(std::string_view name) const;
  /// Does the same for actions only; an empty name finds the only action. Throws also `is_sequence`.
  [[nodiscard]] const Action& find_action(std::string_view name) const;
};

}  // namespace adit::app
