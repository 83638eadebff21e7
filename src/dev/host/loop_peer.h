#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "system/process/pipe.h"
#include "system/process/spawn.h"

namespace adit::dev {

/// The platform's side of ActionLoop, the contract of `openwhisk/actionloop`: one JSON line to the program's stdin, one
/// JSON line back from its descriptor 3. Every C++ program is offered ActionLoop in addition to the HTTP contract:
/// programs that use the SDK choose HTTP, others may know only ActionLoop. Thread-safe for one user at a time.
class LoopPeer {
 public:
  /// Throws Error `pipe_failed`.
  LoopPeer();

  /// Gives the program stdin, descriptor 3, and the variable that asks it to acknowledge when it is ready.
  void offer(ChildOptions& child) const;
  /// Closes the program's ends of the pipes in this process. Call it after the program has started.
  void started();
  /// Whether the program has chosen ActionLoop: it sent an acknowledgement, or its first thread reads stdin, which no
  /// program that speaks HTTP does.
  [[nodiscard]] bool is_taken(pid_t program);
  /// Call it when the program speaks HTTP. Its stdin stays open until this object is destroyed, because programs that
  /// use the SDK end when their stdin ends.
  void withdraw();

  /// Sends a line and returns the answer. Returns `nullopt` if no complete line came back in time, or the program
  /// ended.
  [[nodiscard]] std::optional<std::string> exchange(std::string_view line, std::size_t max_bytes,
                                                    std::chrono::steady_clock::time_point until);

 private:
  [[nodiscard]] bool send(std::string_view text, std::chrono::steady_clock::time_point until) const;
  [[nodiscard]] std::optional<std::string> receive(std::size_t max_bytes, std::chrono::steady_clock::time_point until);

  Pipe in_;
  Pipe out_;
  /// Bytes after the last complete line.
  std::string held_;
};

}  // namespace adit::dev
