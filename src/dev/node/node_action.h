#pragma once

#include "adit/environment.h"

#include "app/project/project.h"
#include "dev/host/action_host.h"

namespace adit::dev {

/// `runtime: nodejs:20`, `nodejs:default`, in any letter case.
[[nodiscard]] bool is_node(const app::Action& action);

/// The machine's Node.js: ADIT_NODE, else `node` in PATH. Throws Error `node_missing` (configuration).
[[nodiscard]] std::string find_node(const Environment& environment);

/// Sets what HostOptions say of the program for a Node.js action: the machine's node (ADIT_NODE, else `node` in PATH),
/// our host for it, and the heap's limit. `bundle` is the script to run instead of the function. A runtime that Adobe
/// has retired is warned of, once a process and runtime. Throws Error (configuration) `node_missing`,
/// `unsupported_typescript`, `bad_function`.
void set_node_program(HostOptions& options, const app::Action& action, const Environment& environment,
                      const std::string& stage = {}, const std::string& bundle = {});

/// The options for an action of a project, C++ or Node.js: everything but on_log, on_step and interrupted. `program` is
/// what build_action() or bundle_action() made, and empty for a Node.js action that is not bundled. Throws Error
/// (configuration) `unsupported_runtime`, and what set_node_program throws.
[[nodiscard]] HostOptions host_options(const app::Project& project, const app::Action& action,
                                       const std::string& program, const Environment& environment);

/// For a program that knows none of the contracts: it gets an activation's parameters as its argument, as JSON, and the
/// last line that it writes to stdout is the result (apache/openwhisk-runtime-docker, the skeleton image). `options`
/// names the program; afterwards a Node.js script of ours runs it, once for each activation. Throws Error
/// (configuration) `node_missing`.
void run_once_each(HostOptions& options, const Environment& environment);

}  // namespace adit::dev
