#include "system/thread_pool.h"

#include <atomic>
#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "adit/error.h"

#include "system/no_new_threads_fixture.h"

namespace adit {
namespace {

TEST(ThreadPool, runs_as_many_jobs_at_once_as_it_has_threads) {
  ThreadPool pool(3);
  std::promise<void> all_running;
  std::atomic<int> running{0};
  std::atomic<int> ended{0};
  std::promise<void> may_end;
  const auto end = may_end.get_future().share();
  for (int i = 0; i < 7; ++i) {
    pool.run([&, end] {
      if (++running == 3) all_running.set_value();
      end.wait();
      ++ended;
    });
  }
  all_running.get_future().wait();
  EXPECT_EQ(running, 3) << "the others wait";
  may_end.set_value();
  pool.join();
  EXPECT_EQ(ended, 7) << "join() waits for queued jobs, too";
}

TEST(ThreadPool, drops_jobs_after_join) {
  ThreadPool pool(1);
  pool.join();
  pool.run([] { ADD_FAILURE() << "this job must not run"; });
  pool.join();
}

TEST(ThreadPool, runs_a_job_on_an_existing_thread_if_the_system_has_no_other) {
  ThreadPool pool(2);
  std::promise<void> may_end;
  pool.run([end = may_end.get_future().share()] { end.wait(); });
  bool has_run = false;
  {
    const testing::NoNewThreads none;
    pool.run([&] { has_run = true; });
  }
  may_end.set_value();
  pool.join();
  EXPECT_TRUE(has_run);
}

TEST(ThreadPool, throws_and_forgets_the_job_if_there_is_no_thread) {
  ThreadPool pool(1);
  {
    const testing::NoNewThreads none;
    EXPECT_THROW(pool.run([] { ADD_FAILURE() << "this job must not run"; }), Error);
  }
  bool has_run = false;
  pool.run([&] { has_run = true; });
  pool.join();
  EXPECT_TRUE(has_run);
}

TEST(ThreadPool, destroys_a_job_when_it_has_ended) {
  ThreadPool pool(1);
  auto owned = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = owned;
  bool has_run = false;
  pool.run([owned = std::move(owned)] {});
  pool.run([&] {
    EXPECT_TRUE(watched.expired());
    has_run = true;
  });
  pool.join();
  EXPECT_TRUE(has_run);
}

}  // namespace
}  // namespace adit
