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

/// Who may reach an action over the web: nobody, everybody, everybody with the request left as it came.
enum class Web { no, yes, raw };

/// What an action may use. Ranges and defaults are Adobe I/O Runtime's.
struct Limits {
  std::chrono::milliseconds timeout{60'000};  // 100 ms .. 3 h
  int memory_mb = 256;                        // 128 .. 4096
  int concurrency = 200;                      // 1 .. 500
  int logs_mb = 10;                           // 0 .. 10
  /// Whether the manifest sets any limit, and whether it sets this one: a platform's own defaults hold otherwise.
  bool is_given = false;
  bool is_concurrency_given = false;
};

/// Files that go into the action's package: a pattern (include_pattern.h) and the folder inside.
struct Include {
  /// The folder to which the pattern is relative, absolute. Its own name is no pattern.
  std::string base;
  std::string source;
  std::string destination = "./";
  SourcePosition where;
};

struct Action {
  std::string package;
  std::string name;
  /// As written, and absolute and normalised: relative to the file that holds it. Whether it exists is not looked at.
  std::string function;
  std::string function_path;
  Web web = Web::no;
  /// As written (`nodejs:20`, `cpp`); empty where absent.
  std::string runtime;
  std::string main;
  /// A container image, instead of a runtime.
  std::string docker;
  /// As written, not mapped (see inputs.h); the package's inputs stand here too where the action has none of that name.
  json::object inputs;
  /// Those of `inputs` that are the package's.
  std::vector<std::string> package_inputs;
  /// Where each input stands, by its path: `HOST` for the input, `HEADERS/accept/0` for what lies inside. The position
  /// is that of the value, an input that has none (`HOST:`) has its key's.
  std::map<std::string, SourcePosition, std::less<>> input_positions;
  /// With `web-export` and `raw-http` as `web` makes them, as Adobe's tools deploy them.
  json::object annotations;
  Limits limits;
  std::vector<Include> include;
  /// The action's key.
  SourcePosition where;

  /// `package/name`.
  [[nodiscard]] std::string full_name() const { return package + "/" + name; }
  /// `runtime: nodejs:…`, in any letter case, and no container image.
  [[nodiscard]] bool is_node() const;
  /// `runtime: cpp`, in any letter case, with or without a version (`cpp:20`).
  [[nodiscard]] bool is_cpp() const;
  /// The annotation is there and takes effect. `require-adobe-auth` and `include-ims-credentials` are read by Adobe's
  /// tools, for which every text but the empty one is true, `no` as well; the others by OpenWhisk, for which only the
  /// boolean is.
  [[nodiscard]] bool has_annotation(std::string_view annotation) const;
};

struct Sequence {
  std::string package;
  std::string name;
  /// `package/action`, or as written where it begins with `/` (another namespace).
  std::vector<std::string> actions;
  Web web = Web::no;
  json::object annotations;
  SourcePosition where;

  [[nodiscard]] std::string full_name() const { return package + "/" + name; }
};

/// What rules start actions on. A trigger belongs to the namespace; its package is the one that defines it.
struct Trigger {
  std::string package;
  std::string name;
  /// The action that fires it, as written (`/whisk.system/alarms/interval`); empty if nothing but a call does.
  std::string feed;
  /// As written, not mapped (see inputs.h): the feed's configuration, and part of each event.
  json::object inputs;
  std::map<std::string, SourcePosition, std::less<>> input_positions;
  json::object annotations;
  SourcePosition where;
};

/// "When this trigger fires, run this action." A rule belongs to the namespace, its action to the rule's own package.
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

/// A package of another namespace under a name of this one (`dependencies:`).
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
  /// What defines it: `application`, or an extension's type (`dx/excshell/1`). Two extensions may share a package's
  /// name.
  std::string extension;
  std::string license;
  /// `public: true`: other namespaces may use it.
  bool is_public = false;
  /// As written, not mapped.
  json::object inputs;
  std::map<std::string, SourcePosition, std::less<>> input_positions;
  std::vector<Action> actions;
  std::vector<Sequence> sequences;
  /// Those that name less than they need are left out; a warning says so.
  std::vector<Trigger> triggers;
  std::vector<Rule> rules;
  std::vector<ApiRoute> routes;
  std::vector<Binding> bindings;
  SourcePosition where;
};

