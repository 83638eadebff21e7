#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "adit/json.h"

namespace adit {

/// Runs jobs (activations) on threads, which are started when they are needed and kept. Each job has a deadline, which
/// a ThreadPool does not offer: a thread cannot be ended from outside, so a job past its deadline runs on, its result
/// is dropped, and another thread takes its place. Thread-safe.
class Runners {
 public:
  struct Limits {
    /// How many jobs may run at once, without those past their deadline.
    int concurrency = 1;
    /// How many more jobs may wait.
    int waiting = 1;
    /// How many jobs may run past their deadline. At this number, new jobs are rejected.
    int overdue = 16;
  };
  explicit Runners(Limits limits);
  /// Does not wait for jobs that still run. They keep the shared state alive.
  ~Runners();
  Runners(const Runners&) = delete;
  Runners& operator=(const Runners&) = delete;

  enum class Outcome {
    done,
    overdue,
    /// Its deadline passed before it could start: it was not run.
    too_late,
    /// It was not taken: `Limits::waiting` is reached.
    full,
    /// It was not taken: `Limits::overdue` is reached.
    stuck,
    /// It threw, or no thread could be started for it.
    failed,
  };
  struct Result {
    Outcome outcome = Outcome::full;
    json::value value;
  };
  using Job = std::function<json::value()>;
  using Then = std::function<void(Result)>;
  /// Runs the job and passes its outcome to `then`, on one of these threads: the thread that ran the job; the one that
  /// watches the deadlines, if the job has not ended at `until`; the caller's, if the job is not taken. If the job or
  /// `then` throws, no other job is affected.
  void run(Job job, std::chrono::steady_clock::time_point until, Then then);

  /// Waits until no job runs or waits. Returns false if that takes longer than `limit`.
  [[nodiscard]] bool wait_idle(std::chrono::milliseconds limit) const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// Returns the error message for an outcome other than `done`.
[[nodiscard]] std::string_view error_message(Runners::Outcome outcome);

}  // namespace adit
