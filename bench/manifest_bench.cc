// Parsing a manifest, and mapping an action's inputs.
#include <benchmark/benchmark.h>

#include "app/inputs/inputs.h"
#include "app/project/project.h"
#include "app/yaml/yaml_parse.h"
#include "base/text/text.h"

namespace {

/// Returns a manifest with this many actions, each with the inputs of a JWT credential.
std::string manifest(std::int64_t actions) {
  std::string text = "runtimeManifest:\n  packages:\n    dx-excshell-1:\n      license: Apache-2.0\n      actions:\n";
  for (std::int64_t number = 0; number < actions; ++number)
    text += adit::cat(
        "        action-", number,
        ":\n          function: actions/generic\n          web: 'yes'\n          runtime: cpp\n          inputs:\n"
        "            LOG_LEVEL: debug\n            JWT_CLIENT_ID: $JWT_CLIENT_ID\n"
        "            JWT_TECHNICAL_ACCOUNT_ID: $JWT_TECHNICAL_ACCOUNT_ID\n"
        "            JWT_METASCOPES: $JWT_METASCOPES\n          annotations:\n            final: true\n");
  return text;
}

void parse_manifest(benchmark::State& state) {
  const auto text = manifest(state.range(0));
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::app::parse_yaml(text, nullptr));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_manifest)->Arg(1)->Arg(100);

void map_inputs(benchmark::State& state) {
  adit::app::Action action;
  for (const auto* name :
       {"JWT_CLIENT_ID", "JWT_TECHNICAL_ACCOUNT_ID", "JWT_IMS_ORG", "JWT_METASCOPES", "JWT_PRIVATE_KEY"})
    action.inputs[name] = adit::cat("$", name);
  adit::Environment environment;
  for (const auto& input : action.inputs) environment.set(std::string(input.key()), std::string(100, 'x'));
  for ([[maybe_unused]] auto step : state) benchmark::DoNotOptimize(adit::app::map_inputs(action, environment));
}
BENCHMARK(map_inputs);

}  // namespace

BENCHMARK_MAIN();