/// The application, or one of the extensions. Paths are absolute.
struct Extension {
  /// `application`, or the type. A lone `ext.config.yaml` in `src/dx-excshell-1` is `dx/excshell/1`; where the folder
  /// tells no type, `extension`.
  std::string name;
  std::string actions;
  std::string web;
  std::string dist;
  /// Commands by hook; relative to the project's root.
  json::object hooks;
  json::value operations;
  SourcePosition where;
};

/// Something that is probably a mistake, yet harmless enough to go on.
struct Warning {
  enum class Kind {
    doubtful,
    /// A key that has no effect where it stands.
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
  /// If a key is misspelt: the key that was meant, unless it is there too.
  std::string meant = {};
  Kind kind = Kind::doubtful;
  /// An unknown key, as it is written.
  std::string key = {};

  /// `file:line:column: message`, the hint on its own line.
  [[nodiscard]] std::string to_string() const;
};

/// What a name stands for: one of the two.
struct Runnable {
  const Action* action = nullptr;
  const Sequence* sequence = nullptr;

  [[nodiscard]] std::string full_name() const { return action ? action->full_name() : sequence->full_name(); }
  [[nodiscard]] const SourcePosition& where() const { return action ? action->where : sequence->where; }
};

/// A project, read. A value; thread-safe as std::string.
struct Project {
  /// Absolute.
  std::string root;
  /// From package.json, without its scope; `unnamed-app` and `0.1.0` where it has none, as Adobe's tools say.
  std::string name;
  std::string version;
  std::vector<Extension> extensions;
  std::vector<Package> packages;
  /// Every configuration file that was read, absolute, in order of reading.
  std::vector<std::string> files;
  std::vector<Warning> warnings;
  /// What load_project passed over where it was asked to go on.
  std::vector<Error> faults;

  /// In file order.
  [[nodiscard]] std::vector<const Action*> actions() const;
  [[nodiscard]] std::vector<const Sequence*> sequences() const;
  [[nodiscard]] std::vector<const Trigger*> triggers() const;
  [[nodiscard]] std::vector<const Rule*> rules() const;
  [[nodiscard]] std::vector<const ApiRoute*> routes() const;

  /// `package/action`; `action` where just one package has it; empty if the project has just one. Actions and
  /// sequences. The result points into this Project. Throws Error (configuration) `unknown_action`, `ambiguous_action`
  /// or `no_actions`.
  [[nodiscard]] Runnable find(std::string_view name) const;
  /// The same for actions alone: empty means the one action. Throws also `is_sequence`.
  [[nodiscard]] const Action& find_action(std::string_view name) const;
  /// As `find` without the exception: nullptrs where there is no such thing, or more than one.
  [[nodiscard]] Runnable find_exact(std::string_view package, std::string_view name) const;
};

/// From `start` (a folder; "" is the current one) upwards, the first folder with `app.config.yaml`, `ext.config.yaml`
/// or `manifest.yml`. An `ext.config.yaml` or `manifest.yml` that an `app.config.yaml` further up includes belongs to
/// that one's project. Absolute. Throws Error `no_project` (configuration).
[[nodiscard]] std::string find_project_root(const std::string& start = "");

/// What reading does at a fault: throw it, or keep it in Project::faults and leave out the smallest part around it.
enum class OnFault { stop, go_on };

/// Reads the project whose root is this folder. Throws Error (configuration), with file, line and column:
/// `invalid_yaml`, `invalid_config`, `invalid_name`, `invalid_limit`, `include_missing`, `include_cycle`,
/// `two_actions`, `no_project`, `file_unreadable`.
[[nodiscard]] Project load_project(const std::string& root, OnFault on_fault = OnFault::stop);

}  // namespace adit::app
