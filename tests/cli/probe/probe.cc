// An action that does what its parameter MODE says: it behaves well, or fails in one of the ways in which actions fail.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>

#include "adit/action.h"
#include "adit/http.h"
#include "adit/token_source.h"

namespace {

adit::Response report(const adit::Params& params, adit::Logger& log) {
  const auto credentials = adit::Credentials::from_params(params);
  const auto token = adit::token_source(credentials).get();
  const auto answer = adit::http::Request::post("https://analytics.adobe.io/api/example/reports")
                          .bearer(token)
                          .header("x-api-key", credentials.client_id())
                          .header("x-proxy-global-company-id", "example")
                          .json({{"rsid", "example"}, {"dimension", "variables/page"}})
                          .send();
  return answer.ok() ? adit::Response::json(200, answer.json())
                     : adit::error_response(502, "Analytics answered " + std::to_string(answer.status()), log);
}

/// Recurses until the stack is full.
int overflow(volatile const char* above) {
  volatile char room[4096];
  room[0] = *above;
  if (room[0] == 'x') return 0;
  return overflow(room) + room[0];
}

/// Returns what the action knows about its activation, when so many activations are running that they could be
/// confused.
adit::Response context(const adit::Params& params, const adit::Activation& activation) {
  static std::atomic<int> here{0};
  for (++here; here < params.get_or("after", 1);) std::this_thread::yield();
  return adit::Response::json(
      200, {{"id", activation.id}, {"action", activation.action_name}, {"i", params.get_or("i", 0)}});
}

adit::Response file(const std::string& path) {
  std::ifstream file(path);
  return adit::Response::json(200, adit::json::object{{"text", std::string(std::istreambuf_iterator<char>(file), {})}});
}

adit::Response run(const adit::Params& params, const adit::Activation& activation) {
  adit::Logger log("probe", params.get_or("LOG_LEVEL", "info"));
  const std::string mode = params.get_or("MODE", "report");
  if (mode == "echo") return adit::Response::json(200, adit::json::value(params.json()));
  if (mode == "file") return file(params.require("path"));
  if (mode == "number") return adit::Response(adit::json::value(7));
  if (mode == "crash") std::abort();
  if (mode == "exit") std::exit(7);
  if (mode == "overflow") overflow("");
  if (mode == "context") return context(params, activation);
  if (mode == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  if (mode == "throw") throw std::runtime_error("the probe was told to throw");
  return report(params, log);
}

}  // namespace

ADIT_ACTION(run)
