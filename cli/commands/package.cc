#include "dev/package/package.h"

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adit/error.h"
#include "adit/json.h"
#include "cli/command_line/command.h"
#include "cli/project/project_build.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/interrupts.h"
#include "cli/terminal/terminal.h"

#include "app/inputs/inputs.h"
#include "app/project/bundler.h"
#include "app/project/refusal_to_run.h"
#include "base/text/text.h"
#include "dev/package/package_folder.h"
#include "dev/package/package_javascript.h"
#include "dev/package/package_manifest.h"
#include "dev/package/package_zip.h"
#include "dev/package/packaged_file.h"
#include "system/files/replace_file.h"
#include "system/files/resolve_for_writing.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;
using dev::PackageTarget;

struct PackageRequest {
  std::string action;
  std::string project;
  std::string target;
  std::string output;
  /// A program that is built already; if empty, adit builds it.
  std::string program;
  std::optional<std::string> env_file;
  bool no_hooks = false;
  bool json = false;
};

/// What is packed: an action as its project defines it, and its program.
struct Subject {
  app::Action action;
  std::string version = "0.1.0";
  /// The folder for packages without an explicit path.
  std::string folder = ".";
  std::string program;
  std::vector<dev::IncludedFile> included{};
  /// The files of a JavaScript action, which has no program.
  std::vector<dev::PackagedFile> javascript{};
};

const std::map<std::string, PackageTarget, std::less<>>& targets() {
  static const std::map<std::string, PackageTarget, std::less<>> all = {
      {"nodejs", PackageTarget::nodejs}, {"native", PackageTarget::native}, {"image", PackageTarget::image}};
  return all;
}

std::string megabytes(std::size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / (1U << 20U));
  return text;
}

void write_package_file(const std::string& path, std::string bytes) {
  replace_file({.path = path, .before = read_file_if_there(path), .after = std::move(bytes), .new_mode = 0644});
}

/// Writes FILE.zip; and FILE/ and FILE.yaml for aio app deploy, which accepts a folder but not a zip.
std::size_t write_zip(const PackageRequest& request, const app::Action& action, PackageTarget target,
                      const std::vector<dev::PackagedFile>& files, json::object& report) {
  auto zip = dev::zip_files(files);
  const auto size = zip.size();
  if (target == PackageTarget::nodejs) {
    if (size > dev::kMaxNodejsBytes) {
      throw Error::failure("package_too_large",
                           cat("The package of ", action.full_name(), " has ", megabytes(size),
                               "; Adobe I/O Runtime accepts at most ", megabytes(dev::kMaxNodejsBytes), "."))
          .hint(action.is_node() ? "Import fewer or smaller npm packages, or only the modules that you need."
                                 : "Link fewer or smaller libraries into the action; `ldd` on its program lists them.");
    }
    const auto base = fs::path(request.output).replace_extension().string();
    dev::write_package_folder(base, files);
    const auto folder = fs::path(base).filename().string();
    write_package_file(base + ".yaml", dev::package_manifest(action, folder));
    write_package_file(base + ".action.yaml", cat("# Include this below the name of ", action.full_name(),
                                                  " for `aio app deploy`.\n", dev::action_manifest(action, folder)));
    report["folder"] = base;
    report["manifest"] = base + ".yaml";
    report["actionManifest"] = base + ".action.yaml";
  }
  write_package_file(request.output, std::move(zip));
  return size;
}

Subject built_by_project(const PackageRequest& request) {
  const auto project = open_project(request.project);
  const auto& action = project.find_action(request.action);
  if (!action.is_cpp() && !(action.is_node() && request.target == "nodejs")) {
    throw Error::configuration("not_cpp",
                               cat(action.full_name(), " is not a C++ action: its runtime is ", action.runtime, "."))
        .at(action.where)
        .hint(
            "A Node.js action can be packed with --target nodejs; OpenWhisk's own Node.js images take that zip, too.");
  }
  const auto environment = app::environment_for(project.root, request.env_file).environment;
  const auto extension = extension_of(project, action);
  if (!request.no_hooks) run_hooks_for_terminal(project, environment, {"pre-app-build", "build-actions"}, extension);
  Subject subject{.action = action,
                  .version = project.version,
                  .folder = (fs::path(project.root) / "dist" / action.package).string(),
                  .program = {}};
  if (action.is_cpp()) {
    subject.program = build_for_terminal(project, action).program;
    subject.included = dev::included_files(project, action);
  } else {
    if (auto refusal = app::refusal_to_run(project, action)) throw Error(*std::move(refusal));
    const bool bundled = app::is_bundled(project, action);
    const auto script = bundled ? bundle_for_terminal(project, action, environment).program : std::string();
    subject.javascript = dev::javascript_files(project, action, script);
  }
  if (!request.no_hooks) run_hooks_for_terminal(project, environment, {"post-app-build"}, extension);
  return subject;
}

