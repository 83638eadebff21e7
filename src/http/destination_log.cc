#include "http/destination_log.h"

#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "adit/log.h"

namespace adit::http {
namespace {

struct DestinationLines {
  std::mutex mutex;
  std::map<std::string, std::vector<std::string>> waiting;
  std::set<std::string> known;
};

DestinationLines& destination_lines() {
  // Never freed: threads may still send while the process ends.
  static auto& all = *new DestinationLines;
  return all;
}

void log_lines(const std::vector<std::string>& lines) {
  for (const auto& line : lines) log(LogLevel::info, line);
}

}  // namespace

void log_at_first_use(const std::string& origin, const std::string& line) {
  auto& all = destination_lines();
  const std::lock_guard lock(all.mutex);
  if (all.known.insert(line).second) all.waiting[origin].push_back(line);
}

void log_all_pending() {
  auto& all = destination_lines();
  std::map<std::string, std::vector<std::string>> lines;
  {
    const std::lock_guard lock(all.mutex);
    lines.swap(all.waiting);
  }
  for (const auto& [origin, of_origin] : lines) log_lines(of_origin);
}

void log_use_of(const std::string& origin) {
  auto& all = destination_lines();
  std::vector<std::string> lines;
  {
    const std::lock_guard lock(all.mutex);
    const auto found = all.waiting.find(origin);
    if (found == all.waiting.end()) return;
    lines = std::move(found->second);
    all.waiting.erase(found);
  }
  log_lines(lines);
}

}  // namespace adit::http
