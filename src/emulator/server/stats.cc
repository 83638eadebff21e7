// Counters. Their member `emulator` also shows clients that an IMS is this emulator.
#include "emulator/server/stats.h"

#include "adit/version.h"

#include "emulator/server/answer.h"
#include "emulator/server/service.h"

namespace adit::emulator {
namespace {

http::ServerResponse stats(const Call& call) { return json_answer(200, stats_of(call.service)); }

}  // namespace

json::object stats_of(const Service& service) {
  const auto& counters = service.counters;
  json::object exchanges;
  exchanges["jwt"] = counters.jwt_exchanges.load();
  exchanges["client_credentials"] = counters.client_credentials.load();
  json::object stats;
  stats["exchanges"] = std::move(exchanges);
  stats["rejected"] = counters.rejected.load();
  stats["api_calls"] = counters.api_calls.load();
  stats["api_rejected"] = counters.api_rejected.load();
  stats["revoked"] = service.revoked_count();
  stats["requests"] = counters.requests.load();
  stats["faults"] = counters.faults.load();
  stats["integrations"] = service.integrations.size();
  stats["token_lifetime_ms"] = service.token_lifetime().count();
  stats["uptime_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(service.uptime()).count();
  stats["emulator"] = "adit";
  stats["version"] = version();
  return stats;
}

std::vector<Route> stats_routes() { return {{"GET", "/__adit/stats", Side::own, stats}}; }

}  // namespace adit::emulator
