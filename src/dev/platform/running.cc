#include "dev/platform/running.h"

#include <algorithm>
#include <utility>

#include "adit/http.h"

#include "base/text/text.h"
#include "dev/node/node_action.h"

namespace adit::dev {
namespace {

/// Lets an action that calls the platform's API, as npm's `openwhisk` does, reach this server: Node.js trusts its
/// certificate, and requests to it do not use the user's proxy.
void route_to_this_server(std::vector<std::string>& environment, const RuntimeSettings& runtime) {
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

}  // namespace

HostOptions running_options(const Configuration& configuration, const app::Action& action, const std::string& program,
                            PlatformObserver& observer, const std::function<bool()>& interrupted,
                            const std::shared_ptr<TokenCounts>& tokens) {
  auto options = host_options(configuration.project, action, program, configuration.settings.environment);
  options.runtime = configuration.runtime;
  if (!provides_api_key(action.annotations)) options.runtime.api_key = {};
  route_to_this_server(options.environment, configuration.runtime);
  options.on_log = [action, &observer](LogStream stream, std::string_view bytes) {
    observer.action_log(action, stream, bytes);
  };
  options.on_step = [action, tokens, &observer](const trace::Step& step) {
    observer.action_step(action, step);
    if (step.kind == trace::StepKind::token_received) ++tokens->exchanges;
    if (step.kind == trace::StepKind::api_called) ++tokens->api_calls;
  };
  options.interrupted = interrupted;
  return options;
}

std::string running_description(const HostOptions& options, const app::Action& action, std::uint64_t version) {
  return cat(join(options.environment, "\n"), '\n', options.program, '\n', join(options.arguments, " "), '\n',
             action.function_path, '\n', action.main, '\n', options.runtime.name_space, '\n', options.runtime.api_host,
             '\n', std::hash<std::string_view>()(options.runtime.api_key.reveal()), '\n', options.kind, '\n', version,
             '\n', options.limits.timeout.count(), ' ', options.limits.memory_mb, ' ', options.limits.concurrency, ' ',
             options.limits.logs_mb);
}

}  // namespace adit::dev
