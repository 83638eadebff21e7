#pragma once

#include <string_view>

namespace adit {

/// What the log says, and what those hear who wait for an activation's result, when the action ends the process: by a
/// crash, a stack that runs over, an exception that nobody catches on a thread of its own, `exit()`. If a signal
/// kills without asking (SIGKILL, no memory) or `_exit()` is called, nothing can be said.
///
/// One at a time in a process.
class LastAnswer {
 public:
  /// Answers everyone who waits with this JSON text, `{"error": "The action's program ended with …"}`, without a line
  /// end. Called once, on the thread that fails, and async-signal-safe.
  using Tell = void (*)(void* context, std::string_view result);

  /// From here on the signals SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, std::terminate and exit() write how the
  /// process ends to stderr and call `tell`; then it ends as it would have done.
  LastAnswer(Tell tell, void* context);
  /// Writes to stderr alone, for contracts whose proxy notices by itself that the program has ended.
  LastAnswer() : LastAnswer(nullptr, nullptr) {}
  ~LastAnswer();
  LastAnswer(const LastAnswer&) = delete;
  LastAnswer& operator=(const LastAnswer&) = delete;

  /// A signal handler needs a stack of its own where the thread's has run over: for each thread that runs activations,
  /// once.
  static void guard_thread();
};

}  // namespace adit
