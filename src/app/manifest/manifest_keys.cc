#include "app/manifest/manifest_keys.h"

#include <array>

namespace adit::app {
namespace {

constexpr std::string_view kWebStays = "web assets are deployed by `aio app deploy`";
constexpr std::string_view kReplaced = "it would replace a step of `aio`; adit's own step runs";

constexpr auto kManifestKeys = [] {
  using enum KeyPlace;
  using enum KeyUse;
  return std::array{
      ManifestKey{top, "application", acted_on, "the project's own part"},
      ManifestKey{top, "extensions", acted_on, "parts by the type of extension point"},
      ManifestKey{top, "configSchema", left_to_aio, "settings that an administrator enters; adit only checks the key"},
      ManifestKey{top, "productDependencies", left_to_aio, "for publishing; adit only checks it"},

      ManifestKey{extension, "runtimeManifest", acted_on, "packages with actions"},
      ManifestKey{extension, "hooks", acted_on, "see hooks"},
      ManifestKey{extension, "actions", acted_on, "passed to hooks as `actions.src`"},
      ManifestKey{extension, "web", acted_on,
                  "`adit dev` serves the front end that was built from it; if it is a map, only `src` is used"},
      ManifestKey{extension, "dist", acted_on,
                  "the folder of the built front end, in its folder `web-dev` or `web-prod`"},
      ManifestKey{extension, "operations", acted_on, "read and checked; publishing is done by `aio`"},
      ManifestKey{extension, "unitTest", left_to_aio, "`aio app test`"},
      ManifestKey{extension, "e2eTest", left_to_aio, "`aio app test`"},
      ManifestKey{extension, "tests", left_to_aio, "`aio app test`"},
      ManifestKey{extension, "events", left_to_aio, "I/O Events are registered by `aio app deploy`"},
      ManifestKey{extension, "workspace", left_to_aio, "used by the Developer Console"},
      ManifestKey{extension, "hostname", left_to_aio, kWebStays},
      ManifestKey{extension, "tvmurl", left_to_aio, kWebStays},
      ManifestKey{extension, "awsaccesskeyid", left_to_aio, kWebStays},
      ManifestKey{extension, "awssecretaccesskey", left_to_aio, kWebStays},
      ManifestKey{extension, "s3bucket", left_to_aio, kWebStays},
      ManifestKey{extension, "htmlcacheduration", left_to_aio, kWebStays},
      ManifestKey{extension, "jscacheduration", left_to_aio, kWebStays},
      ManifestKey{extension, "csscacheduration", left_to_aio, kWebStays},
      ManifestKey{extension, "imagecacheduration", left_to_aio, kWebStays},

      ManifestKey{hooks, "pre-app-build", acted_on, "before a build: `build`, `invoke`, `dev`, `package`, `deploy`"},
      ManifestKey{hooks, "build-actions", acted_on,
                  "after `pre-app-build`, in the same commands; then adit builds what it runs"},
      ManifestKey{hooks, "build-static", acted_on, "builds the front end: `build`, `dev`"},
      ManifestKey{hooks, "post-app-build", acted_on, "after a build, in the same commands as `pre-app-build`"},
      ManifestKey{hooks, "pre-app-run", acted_on, "when `dev` starts"},
      ManifestKey{hooks, "pre-app-dev", acted_on, "the same hook of `aio app dev`"},
      ManifestKey{hooks, "post-app-run", acted_on, "when `dev` has started to serve"},
      ManifestKey{hooks, "post-app-dev", acted_on, "the same hook of `aio app dev`"},
      ManifestKey{hooks, "pre-app-deploy", acted_on, "before `deploy`"},
      ManifestKey{hooks, "post-app-deploy", acted_on, "after `deploy`"},
      ManifestKey{hooks, "pre-app-undeploy", acted_on, "before `undeploy`"},
      ManifestKey{hooks, "post-app-undeploy", acted_on, "after `undeploy`"},
      ManifestKey{hooks, "deploy-actions", left_to_aio, kReplaced},
      ManifestKey{hooks, "deploy-static", left_to_aio, kWebStays},
      ManifestKey{hooks, "undeploy-actions", left_to_aio, kReplaced},
      ManifestKey{hooks, "undeploy-static", left_to_aio, kWebStays},
      ManifestKey{hooks, "serve-static", left_to_aio, "`adit dev` serves the built front end itself"},

      ManifestKey{package, "actions", acted_on, "see an action"},
      ManifestKey{package, "sequences", acted_on, "see a sequence"},
      ManifestKey{package, "inputs", acted_on, "defaults for the inputs of its actions"},
      ManifestKey{package, "triggers", acted_on, "triggers and their feeds"},
      ManifestKey{package, "rules", acted_on, "which trigger runs which action"},
      ManifestKey{package, "apis", acted_on, "API routes"},
      ManifestKey{package, "dependencies", acted_on, "packages that are bound under a name"},
      ManifestKey{package, "public", acted_on, "whether other namespaces may use the package"},
      ManifestKey{package, "license", acted_on, "read, and checked"},
      ManifestKey{package, "version", without_effect, ""},
      ManifestKey{package, "annotations", without_effect, ""},
      ManifestKey{package, "namespace", without_effect, ""},
      ManifestKey{package, "feeds", without_effect, ""},
      ManifestKey{package, "apiHost", without_effect, ""},
      ManifestKey{package, "credential", without_effect, ""},
      ManifestKey{package, "description", without_effect, ""},
      ManifestKey{package, "repositories", without_effect, ""},

      ManifestKey{action, "function", acted_on, "the code: a C++ action's folder, a JavaScript file or folder"},
      ManifestKey{action, "runtime", acted_on, "`cpp`, or `nodejs:VERSION`"},
      ManifestKey{action, "main", acted_on, "the exported function; default: `main`"},
      ManifestKey{action, "web", acted_on, "whether it is a web action: `yes`, `raw`, `no`"},
      ManifestKey{action, "inputs", acted_on, "parameters; `$NAME` is a variable of `.env`"},
      ManifestKey{action, "annotations", acted_on, "options of the action for the platform and Adobe's tools"},
      ManifestKey{action, "limits", acted_on, "timeout, memory, concurrency, size of the log"},
      ManifestKey{action, "include", acted_on, "files that go into the package"},
      ManifestKey{action, "docker", left_to_aio, "a container image: adit runs none"},
      ManifestKey{action, "version", without_effect, ""},
      ManifestKey{action, "outputs", without_effect, ""},
      ManifestKey{action, "namespace", without_effect, ""},
      ManifestKey{action, "native", without_effect, ""},
      ManifestKey{action, "description", without_effect, ""},
      ManifestKey{action, "exclude", without_effect, ""},

      ManifestKey{annotation, "web-export", acted_on, "the same as `web`"},
      ManifestKey{annotation, "raw-http", acted_on, "the same as `web: raw`"},
      ManifestKey{annotation, "final", acted_on, "callers cannot replace inputs that have a value"},
      ManifestKey{annotation, "require-whisk-auth", acted_on, "callers must send the action's own key"},
      ManifestKey{annotation, "web-custom-options", acted_on, "the action itself answers OPTIONS"},
      ManifestKey{annotation, "require-adobe-auth", acted_on, "callers need a token that IMS accepts"},
      ManifestKey{annotation, "include-ims-credentials", acted_on, "the action gets `__ims_oauth_s2s`, `__ims_env`"},
      ManifestKey{annotation, "provide-api-key", acted_on, "whether the action gets the namespace's key"},
      ManifestKey{annotation, "disable-download", acted_on, "kept, and deployed with the action"},
      ManifestKey{annotation, "conductor", acted_on, "the action names other actions, which `adit dev` runs"},

      ManifestKey{sequence, "actions", acted_on, "its actions, in order, separated by commas"},
      ManifestKey{sequence, "web", acted_on, "whether it is a web action"},
      ManifestKey{sequence, "annotations", acted_on, "as for an action"},
      ManifestKey{sequence, "inputs", without_effect, ""},
  };
}();

}  // namespace

std::span<const ManifestKey> manifest_keys() { return kManifestKeys; }

std::vector<std::string> keys_of(KeyPlace place) {
  std::vector<std::string> keys;
  for (const auto& one : kManifestKeys)
    if (one.place == place) keys.emplace_back(one.key);
  return keys;
}

std::vector<std::string> keys_of(KeyPlace place, KeyUse use) {
  std::vector<std::string> keys;
  for (const auto& one : kManifestKeys)
    if (one.place == place && one.use == use) keys.emplace_back(one.key);
  return keys;
}

std::string_view place_name(KeyPlace place) {
  switch (place) {
    case KeyPlace::top:
      return "app.config.yaml";
    case KeyPlace::extension:
      return "`application`, or an extension";
    case KeyPlace::hooks:
      return "hooks";
    case KeyPlace::package:
      return "a package";
    case KeyPlace::action:
      return "an action";
    case KeyPlace::annotation:
      return "`annotations` of an action";
    case KeyPlace::sequence:
      return "a sequence";
  }
  return "";
}

}  // namespace adit::app
