#include "system/scheduler.h"

#include <future>

#include <gtest/gtest.h>

#include "adit/error.h"

#include "system/no_new_threads_fixture.h"

namespace adit {
namespace {

TEST(Scheduler, a_caller_must_not_begin_its_task_after_stop) {
  Scheduler scheduler(Clock::system(), 1);
  EXPECT_TRUE(Scheduler::CallersTask(scheduler).may_run());
  scheduler.stop();
  EXPECT_FALSE(Scheduler::CallersTask(scheduler).may_run());
}

TEST(Scheduler, throws_and_forgets_the_task_if_no_thread_can_be_started) {
  Scheduler scheduler(Clock::system(), 1);
  {
    const testing::NoNewThreads none;
    EXPECT_THROW(scheduler.at({}, [] { ADD_FAILURE() << "this task must not run"; }), Error);
  }
  std::promise<void> has_run;
  scheduler.at({}, [&] { has_run.set_value(); });
  has_run.get_future().wait();
}

}  // namespace
}  // namespace adit
