#include "system/scheduler.h"

#include <gtest/gtest.h>

namespace adit {
namespace {

TEST(Scheduler, a_caller_must_not_begin_its_task_after_stop) {
  Scheduler scheduler(Clock::system(), 1);
  EXPECT_TRUE(Scheduler::CallersTask(scheduler).may_run());
  scheduler.stop();
  EXPECT_FALSE(Scheduler::CallersTask(scheduler).may_run());
}

}  // namespace
}  // namespace adit