/// Returns the project to which the current folder, or the given one, belongs.
std::optional<app::Project> project_around(const PackageRequest& request) try {
  return open_project(request.project);
} catch (const Error& error) {
  if (error.code() == "no_project" && request.project.empty()) return std::nullopt;
  throw;
}

/// Uses the project's definition of the action; outside a project, the default package and the default limits.
Subject built_elsewhere(const PackageRequest& request) {
  Subject subject;
  subject.program = request.program;
  subject.action.package = "default";
  subject.action.name = request.action.empty() ? fs::path(request.program).filename().string() : request.action;
  subject.action.web = app::Web::yes;
  const auto project = project_around(request);
  if (!project) return subject;
  subject.version = project->version;
  const auto name = subject.action.name;  // may be the name of a CMake target that is not the name of an action
  for (const auto& package : project->packages) {
    for (const auto& action : package.actions) {
      if (action.name == name || action.full_name() == name) subject.action = action;
    }
  }
  subject.included = dev::included_files(*project, subject.action);
  return subject;
}

void package(PackageRequest request) {
  const Interrupts interrupts;
  const auto target = targets().at(request.target);
  const bool is_zip = target != PackageTarget::image;
  if (!request.output.empty() && is_zip && fs::path(request.output).extension() != ".zip") {
    throw Error::configuration("bad_output", cat("-o ", request.output, " does not end in .zip."))
        .hint("A package for nodejs or native is a zip; image makes a folder.");
  }
  const auto subject = request.program.empty() ? built_by_project(request) : built_elsewhere(request);
  const auto& action = subject.action;
  if (request.output.empty()) {
    request.output =
        (fs::path(subject.folder) / (action.name + (is_zip ? "-" + request.target + ".zip" : "-image"))).string();
  }
  const auto files = !subject.javascript.empty() ? subject.javascript
                                                 : dev::package_files({.program = subject.program,
                                                                       .target = target,
                                                                       .name = action.name,
                                                                       .version = subject.version,
                                                                       .concurrency = action.limits.concurrency,
                                                                       .included = subject.included});
  json::object report{{"action", action.full_name()}, {"target", request.target}, {"output", request.output}};
  std::size_t unpacked = 0;
  for (const auto& file : files) unpacked += file.bytes.size();
  std::size_t size = unpacked;
  if (is_zip) {
    make_folders(fs::absolute(request.output).parent_path().string());
    size = write_zip(request, action, target, files, report);
  } else {
    dev::write_package_folder(request.output, files);
  }
  report["bytes"] = size;
  report["unpackedBytes"] = unpacked;
  if (request.json) {
    std::cout << shown_pretty_json(report) << '\n';
    return;
  }
  std::cout << request.output << '\n';
  if (common_options().quiet) return;
  std::cerr << action.full_name() << " for " << request.target << ": " << megabytes(size);
  if (is_zip) std::cerr << ", " << megabytes(unpacked) << " unpacked";
  if (target == PackageTarget::nodejs) std::cerr << " (limit " << megabytes(dev::kMaxNodejsBytes) << ')';
  std::cerr << '\n';
  if (const auto* manifest = report.if_contains("manifest"))
    std::cerr << "For aio app deploy: " << std::string(manifest->as_string()) << '\n';
}

}  // namespace

void add_package(Command program) {
  auto command = program.add_command(
      "package", "Build an action and pack it with everything it needs for a platform's containers");
  auto request = std::make_shared<PackageRequest>();
  command.add_option("ACTION", request->action, "package/action, or only action if that is unique");
  command
      .add_option(
          "--target", request->target,
          "nodejs packs for Adobe I/O Runtime, with a folder and a manifest for aio app deploy; native for OpenWhisk's dockerskeleton and actionloop; image makes a folder with a Dockerfile")
      .required()
      .one_of({"nodejs", "native", "image"});
  command
      .add_option(
          "-o,--output", request->output,
          "The zip, or for image the folder, to write; default: dist/PACKAGE/ACTION-TARGET.zip, dist/PACKAGE/ACTION-image")
      .type_name("FILE");
  command
      .add_option("--program", request->program,
                  "Pack this program instead of building the action; works outside a project, too")
      .type_name("FILE")
      .existing_file();
  command
      .add_option("--project", request->project, "The project's folder or one inside it; default: the current folder")
      .type_name("DIR");
  command.add_option("--env-file", request->env_file, "Read this file instead of the project's .env").type_name("FILE");
  command.add_flag("--no-hooks", request->no_hooks, "Do not run the project's hooks (pre-app-build and others)");
  command.add_flag("--json", request->json, "Print what was made as JSON");
  command.run([request] { package(*request); });
}

}  // namespace adit::cli
