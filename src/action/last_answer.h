#pragma once

#include <atomic>
#include <string_view>

namespace adit {

/// What those hear who wait for an activation's result when the action ends the process: by a crash, a stack that runs
/// over, an exception that nobody catches on a thread of its own, `exit()`. Where a signal kills without asking
/// (SIGKILL, no memory) or `_exit()` is called, nothing can be said.
///
/// One at a time in a process.
class LastAnswer {
 public:
  /// Tells everyone who waits this JSON text, `{"error": "The action's program ended with …"}`, without a line end.
  /// Called once, on the thread that fails, and async-signal-safe.
  using Tell = void (*)(void* context, std::string_view result);

  /// From here on the signals SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, std::terminate and exit() call
  /// `tell`; then the process ends as it would have done.
  LastAnswer(Tell tell, void* context);
  ~LastAnswer();
  LastAnswer(const LastAnswer&) = delete;
  LastAnswer& operator=(const LastAnswer&) = delete;

  /// A signal handler needs a stack of its own where the thread's has run over: for each thread that runs activations,
  /// once.
  static void guard_thread();
};

/// A last answer that is one line to a descriptor, for contracts that run one activation at a time.
class LastLine {
 public:
  explicit LastLine(int out) : out_(out), answer_(&LastLine::tell, this) {}

  /// An activation whose result is the caller's to write, once this is gone.
  class Activation {
   public:
    explicit Activation(LastLine& line) : line_(line) { line_.awaited_ = true; }
    ~Activation() { line_.awaited_ = false; }
    Activation(const Activation&) = delete;
    Activation& operator=(const Activation&) = delete;

   private:
    LastLine& line_;
  };

 private:
  static void tell(void* self, std::string_view result);

  int out_;
  std::atomic<bool> awaited_{false};
  LastAnswer answer_;
};

}  // namespace adit
