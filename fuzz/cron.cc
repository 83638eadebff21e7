#include "dev/feeds/cron.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(cron) {
  const auto cron = dev::Cron::parse(bytes);
  if (!cron) return;
  auto time = WallTime{std::chrono::seconds(1'800'000'000)};
  for (int i = 0; i < 3; ++i) {
    const auto next = cron->next_after(time);
    if (!next) return;
    require(*next > time, "an alarm fires after the given time");
    time = *next;
  }
}
