#include "app/project/refusal_to_run.h"

#include <filesystem>

#include "base/text.h"

namespace adit::app {
namespace {

std::optional<Error> refusal_of_runtime(const Action& action) {
  if (action.is_node() || action.is_cpp()) return std::nullopt;
  const auto runtime = !action.docker.empty()   ? cat("docker: ", action.docker)
                       : action.runtime.empty() ? std::string("none named")
                                                : action.runtime;
  return Error::configuration("unsupported_runtime",
                              cat(action.full_name(), " cannot be run here: its runtime is ", runtime, "."))
      .at(action.where)
      .hint(
          "Actions with `runtime: cpp` and `runtime: nodejs:…` run; a C++ action's `function` names a folder with a "
          "CMakeLists.txt.");
}

}  // namespace

std::optional<Error> refusal_to_run(const Action& action) {
  if (!action.is_node()) return refusal_of_runtime(action);
  const auto extension = to_lower(std::filesystem::path(action.function).extension().string());
  if (extension == ".ts" || extension == ".mts" || extension == ".cts" || extension == ".tsx")
    return Error::configuration("unsupported_typescript",
                                cat(action.full_name(), " is TypeScript, which is not compiled here."))
        .at(action.where)
        .hint("Compile it to JavaScript (tsc, esbuild) and name that file as its function.");
  if (extension == ".zip")
    return Error::configuration("bad_function", cat(action.full_name(), ": ", action.function, " is a zip archive."))
        .at(action.where)
        .hint("Name the folder that was zipped.");
  return std::nullopt;
}

}  // namespace adit::app
