#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

namespace adit::http {

/// The header that only answer_all()'s responses have. It informs the program that started this process that the
/// process is ending.
inline constexpr std::string_view kProcessEndsHeader = "Adit-Process-Ends";

/// The connections whose clients wait for an answer, in a form that a signal handler can read. Each client gets one
/// answer: either the handler's, or that of `answer_all`. Not thread-safe, except `answer_all`.
class WaitingClients {
 public:
  /// A connection's descriptor: positive while the client waits, negated while its answer is being sent. 0 means that
  /// the slot is free.
  using Slot = std::atomic<int>;

  explicit WaitingClients(std::size_t most) : slots_(std::make_unique<Slot[]>(most)), size_(most) {}

  /// Returns nullptr if no slot is free. Then `answer_all` does not answer this client.
  [[nodiscard]] Slot* add(int descriptor) noexcept;
  /// Call it before an answer is sent. Returns false if `answer_all` has already answered the client.
  [[nodiscard]] static bool begin_sending(Slot* slot) noexcept;
  /// Frees the slot. Call it after the answer is sent, and when the connection is closed.
  static void remove(Slot*& slot) noexcept;

  /// Sends a whole response with status 502, kProcessEndsHeader and this JSON text to each waiting client, and waits up
  /// to a tenth of a second for answers that are being sent. Returns how many clients were answered.
  /// Async-signal-safe, on any thread.
  int answer_all(std::string_view json) noexcept;

 private:
  std::unique_ptr<Slot[]> slots_;
  std::size_t size_;
  std::size_t next_ = 0;
};

}  // namespace adit::http
