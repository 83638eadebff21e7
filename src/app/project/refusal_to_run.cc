#include "app/project/refusal_to_run.h"

#include <filesystem>

#include "app/manifest/runtimes.h"
#include "app/project/bundler.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

std::optional<Error> refusal_of_runtime(const Action& action) {
  if (action.is_node() || action.is_cpp()) return std::nullopt;
  if (action.docker.empty() && action.runtime.empty())
    return Error::configuration("unsupported_runtime", cat(action.full_name(), " has no `runtime`."))
        .at(action.where)
        .hint(cat("Write `runtime: ", kNodeRuntime, "`, or `runtime: cpp` for an action in C++."));
  const auto runtime = action.docker.empty() ? action.runtime : cat("docker: ", action.docker);
  return Error::configuration("unsupported_runtime",
                              cat(action.full_name(), " cannot be run here: its runtime is ", runtime, "."))
      .at(action.where)
      .hint(
          "Actions with `runtime: cpp` and `runtime: nodejs:…` run; a C++ action's `function` names a folder with a CMakeLists.txt.");
}

}  // namespace

std::optional<Error> refusal_to_run(const Project& project, const Action& action) {
  if (!action.is_node()) return refusal_of_runtime(action);
  if (is_typescript(action.function) && find_bundler(project.root).empty())
    return Error::configuration(
               "unsupported_typescript",
               cat(action.full_name(), " is TypeScript, and the project has no esbuild to compile it."))
        .at(action.where)
        .hint("Install it in the project: npm install --save-dev esbuild");
  if (to_lower(std::filesystem::path(action.function).extension().string()) == ".zip")
    return Error::configuration("bad_function", cat(action.full_name(), ": ", action.function, " is a zip archive."))
        .at(action.where)
        .hint("Name the folder that was zipped.");
  return std::nullopt;
}

}  // namespace adit::app
