#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "adit/json.h"

namespace adit {

/// Threads that run activations, made when they are needed and kept. A job that outlasts its time goes on alone, its
/// result dropped: no thread can be ended from outside. Thread-safe.
class Runners {
 public:
  struct Limits {
    /// Jobs that run at once, without those past their time.
    int concurrency = 1;
    /// Jobs that wait for their turn.
    int waiting = 1;
    /// Jobs past their time that may go on; while so many do, no job is taken.
    int overdue = 16;
  };
  explicit Runners(Limits limits);
  /// Jobs that still run keep what they share alive and end by themselves.
  ~Runners();
  Runners(const Runners&) = delete;
  Runners& operator=(const Runners&) = delete;

  enum class Outcome {
    done,
    overdue,
    /// Its time was up before its turn came: it was not run.
    too_late,
    /// There is no room: past `waiting`.
    full,
    /// There is no room: past `overdue`.
    stuck,
    /// It threw, or no thread could be had to run it.
    failed,
  };
  struct Result {
    Outcome outcome = Outcome::full;
    json::value value;
  };
  using Job = std::function<json::value()>;
  using Then = std::function<void(Result)>;
  /// Runs the job and passes its result to `then`: on the thread that ran the job; if the job is not done at `until`,
  /// on the thread that watches the time; if there is no room for the job, on the caller's. If the job or `then`
  /// throws, no other job is affected.
  void run(Job job, std::chrono::steady_clock::time_point until, Then then);

  /// Waits until nothing runs and nothing is left to run; false if the time was up first.
  [[nodiscard]] bool wait_idle(std::chrono::milliseconds limit) const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// Why an activation has no result of its own, for its caller.
[[nodiscard]] std::string_view in_words(Runners::Outcome outcome);

}  // namespace adit
