#include "adit/dev/platform/action.h"

#include <utility>

#include "adit/base/text.h"
#include "adit/dev/node/node_action.h"
#include "adit/dev/sources/build.h"

namespace adit::dev {
namespace {

HostOptions options_for(const Configuration& configuration, const app::Action& action, const std::string& program,
                        const ActionEvents& events, const std::shared_ptr<TokenCounts>& tokens) {
  auto options = host_options(configuration.project, action, program, configuration.settings.environment);
  options.runtime = configuration.runtime;
  options.on_log = [action, on_log = events.on_log](LogStream stream, std::string_view bytes) {
    if (on_log) on_log(action, stream, bytes);
  };
  options.on_step = [tokens](const trace::Step& step) {
    if (step.name == "token received") ++tokens->exchanges;
    if (step.name == "API called") ++tokens->api_calls;
  };
  options.interrupted = events.interrupted;
  return options;
}

/// Two hosts made of equal texts are alike.
std::string description(const HostOptions& options, const app::Action& action, std::uint64_t version) {
  return cat(join(options.environment, "\n"), '\n', options.program, '\n', join(options.arguments, " "), '\n',
             action.function_path, '\n', action.main, '\n', options.runtime.name_space, '\n', options.runtime.api_host,
             '\n', std::hash<std::string_view>()(options.runtime.api_key.reveal()), '\n', options.kind, '\n', version,
             '\n', options.limits.timeout.count(), ' ', options.limits.memory_mb, ' ', options.limits.concurrency, ' ',
             options.limits.logs_mb);
}

}  // namespace

Running PlatformAction::use(const Configuration& configuration, const app::Action& action,
                            const std::function<SourceState()>& sources) {
  const auto is_made = [this] {
    const std::lock_guard lock(mutex_);
    return !program_.empty();
  };
  if (!is_made()) {
    const std::lock_guard building(building_);
    if (!is_made()) {
      const auto state = sources();
      // Only this thread changes them, as long as it holds building_.
      if (failure_ && failed_with_ == state) throw Error(*failure_);
      make(configuration, action, state);
      if (failure_) throw Error(*failure_);
    }
  }
  return current(configuration, action);
}

void PlatformAction::refresh(const Configuration& configuration, const app::Action& action,
                             const SourceState& sources) {
  const std::lock_guard building(building_);
  make(configuration, action, sources);
}

/// Called with building_ held.
void PlatformAction::make(const Configuration& configuration, const app::Action& action, const SourceState& sources) {
  std::string program;
  auto version = version_;
  try {
    if (action.is_cpp()) {
      auto options = build_options(configuration.project, action);
      options.on_start = [&] {
        if (events_.on_build_start) events_.on_build_start(action);
      };
      options.on_output = events_.on_build_output;
      options.interrupted = events_.interrupted;
      const auto built = build_action(options);
      program = built.program;
      version += built.was_built || program_.empty() ? 1 : 0;
    } else {
      program = "node";  // a word for what host_options() finds
      version = sources.scripts;
      (void)options_for(configuration, action, program, events_, nullptr);  // throws where it cannot be run
    }
  } catch (const Error& error) {
    if (error.code() == "interrupted") throw;
    failure_ = error;
    failed_with_ = sources;
    if (events_.on_build_failed) events_.on_build_failed(action, error);
    return;
  }
  const bool again = failure_.has_value() || !program_.empty();
  const bool other = version != version_;
  failure_.reset();
  {
    const std::lock_guard lock(mutex_);
    program_ = program;
    version_ = version;
  }
  if (!again || !other) return;
  (void)current(configuration, action);
  if (events_.on_swapped) events_.on_swapped(action);
}

Running PlatformAction::current(const Configuration& configuration, const app::Action& action) {
  Running old;  // ends, with the last activation that uses it, when nothing is locked
  const std::lock_guard lock(mutex_);
  if (running_.host && made_for_ == configuration.serial && made_version_ == version_) return running_;
  auto tokens = std::make_shared<TokenCounts>();
  auto options = options_for(configuration, action, program_, events_, tokens);
  auto made_of = description(options, action, version_);
  if (!running_.host || made_of != made_of_) {
    old = std::exchange(running_, {.host = std::make_shared<ActionHost>(std::move(options)), .tokens = tokens});
    made_of_ = std::move(made_of);
  }
  made_for_ = configuration.serial;
  made_version_ = version_;
  return running_;
}

}  // namespace adit::dev
