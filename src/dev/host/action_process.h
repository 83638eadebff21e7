#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/trace.h"
#include "dev/host/action_host.h"
#include "dev/host/loop_peer.h"
#include "system/files/private_folder.h"
#include "system/process/child_process.h"
#include "system/process/pipe.h"

namespace adit::dev {

/// An action's process. A dedicated thread starts it (a child is killed when the thread that started it ends), reads
/// its log and trace steps, checks its memory, and stops it. Thread-safe.
class ActionProcess {
 public:
  struct Options {
    std::string program;
    std::vector<std::string> arguments;
    std::string folder;
    std::vector<std::string> environment;
    std::size_t max_resident_bytes = 0;  // 0: no limit
    /// Whether ActionLoop is offered in addition to the socket.
    bool offers_loop = false;
    /// Called with the output, without the end-of-activation lines of the contract.
    std::function<void(LogStream, std::string_view)> on_output;
    std::function<void(const trace::Step&)> on_step;
    std::function<bool()> interrupted;
  };
  enum class Contract { none, http, loop };
  enum class Ending { none, exited, out_of_memory, interrupted, killed };

  /// Starts the process. Throws Error `start_failed`, `pipe_failed`.
  explicit ActionProcess(Options options);
  /// Kills the process group and waits until the process has ended.
  ~ActionProcess();
  ActionProcess(const ActionProcess&) = delete;
  ActionProcess& operator=(const ActionProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& socket_path() const { return socket_path_; }
  /// Waits until the process listens on the socket or has chosen ActionLoop. Returns `none` if it ended, or at the
  /// deadline.
  Contract wait_until_ready(std::chrono::steady_clock::time_point deadline);
  /// Valid only if the contract is `loop`; for one thread at a time.
  [[nodiscard]] LoopPeer& loop() { return *loop_; }
  /// Kills the process if it is still running.
  void kill();
  [[nodiscard]] bool is_alive();
  /// Returns how the process ended; exit_status() has the status of `exited`. Waits up to `limit` for the end,
  /// because a broken connection precedes it.
  Ending ending(std::chrono::milliseconds limit);
  [[nodiscard]] ExitStatus exit_status() const;
  /// Whether Node.js reported, before it ended, that its heap is full.
  [[nodiscard]] bool heap_was_full() const { return heap_was_full_; }
  /// Waits until all output written so far has been passed to on_output. An action writes its log before it answers.
  void drain(std::chrono::milliseconds limit);

 private:
  struct Stream {
    Pipe pipe;
    LogStream which = LogStream::out;
    /// Text that may be the beginning of an end-of-activation line.
    std::string held;
    bool at_line_start = true;
  };

  void watch(std::promise<void>& started);
  [[nodiscard]] ChildOptions child_options() const;
  void move_output(int wait_ms);
  void read_all();
  void serve_drains();
  bool read_stream(Stream& stream);
  void pass_on(Stream& stream, std::string_view bytes);
  void read_trace();
  Ending classify(ChildProcess& child);

  Options options_;
  PrivateFolder folder_;
  std::string socket_path_;
  std::array<Stream, 2> streams_;
  Pipe trace_;
  std::optional<LoopPeer> loop_;
  Pipe wake_;
  Descriptor pidfd_;
  std::string trace_text_;
  std::string error_tail_;
  std::atomic<bool> heap_was_full_{false};
  std::atomic<pid_t> pid_{-1};
  std::atomic<bool> kill_requested_{false};
  std::chrono::steady_clock::time_point memory_checked_at_{};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t drains_requested_ = 0;
  std::size_t drains_done_ = 0;
  Ending ending_ = Ending::none;
  ExitStatus exit_status_;
  std::thread watcher_;
};

}  // namespace adit::dev
