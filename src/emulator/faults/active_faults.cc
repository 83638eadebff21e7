#include "emulator/faults/active_faults.h"

#include <algorithm>
#include <iterator>

#include "adit/error.h"

#include "base/text/text.h"

namespace adit::emulator {

void ActiveFaults::add(std::vector<Fault> faults) {
  const std::lock_guard lock(mutex_);
  if (faults.size() > kMaxFaults - faults_.size()) {
    throw Error::configuration("too_many_faults", cat("There would be more than ", kMaxFaults, " faults at once."))
        .hint("Clear those that are set with DELETE /__adit/faults, or set fewer.");
  }
  std::ranges::move(faults, std::back_inserter(faults_));
}

void ActiveFaults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::size_t ActiveFaults::remove(const Fault& like) {
  const auto without_count = [](Fault fault) {
    fault.count = 0;
    return fault.to_json_object();
  };
  const std::lock_guard lock(mutex_);
  return std::erase_if(
      faults_, [&, wanted = without_count(like)](const Fault& fault) { return without_count(fault) == wanted; });
}

std::vector<Fault> ActiveFaults::take(std::string_view path, bool of_ims) {
  const std::lock_guard lock(mutex_);
  std::vector<Fault> taken;
  for (auto& fault : faults_) {
    if (!path.starts_with(fault.path) || (fault.path.empty() && !of_ims)) continue;
    const auto same = [&](const Fault& other) { return other.kind == fault.kind; };
    if (std::any_of(taken.begin(), taken.end(), same)) continue;
    taken.push_back(fault);
    if (fault.count == 1) fault.count = static_cast<std::size_t>(-1);  // used up; removed below
    if (fault.count > 1 && fault.count != static_cast<std::size_t>(-1)) --fault.count;
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.count == static_cast<std::size_t>(-1); });
  return taken;
}

std::chrono::milliseconds ActiveFaults::clock_skew() const {
  const std::lock_guard lock(mutex_);
  for (const auto& fault : faults_) {
    if (fault.kind == Fault::Kind::clock_skew && fault.path.empty()) return fault.delay;
  }
  return std::chrono::milliseconds(0);
}

std::vector<Fault> ActiveFaults::list() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

}  // namespace adit::emulator
