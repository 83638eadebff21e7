#include "dev/api/platform_description.h"

#include "base/text/text.h"
#include "dev/entity/limits.h"

namespace adit::dev {
namespace {

json::object node_runtime(std::string_view kind, bool is_default) {
  return {{"kind", kind}, {"default", is_default}, {"deprecated", false}, {"attached", true}, {"requireMain", false}};
}

}  // namespace

json::object host_description() {
  return {{"description", "OpenWhisk"},
          {"support", json::object{{"github", "https://github.com/apache/openwhisk/issues"},
                                   {"slack", "http://slack.openwhisk.org"}}},
          {"api_paths", json::array{"/api/v1"}},
          {"limits", json::object{{"actions_per_minute", kNoLimit},
                                  {"triggers_per_minute", kNoLimit},
                                  {"concurrent_actions", kNoLimit},
                                  {"sequence_length", kMaxSequenceLength},
                                  {"min_action_duration", 100},
                                  {"max_action_duration", 10'800'000},
                                  {"min_action_memory", 128LL << 20U},
                                  {"max_action_memory", 4096LL << 20U},
                                  {"min_action_logs", 0},
                                  {"max_action_logs", 10LL << 20U}}},
          {"runtimes",
           json::object{{"nodejs", json::array{node_runtime("nodejs:18", false), node_runtime("nodejs:20", false),
                                               node_runtime("nodejs:22", true), node_runtime("nodejs:24", false)}},
                        {"blackboxes", json::array{json::object{{"name", "openwhisk/dockerskeleton"}}}}}}};
}

json::object api_description() {
  return {{"description", "OpenWhisk API"},
          {"api_version", "1.0.0"},
          {"api_version_path", "v1"},
          {"build", "adit"},
          {"buildno", "0"},
          {"swagger_paths", json::object{{"ui", "/docs"}, {"api-docs", "/api-docs"}}}};
}

json::object namespace_limits() {
  return {{"invocationsPerMinute", kNoLimit},
          {"concurrentInvocations", kNoLimit},
          {"firesPerMinute", kNoLimit},
          {"allowedKinds", json::array{"nodejs:18", "nodejs:20", "nodejs:22", "nodejs:24", "nodejs:default", "cpp",
                                       "native:default", "blackbox", "sequence"}},
          {"storeActivations", true},
          {"minActionMemory", 128},
          {"maxActionMemory", 4096},
          {"minActionLogs", 0},
          {"maxActionLogs", 10},
          {"minActionTimeout", 100},
          {"maxActionTimeout", 10'800'000},
          {"minActionConcurrency", 1},
          {"maxActionConcurrency", 500},
          {"maxParameterSize", kMaxParameterBytes}};
}

}  // namespace adit::dev
