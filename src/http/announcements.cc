#include "http/announcements.h"

#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "adit/log.h"

namespace adit::http {
namespace {

struct Announcements {
  std::mutex mutex;
  std::map<std::string, std::vector<std::string>> waiting;
  std::set<std::string> known;
};

Announcements& announcements() {
  // Never freed: threads may still send while the process ends.
  static auto& all = *new Announcements;
  return all;
}

void log_lines(const std::vector<std::string>& lines) {
  for (const auto& line : lines) log(LogLevel::info, line);
}

}  // namespace

void announce_at_use(const std::string& origin, const std::string& line) {
  auto& all = announcements();
  const std::lock_guard lock(all.mutex);
  if (all.known.insert(line).second) all.waiting[origin].push_back(line);
}

void announce_now() {
  auto& all = announcements();
  std::map<std::string, std::vector<std::string>> lines;
  {
    const std::lock_guard lock(all.mutex);
    lines.swap(all.waiting);
  }
  for (const auto& [origin, of_origin] : lines) log_lines(of_origin);
}

void announce_use_of(const std::string& origin) {
  auto& all = announcements();
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
