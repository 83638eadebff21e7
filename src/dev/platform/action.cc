#include "dev/platform/action.h"

#include <utility>

#include "app/project/bundler.h"
#include "base/interrupted.h"
#include "base/text.h"
#include "dev/node/bundle.h"
#include "dev/sources/action_sources.h"
#include "dev/sources/build.h"

namespace adit::dev {
namespace {

/// Why a host that is to take another one's place does not start.
std::optional<Error> trouble_at_start(ActionHost& host, const app::Action& action) {
  std::string words;
  try {
    const auto failed = host.start();
    if (!failed) return std::nullopt;
    words = string_member(failed->result.as_object(), "error");
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    words = error.message();
  }
  return Error::failure("not_ready", cat(action.full_name(), " has changed and does not start: ", words))
      .at(action.where)
      .hint("adit dev continues with the previous one.");
}

}  // namespace

Running PlatformAction::use(const Configuration& configuration, const app::Action& action) {
  const auto is_made = [this] {
    const std::lock_guard lock(mutex_);
    return !program_.empty();
  };
  if (!is_made()) {
    const std::lock_guard building(building_);
    if (!is_made()) {
      // Only this thread changes it, as long as it holds building_.
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
    if (made_with_ != configuration.serial) return true;
    sources = sources_;
    before = made_of_state_;
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

/// `complete` unless something of them may have changed unnoticed.
void PlatformAction::note_sources(const Configuration& configuration, ActionSources sources, bool complete) {
  const auto state = complete ? state_of(sources) : 0;
  const std::lock_guard lock(mutex_);
  sources_ = std::move(sources);
  made_of_state_ = state;
  made_with_ = configuration.serial;
}

/// Called with building_ held.
void PlatformAction::make(const Configuration& configuration, const app::Action& action) {
  std::string program;
  auto version = version_;
  try {
    if (action.is_cpp()) {
      const auto built = build(configuration, action);
      program = built.program;
      if (built.was_built || program_.empty()) version = std::max(version_, broken_version_) + 1;
    } else {
      program =
          app::is_bundled(configuration.project, action) ? bundle(configuration, action) : std::string(kNoProgram);
      if (program == kNoProgram) note_sources(configuration, script_sources(configuration.project, action), true);
      version = made_of_state_;
      (void)running_options(configuration, action, program, events_, nullptr);  // throws where it cannot be run
    }
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    failure_ = error;
    if (events_.on_build_failed) events_.on_build_failed(action, error);
    return;
  }
  const bool again = failure_.has_value() || !program_.empty();
  failure_.reset();
  if (events_.on_made) events_.on_made(action);
  if (!again) {
    const std::lock_guard lock(mutex_);
    program_ = program;
    version_ = version;
  } else if (version != version_ && version != broken_version_) {
    swap(configuration, action, program, version);
  }
}

/// Builds a C++ action, and notes what it is built of, also where that fails. Called with building_ held.
BuildResult PlatformAction::build(const Configuration& configuration, const app::Action& action) {
  const auto& project = configuration.project;
  std::string words;
  std::vector<std::string> built_of;
  const auto folder_before = state_of({.folders = {action.function_path}, .files = {}});
  const auto note = [&](bool complete) {
    const bool still = state_of({.folders = {action.function_path}, .files = {}}) == folder_before;
    note_sources(configuration, cpp_sources(project, action, built_of, words), complete && still);
  };
  try {
    auto options = build_options(project, action);
    built_of = built_files(options);
    options.on_start = [&] {
      if (events_.on_build_start) events_.on_build_start(action);
    };
    options.on_output = [&](std::string_view text) {
      words += text;
      if (events_.on_build_output) events_.on_build_output(text);
    };
    options.interrupted = events_.interrupted;
    auto built = build_action(options);
    words.clear();
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

/// Bundles a JavaScript action, and notes what it is made of, also if that fails. Returns the script. Called with
/// building_ held.
std::string PlatformAction::bundle(const Configuration& configuration, const app::Action& action) {
  const auto& project = configuration.project;
  auto options = bundle_options(project, action, configuration.settings.environment);
  // What the scripts name stands in for what the bundler would have read.
  const auto sources = [&] {
    auto found = script_sources(project, action);
    for (auto& file : bundled_files(options)) found.files.push_back(std::move(file));
    return found;
  };
  const auto before = sources();
  const auto state_before = state_of(before);
  options.on_start = [&] {
    if (events_.on_build_start) events_.on_build_start(action);
  };
  options.on_output = events_.on_build_output;
  options.interrupted = events_.interrupted;
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

/// Called with building_ held.
void PlatformAction::swap(const Configuration& configuration, const app::Action& action, const std::string& program,
                          std::uint64_t version) {
  const auto in_use = [this] {
    const std::lock_guard lock(mutex_);
    return running_.host && running_.host->process_id() > 0;
  };
  auto tokens = std::make_shared<TokenCounts>();
  auto options = running_options(configuration, action, program, events_, tokens);
  auto made_of = running_description(options, action, version);
  Running fresh{.host = std::make_shared<ActionHost>(std::move(options)), .tokens = std::move(tokens)};
  if (in_use()) {
    if (const auto trouble = trouble_at_start(*fresh.host, action)) {
      broken_version_ = version;
      if (events_.on_build_failed) events_.on_build_failed(action, *trouble);
      return;
    }
  }
  Running old;  // ends, with the last activation that uses it, when nothing is locked
  {
    const std::lock_guard lock(mutex_);
    program_ = program;
    version_ = version;
    old = std::exchange(running_, std::move(fresh));
    made_of_ = std::move(made_of);
    made_for_ = configuration.serial;
    made_version_ = version;
  }
  if (events_.on_swapped) events_.on_swapped(action);
}

Running PlatformAction::current(const Configuration& configuration, const app::Action& action) {
  Running old;  // ends, with the last activation that uses it, when nothing is locked
  const std::lock_guard lock(mutex_);
  if (running_.host && made_for_ == configuration.serial && made_version_ == version_) return running_;
  auto tokens = std::make_shared<TokenCounts>();
  auto options = running_options(configuration, action, program_, events_, tokens);
  auto made_of = running_description(options, action, version_);
  if (!running_.host || made_of != made_of_) {
    old = std::exchange(running_, {.host = std::make_shared<ActionHost>(std::move(options)), .tokens = tokens});
    made_of_ = std::move(made_of);
  }
  made_for_ = configuration.serial;
  made_version_ = version_;
  return running_;
}

}  // namespace adit::dev
