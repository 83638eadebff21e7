#include "dev/platform/action.h"

#include <utility>

#include "app/project/bundler.h"
#include "base/interrupted.h"
#include "base/text/text.h"
#include "dev/node/bundle.h"
#include "dev/sources/action_sources.h"
#include "dev/sources/build.h"

namespace adit::dev {
namespace {

/// Starts a host that is about to replace another one, and returns the error if it does not start.
std::optional<Error> start_failure(ActionHost& host, const app::Action& action) {
  std::string message;
  try {
    const auto failed = host.start();
    if (!failed) return std::nullopt;
    message = string_member(failed->result.as_object(), "error");
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    message = error.message();
  }
  return Error::failure("not_ready", cat(action.full_name(), " has changed and does not start: ", message))
      .at(action.where)
      .hint("adit dev continues with the previous version.");
}

}  // namespace

Running PlatformAction::use(const Configuration& configuration, const app::Action& action) {
  const auto is_made = [this] {
    const std::lock_guard lock(mutex_);
    return program_.has_value();
  };
  if (!is_made()) {
    const std::lock_guard building(building_);
    if (!is_made()) {
      // Only the thread that holds building_ changes failure_.
      if (!failure_ || is_out_of_date(configuration)) make(configuration, action);
      if (failure_) throw Error(*failure_);
    }
  }
  return current(configuration, action);
}

bool PlatformAction::is_out_of_date(const Configuration& configuration) const {
  ActionSources sources;
  std::uint64_t before = 0;
  {
    const std::lock_guard lock(mutex_);
    if (sources_serial_ != configuration.serial) return true;
    sources = sources_;
    before = sources_state_;
  }
  return state_of(sources) != before;
}

int PlatformAction::process_id() const {
  std::shared_ptr<ActionHost> host;
  {
    const std::lock_guard lock(mutex_);
    host = running_.host;
  }
  return host ? host->process_id() : -1;
}

void PlatformAction::refresh(const Configuration& configuration, const app::Action& action) {
  const std::lock_guard building(building_);
  if (is_out_of_date(configuration)) make(configuration, action);
}

/// Records the sources and their current state. `complete` is false if a source may have changed unnoticed; the action
/// is then out of date.
void PlatformAction::note_sources(const Configuration& configuration, ActionSources sources, bool complete) {
  const auto state = complete ? state_of(sources) : 0;
  const std::lock_guard lock(mutex_);
  sources_ = std::move(sources);
  sources_state_ = state;
  sources_serial_ = configuration.serial;
}

/// Builds the action and makes it available. The caller must hold building_.
void PlatformAction::make(const Configuration& configuration, const app::Action& action) {
  std::string program;
  auto version = version_;
  try {
    if (action.is_cpp()) {
      const auto built = build(configuration, action);
      program = built.program;
      if (built.was_built || !program_) version = std::max(version_, broken_version_) + 1;
    } else {
      if (app::is_bundled(configuration.project, action))
        program = bundle(configuration, action);
      else
        note_sources(configuration, script_sources(configuration.project, action), true);
      version = sources_state_;
      // Throws if the action cannot be run.
      (void)running_options(configuration, action, program, observer_, interrupted_, nullptr);
    }
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    failure_ = error;
    observer_.build_failed(action, error);
    return;
  }
  const bool again = failure_.has_value() || program_.has_value();
  failure_.reset();
  observer_.action_ready(action);
  if (!again) {
    const std::lock_guard lock(mutex_);
    program_ = program;
    version_ = version;
  } else if (!program_ || (version != version_ && version != broken_version_)) {
    swap(configuration, action, program, version);
  }
}

/// Builds a C++ action and records its sources, also if the build fails. The caller must hold building_.
BuildResult PlatformAction::build(const Configuration& configuration, const app::Action& action) {
  const auto& project = configuration.project;
  std::string output;
  std::vector<std::string> built_of;
  const auto folder_before = state_of({.folders = {action.function_path}, .files = {}});
  const auto note = [&](bool complete) {
    const bool is_unchanged = state_of({.folders = {action.function_path}, .files = {}}) == folder_before;
    note_sources(configuration, cpp_sources(project, action, built_of, output), complete && is_unchanged);
  };
  try {
    auto options = build_options(project, action);
    built_of = built_files(options);
    options.on_start = [&] { observer_.build_started(action); };
    options.on_output = [&](std::string_view text) {
      output += text;
      observer_.build_output(action, text);
    };
    options.interrupted = interrupted_;
    auto built = build_action(options);
    output.clear();
    built_of = built_files(options);
    note(!built_of.empty());
    return built;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    note(true);
    throw;
  }
}

/// Bundles a JavaScript action and records its sources, also if that fails. Returns the script. The caller must hold
/// building_.
std::string PlatformAction::bundle(const Configuration& configuration, const app::Action& action) {
  const auto& project = configuration.project;
  auto options = bundle_options(project, action, configuration.settings.environment);
  // The files that the scripts name are used until the bundler has reported what it read.
  const auto sources = [&] {
    auto found = script_sources(project, action);
    for (auto& file : bundled_files(options)) found.files.push_back(std::move(file));
    return found;
  };
  const auto before = sources();
  const auto state_before = state_of(before);
  options.on_start = [&] { observer_.build_started(action); };
  options.on_output = [&](std::string_view text) { observer_.build_output(action, text); };
  options.interrupted = interrupted_;
  const auto note = [&] { note_sources(configuration, sources(), state_of(before) == state_before); };
  try {
    auto script = bundle_action(options).script;
    note();
    return script;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    note();
    throw;
  }
}

/// Replaces the running host by one for the new program. The caller must hold building_.
void PlatformAction::swap(const Configuration& configuration, const app::Action& action, const std::string& program,
                          std::uint64_t version) {
  const auto in_use = [this] {
    const std::lock_guard lock(mutex_);
    return running_.host && running_.host->process_id() > 0;
  };
  auto tokens = std::make_shared<TokenCounts>();
  auto options = running_options(configuration, action, program, observer_, interrupted_, tokens);
  auto description = running_description(options, action, version);
  Running fresh{.host = std::make_shared<ActionHost>(std::move(options)), .tokens = std::move(tokens)};
  if (in_use()) {
    if (const auto trouble = start_failure(*fresh.host, action)) {
      broken_version_ = version;
      observer_.build_failed(action, *trouble);
      return;
    }
  }
  Running old;  // destroyed after the lock is released; its process ends with its last activation
  {
    const std::lock_guard lock(mutex_);
    program_ = program;
    version_ = version;
    old = std::exchange(running_, std::move(fresh));
    running_description_ = std::move(description);
    running_serial_ = configuration.serial;
    running_version_ = version;
  }
  observer_.action_replaced(action);
}

Running PlatformAction::current(const Configuration& configuration, const app::Action& action) {
  Running old;  // destroyed after the lock is released; its process ends with its last activation
  const std::lock_guard lock(mutex_);
  if (running_.host && running_serial_ == configuration.serial && running_version_ == version_) return running_;
  auto tokens = std::make_shared<TokenCounts>();
  auto options = running_options(configuration, action, *program_, observer_, interrupted_, tokens);
  auto description = running_description(options, action, version_);
  if (!running_.host || description != running_description_) {
    old = std::exchange(running_, {.host = std::make_shared<ActionHost>(std::move(options)), .tokens = tokens});
    running_description_ = std::move(description);
  }
  running_serial_ = configuration.serial;
  running_version_ = version_;
  return running_;
}

}  // namespace adit::dev
