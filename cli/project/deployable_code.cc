#include "cli/project/deployable_code.h"

#include <algorithm>
#include <filesystem>

#include "adit/base64.h"
#include "adit/error.h"
#include "cli/project/project_build.h"

#include "app/manifest/runtimes.h"
#include "app/project/bundler.h"
#include "app/project/refusal_to_run.h"
#include "base/text/text.h"
#include "dev/package/package.h"
#include "dev/package/package_javascript.h"
#include "dev/package/package_zip.h"
#include "dev/sources/included_files.h"

namespace adit::cli {
namespace {

deploy::Code code_of_cpp(const app::Project& project, const app::Action& action, const std::string& target) {
  const bool is_native = target == "native";
  const auto files = dev::package_files({.program = build_for_terminal(project, action).program,
                                         .target = is_native ? dev::PackageTarget::native : dev::PackageTarget::nodejs,
                                         .name = action.name,
                                         .version = project.version,
                                         .concurrency = action.limits.concurrency,
                                         .included = dev::included_files(project, action)});
  deploy::Code code{.kind = std::string(app::kNodeRuntime), .code = base64_encode(dev::zip_files(files))};
  if (is_native) {
    code.kind = "blackbox";
    code.image = "openwhisk/dockerskeleton";
  }
  return code;
}

deploy::Code code_of_script(const app::Project& project, const app::Action& action, const Environment& environment) {
  deploy::Code code{.kind = action.runtime, .main = action.main};
  if (to_lower(action.function).ends_with(".zip")) {
    code.code = base64_encode(read_file(action.function_path, dev::kMaxNodejsBytes));
    return code;
  }
  if (auto refusal = app::refusal_to_run(project, action)) throw Error(*std::move(refusal));
  const auto script =
      app::is_bundled(project, action) ? bundle_for_terminal(project, action, environment).program : std::string();
  code.code = base64_encode(dev::zip_files(dev::javascript_files(project, action, script)));
  return code;
}

void refuse_too_large(const app::Action& action, const deploy::Code& code) {
  const auto bytes = code.code.size() / 4 * 3;
  if (bytes <= dev::kMaxNodejsBytes) return;
  throw Error::configuration("package_too_large", cat("The package of ", action.full_name(), " has ", bytes >> 20U,
                                                      " MB; a platform accepts ", dev::kMaxNodejsBytes >> 20U, "."))
      .hint("Load fewer or smaller libraries into the action.")
      .at(action.where);
}

}  // namespace

std::map<std::string, deploy::Code> deployable_code(const app::Project& project, const Environment& environment,
                                                    const std::string& target) {
  std::map<std::string, deploy::Code> all;
  for (const auto* action : project.actions()) {
    deploy::Code code;
    if (!action->docker.empty()) {
      code = {.kind = "blackbox", .main = action->main, .image = action->docker};
    } else if (action->is_cpp()) {
      code = code_of_cpp(project, *action, target);
    } else {
      code = code_of_script(project, *action, environment);
    }
    refuse_too_large(*action, code);
    all.emplace(action->full_name(), std::move(code));
  }
  return all;
}

bool has_front_end(const app::Project& project) {
  return std::ranges::any_of(project.extensions, [](const app::Extension& extension) {
    std::error_code error;
    return std::filesystem::is_directory(extension.web, error);
  });
}

}  // namespace adit::cli
