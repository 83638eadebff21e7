#pragma once

#include "adit/environment.h"

#include "app/project/project.h"
#include "dev/host/action_host.h"

namespace adit::dev {

/// Whether the action's runtime is Node.js: `nodejs:20`, `nodejs:default`, in any letter case.
[[nodiscard]] bool is_node(const app::Action& action);

/// Returns the path of the machine's Node.js: ADIT_NODE, or else `node` in PATH. Throws Error `node_missing`
/// (configuration).
[[nodiscard]] std::string find_node(const Environment& environment);

/// Sets the options of the program for a Node.js action: the path of Node.js (find_node), host.cjs and the limit of the
/// heap. `bundle` is the script to run instead of the function. Logs a warning, once per process and runtime, if Adobe
/// has retired the runtime. Throws Error (configuration) `node_missing`, `unsupported_typescript`, `bad_function`.
void set_node_program(HostOptions& options, const app::Action& action, const Environment& environment,
                      const std::string& stage = {}, const std::string& bundle = {});

/// Returns the options for an action of a project, C++ or Node.js, without on_log, on_step and interrupted. `program`
/// is the result of build_action() or bundle_action(); it is empty for a Node.js action that is not bundled. Throws
/// Error (configuration) `unsupported_runtime`, and what set_node_program throws.
[[nodiscard]] HostOptions host_options(const app::Project& project, const app::Action& action,
                                       const std::string& program, const Environment& environment);

/// Runs a program that implements none of the contracts. It gets the parameters of an activation as its argument, as
/// JSON, and the last line that it writes to stdout is the result (the skeleton image of
/// apache/openwhisk-runtime-docker). `options.program` is that program; this function replaces it by once.cjs, which
/// starts the program for each activation. Throws Error (configuration) `node_missing`.
void run_once_each(HostOptions& options, const Environment& environment);

}  // namespace adit::dev
