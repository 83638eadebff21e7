#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "system/child_process.h"

namespace adit::dev {

/// The platform's side of ActionLoop, the contract of `openwhisk/actionloop`: a JSON line to the program's stdin, a
/// JSON line back on its descriptor 3. It is offered to every C++ program beside the HTTP contract, which the SDK's
/// programs take and others may not know. Thread-safe for one user at a time.
class LoopPeer {
 public:
  /// Throws Error `pipe_failed`.
  LoopPeer();

  /// The program's stdin and descriptor 3, and the variable that asks it to say when it is ready.
  void offer(ChildOptions& child) const;
  /// The program has its ends.
  void started();
  /// The program has taken the offer: it acknowledged, or its first thread reads stdin, which nobody who speaks HTTP
  /// does.
  [[nodiscard]] bool is_taken(pid_t program);
  /// The program speaks HTTP. Its stdin stays open as long as this lives: the SDK's programs take its end for ours.
  void withdraw();

  /// Nothing if no whole line came back in time, or the program ended.
  [[nodiscard]] std::optional<std::string> exchange(std::string_view line, std::size_t max_bytes,
                                                    std::chrono::steady_clock::time_point until);

 private:
  [[nodiscard]] bool send(std::string_view text, std::chrono::steady_clock::time_point until) const;
  [[nodiscard]] std::optional<std::string> receive(std::size_t max_bytes, std::chrono::steady_clock::time_point until);

  Pipe in_;
  Pipe out_;
  /// What came after the last whole line.
  std::string held_;
};

}  // namespace adit::dev
