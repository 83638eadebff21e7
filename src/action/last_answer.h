#pragma once

#include <string_view>

namespace adit {

/// Answers waiting callers, and writes a line to the log, when the action ends the process: by a crash, a stack
/// overflow, an uncaught exception on a thread that the action started, or `exit()`. It cannot do so if the process is
/// killed (SIGKILL, out of memory) or calls `_exit()`.
///
/// A process may have only one at a time.
class LastAnswer {
 public:
  /// Must answer all waiting callers with `result`, a JSON text without a line end:
  /// `{"error": "The action's program ended with …"}`. Is called once, on the thread that fails. Must be
  /// async-signal-safe.
  using Callback = void (*)(void* context, std::string_view result);

  /// Handles the signals SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, std::terminate and exit(): writes to stderr how
  /// the process ends, and calls `callback`. Then the original signal or exit ends the process.
  LastAnswer(Callback callback, void* context);
  /// Only writes to stderr, for contracts whose proxy notices by itself that the program has ended.
  LastAnswer() : LastAnswer(nullptr, nullptr) {}
  ~LastAnswer();
  LastAnswer(const LastAnswer&) = delete;
  LastAnswer& operator=(const LastAnswer&) = delete;

  /// Gives the calling thread a second stack for signal handlers, which they need after a stack overflow. Call it on
  /// each thread that runs activations.
  static void guard_thread();
};

}  // namespace adit
