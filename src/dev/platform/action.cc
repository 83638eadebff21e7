#include "dev/platform/action.h"

#include <algorithm>
#include <utility>

#include "adit/http.h"

#include "app/project/bundler.h"
#include "base/text.h"
#include "dev/node/bundle.h"
#include "dev/node/node_action.h"
#include "dev/sources/action_sources.h"
#include "dev/sources/build.h"

namespace adit::dev {
namespace {

/// So that an action that calls the platform's API, as npm's `openwhisk` does, reaches this server: Node.js trusts its
/// certificate, and nothing goes there through the user's proxy.
void lead_to_this_server(std::vector<std::string>& environment, const RuntimeSettings& runtime) {
  if (!runtime.is_this_server) return;
  if (!runtime.certificate_file.empty()) environment.push_back(cat("NODE_EXTRA_CA_CERTS=", runtime.certificate_file));
  const auto host = http::split_url(runtime.api_host).host();
  for (const std::string name : {"NO_PROXY=", "no_proxy="}) {
    const auto set = std::ranges::find_if(environment, [&](const auto& one) { return one.starts_with(name); });
    if (set == environment.end()) {
      environment.push_back(cat(name, host));
    } else {
      *set += cat(set->size() > name.size() ? "," : "", host);
    }
  }
}

/// What a Node.js action that is not bundled has for a program: host_options() finds its own.
constexpr std::string_view kNoProgram = "node";

HostOptions options_for(const Configuration& configuration, const app::Action& action, const std::string& program,
                        const ActionEvents& events, const std::shared_ptr<TokenCounts>& tokens) {
  auto options = host_options(configuration.project, action, program == kNoProgram ? std::string() : program,
                              configuration.settings.environment);
  options.runtime = configuration.runtime;
  if (!provides_api_key(action.annotations)) options.runtime.api_key = {};
  lead_to_this_server(options.environment, configuration.runtime);
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

/// Why a host that is to take another one's place does not start.
std::optional<Error> trouble_at_start(ActionHost& host, const app::Action& action) {
  std::string words;
  try {
    const auto failed = host.start();
    if (!failed) return std::nullopt;
    words = string_member(failed->result.as_object(), "error");
  } catch (const Error& error) {
    if (error.code() == "interrupted") throw;
    words = error.message();
  }
  return Error::failure("not_ready", cat(action.full_name(), " has changed and does not start: ", words))
      .at(action.where)
      .hint("The one before goes on serving.");
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
      (void)options_for(configuration, action, program, events_, nullptr);  // throws where it cannot be run
    }
  } catch (const Error& error) {
    if (error.code() == "interrupted") throw;
    failure_ = error;
    if (events_.on_build_failed) events_.on_build_failed(action, error);
    return;
  }
  const bool again = failure_.has_value() || !program_.empty();
  failure_.reset();
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
  } catch (const Error& error) {
    if (error.code() != "interrupted") note(true);
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
  } catch (const Error& error) {
    if (error.code() != "interrupted") note();
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
  auto options = options_for(configuration, action, program, events_, tokens);
  auto made_of = description(options, action, version);
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
