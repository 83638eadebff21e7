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
#include "system/child_process.h"
#include "system/private_folder.h"

namespace adit::dev {

/// An action's process, watched: a thread of its own starts it (a child dies with the thread that started it), reads
/// its log and trace steps, looks at its memory, and ends it. Thread-safe.
class ActionProcess {
 public:
  struct Options {
    std::string program;
    std::vector<std::string> arguments;
    std::string folder;
    std::vector<std::string> environment;
    std::size_t max_resident_bytes = 0;  // 0: any
    /// Offer ActionLoop beside the socket.
    bool offers_loop = false;
    /// Without the contract's end-of-activation lines.
    std::function<void(LogStream, std::string_view)> on_output;
    std::function<void(const trace::Step&)> on_step;
    std::function<bool()> interrupted;
  };
  enum class Contract { none, http, loop };
  enum class Ending { none, exited, out_of_memory, interrupted, killed };

  /// Starts it. Throws Error `start_failed`, `pipe_failed`.
  explicit ActionProcess(Options options);
  /// Kills its group and waits for its end.
  ~ActionProcess();
  ActionProcess(const ActionProcess&) = delete;
  ActionProcess& operator=(const ActionProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& socket_path() const { return socket_path_; }
  /// Waits until something listens on the socket, or takes ActionLoop; `none` where the process ended, or the time did.
  Contract wait_until_ready(std::chrono::steady_clock::time_point deadline);
  /// Where the contract is `loop`; for one user at a time.
  [[nodiscard]] LoopPeer& loop() { return *loop_; }
  /// Kills it, where it still runs.
  void kill();
  [[nodiscard]] bool is_alive();
  /// How it ended, and `exited` with which status; waits for the end a little, where a broken connection announced it.
  Ending ending(std::chrono::milliseconds patience);
  [[nodiscard]] ExitStatus exit_status() const;
  /// Node.js said that its heap is full before it ended.
  [[nodiscard]] bool heap_was_full() const { return heap_was_full_; }
  /// Waits until what it has written by now has gone to on_output: an action writes its log before its answer.
  void drain(std::chrono::milliseconds limit);

 private:
  struct Stream {
    Pipe pipe;
    LogStream which = LogStream::out;
    /// What may yet become an end-of-activation line.
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
  std::atomic<bool> kill_asked_{false};
  std::chrono::steady_clock::time_point memory_looked_at_{};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t drains_asked_ = 0;
  std::size_t drains_done_ = 0;
  Ending ending_ = Ending::none;
  ExitStatus exit_status_;
  std::thread watcher_;
};

}  // namespace adit::dev
