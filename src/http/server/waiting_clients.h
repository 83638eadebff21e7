#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

namespace adit::http {

/// The header of answer_all()'s responses, and of no other: it tells whoever started the process that it is at its end.
inline constexpr std::string_view kProcessEndsHeader = "Adit-Process-Ends";

/// The connections whose client waits for an answer, in a form that a signal handler can read. Each client is told
/// either by who answers it, or by `answer_all`, and never by both. Not thread-safe, except `answer_all`.
class WaitingClients {
 public:
  /// A connection's descriptor: as it is while its answer is awaited, negative while it is sent; 0 for none.
  using Slot = std::atomic<int>;

  explicit WaitingClients(std::size_t most) : slots_(std::make_unique<Slot[]>(most)), size_(most) {}

  /// nullptr if there is no place left: that client is then not told.
  [[nodiscard]] Slot* add(int descriptor) noexcept;
  /// The answer is about to be sent; false where answer_all came first.
  [[nodiscard]] static bool begin_sending(Slot* slot) noexcept;
  /// It is out, or the connection is gone.
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
