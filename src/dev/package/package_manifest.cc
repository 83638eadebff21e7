#include "adit/json.h"

#include "app/project/runtimes.h"
#include "base/text.h"
#include "dev/package/package.h"

namespace adit::dev {
namespace {

/// JSON is YAML: strings in quotes, maps and lists in one line.
std::string member(int indent, std::string_view name, const json::value& value) {
  return cat(std::string(static_cast<std::size_t>(indent), ' '), to_json(json::value(name)), ": ", to_json(value),
             "\n");
}

std::string_view web_of(const app::Action& action) {
  if (action.web == app::Web::raw) return "raw";
  return action.web == app::Web::yes ? "yes" : "no";
}

}  // namespace

std::string package_manifest(const app::Action& action, const std::string& folder) {
  auto annotations = action.annotations;
  annotations.erase("web-export");  // `web` says these
  annotations.erase("raw-http");
  auto text = cat("# ", action.full_name(),
                  " for `aio app deploy`: include this file in your configuration instead of the action.\n",
                  "runtimeManifest:\n  packages:\n    ", to_json(json::value(action.package)),
                  ":\n      actions:\n        ", to_json(json::value(action.name)), ":\n");
  text += member(10, "function", json::value(folder));
  text += member(10, "runtime", json::value(app::kNodeRuntime));
  text += member(10, "web", json::value(web_of(action)));
  // Adobe's tools read `logSize`, and no `logs` (aio-lib-runtime, src/utils.js, createActionObject).
  text += cat("          limits:\n", member(12, "timeout", action.limits.timeout.count()),
              member(12, "memory", action.limits.memory_mb), member(12, "concurrency", action.limits.concurrency),
              member(12, "logSize", action.limits.logs_mb));
  if (!annotations.empty()) text += member(10, "annotations", annotations);
  if (!action.inputs.empty()) {
    text += "          inputs:\n";
    for (const auto& [name, value] : action.inputs) text += member(12, name, value);
  }
  return text;
}

}  // namespace adit::dev
