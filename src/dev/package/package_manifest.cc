#include "dev/package/package_manifest.h"

#include "adit/json.h"

#include "app/manifest/runtimes.h"
#include "base/text/text.h"

namespace adit::dev {
namespace {

/// Writes a member as JSON, which is also YAML: strings in quotes, maps and lists on one line.
std::string member(int indent, std::string_view name, const json::value& value) {
  return cat(std::string(static_cast<std::size_t>(indent), ' '), to_json(json::value(name)), ": ", to_json(value),
             "\n");
}

std::string_view web_of(const app::Action& action) {
  if (action.web == app::Web::raw) return "raw";
  return action.web == app::Web::yes ? "yes" : "no";
}

}  // namespace

std::string action_manifest(const app::Action& action, const std::string& folder, int indent) {
  auto annotations = action.annotations;
  annotations.erase("web-export");  // the key `web` contains these
  annotations.erase("raw-http");
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  auto text = member(indent, "function", json::value(folder));
  const auto runtime = action.is_node() ? action.runtime : std::string(app::kNodeRuntime);
  text += member(indent, "runtime", json::value(runtime));
  if (action.is_node() && !action.main.empty()) text += member(indent, "main", json::value(action.main));
  text += member(indent, "web", json::value(web_of(action)));
  // Adobe's tools read `logSize`, not `logs` (aio-lib-runtime, src/utils.js, createActionObject).
  text += cat(margin, "limits:\n", member(indent + 2, "timeout", action.limits.timeout.count()),
              member(indent + 2, "memory", action.limits.memory_mb),
              member(indent + 2, "concurrency", action.limits.concurrency),
              member(indent + 2, "logSize", action.limits.logs_mb));
  if (!annotations.empty()) text += member(indent, "annotations", annotations);
  if (!action.inputs.empty()) {
    text += cat(margin, "inputs:\n");
    for (const auto& [name, value] : action.inputs) text += member(indent + 2, name, value);
  }
  return text;
}

std::string package_manifest(const app::Action& action, const std::string& folder) {
  return cat("# ", action.full_name(),
             " for `aio app deploy`: include this file in your configuration instead of the action.\n",
             "runtimeManifest:\n  packages:\n    ", to_json(json::value(action.package)), ":\n      actions:\n        ",
             to_json(json::value(action.name)), ":\n", action_manifest(action, folder, 10));
}

}  // namespace adit::dev
