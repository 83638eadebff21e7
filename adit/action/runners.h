#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "adit/base/json.h"

namespace adit {

/// Threads that run activations, made when they are needed and kept. A job that outlasts its caller's patience goes on
/// alone, its answer dropped: no thread can be ended from outside. Thread-safe.
class Runners {
 public:
  using Job = std::function<json::value()>;
  /// `max_overdue` jobs may go on past their time; while so many do, no job is taken.
  explicit Runners(int max_overdue);
  /// Jobs that still run keep what they share alive and end by themselves.
  ~Runners();
  Runners(const Runners&) = delete;
  Runners& operator=(const Runners&) = delete;

  enum class Outcome { done, overdue, refused };
  struct Answer {
    Outcome outcome = Outcome::refused;
    json::value value;
  };
  /// Runs the job, which must not throw, and waits for it until then.
  Answer run(Job job, std::chrono::steady_clock::time_point until);

  /// Jobs that run, the overdue ones among them.
  [[nodiscard]] int running() const;
  /// Waits until none runs; false where the time was up first.
  [[nodiscard]] bool wait_idle(std::chrono::milliseconds limit) const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace adit
