#include "dev/host/action_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <future>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/json.h"

#include "base/text/text.h"
#include "system/resident_memory.h"

namespace adit::dev {
namespace {

using std::chrono::steady_clock;

/// How often the memory limit, an interruption and the end of the process are checked if nothing happens.
constexpr std::chrono::milliseconds kTick{25};
constexpr std::size_t kMaxTraceLine = 64U << 10U;
constexpr int kTraceDescriptor = 4;
constexpr std::string_view kSentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
constexpr std::string_view kHeapFull = "JavaScript heap out of memory";

/// Reads once, and returns an empty text if nothing can be read now. Closes the pipe at its end.
std::string_view read_some(Descriptor& pipe, std::array<char, 65'536>& buffer) {
  if (!pipe) return {};
  ssize_t count = 0;
  do {
    count = ::read(pipe.get(), buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  if (count > 0) return {buffer.data(), static_cast<std::size_t>(count)};
  if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) pipe.close();
  return {};
}

Descriptor open_pidfd(pid_t pid) {
  // glibc has this function since 2.36. If the kernel lacks the call (before 5.3), the next tick notices the end.
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

/// The length of the longest suffix of `text` that is the beginning of a sentinel.
std::size_t partial_sentinel_length(std::string_view text) {
  for (auto size = std::min(text.size(), kSentinel.size() - 1); size > 0; --size) {
    if (kSentinel.starts_with(text.substr(text.size() - size))) return size;
  }
  return 0;
}

bool something_listens(const std::string& path) {
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(std::begin(address.sun_path), sizeof address.sun_path - 1);
  return socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

ActionProcess::ActionProcess(Options options)
    : options_(std::move(options)),
      socket_path_(folder_.path() + "/s"),
      streams_{Stream{.pipe = Pipe::make(), .which = LogStream::out, .held = {}},
               Stream{.pipe = Pipe::make(), .which = LogStream::err, .held = {}}},
      trace_(Pipe::make()),
      wake_(Pipe::make()) {
  if (options_.offers_loop) loop_.emplace();
  std::promise<void> started;
  auto outcome = started.get_future();
  watcher_ = std::thread([this, &started] { watch(started); });
  try {
    outcome.get();
  } catch (...) {
    watcher_.join();
    throw;
  }
}

ActionProcess::~ActionProcess() {
  kill();
  watcher_.join();
}

void ActionProcess::kill() {
  kill_requested_ = true;
  [[maybe_unused]] const auto written = ::write(wake_.write.get(), "k", 1);
}

bool ActionProcess::is_alive() {
  if (kill_requested_) return false;
  const std::lock_guard lock(mutex_);
  if (ending_ != Ending::none) return false;
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  return !pidfd_ || ::poll(&ended, 1, 0) == 0;
}

ActionProcess::Contract ActionProcess::wait_until_ready(steady_clock::time_point deadline) {
  auto pause = std::chrono::microseconds(200);
  while (!something_listens(socket_path_)) {
    if (loop_ && loop_->is_taken(pid_)) return Contract::loop;
    const auto now = steady_clock::now();
    std::unique_lock lock(mutex_);
    const auto ended = [this] { return ending_ != Ending::none; };
    if (now >= deadline || changed_.wait_until(lock, std::min(deadline, now + pause), ended)) return Contract::none;
    pause = std::min(pause * 5 / 4, std::chrono::microseconds(5'000));
  }
  if (loop_) loop_->withdraw();
  return Contract::http;
}

ActionProcess::Ending ActionProcess::ending(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return ending_ != Ending::none; });
  return ending_;
}

ExitStatus ActionProcess::exit_status() const {
  const std::lock_guard lock(mutex_);
  return exit_status_;
}

void ActionProcess::drain(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const auto mine = ++drains_requested_;
  [[maybe_unused]] const auto written = ::write(wake_.write.get(), "d", 1);
  changed_.wait_for(lock, limit, [&] { return drains_done_ >= mine || ending_ != Ending::none; });
}

/// Reads all available output, then wakes the threads that called drain() before.
void ActionProcess::serve_drains() {
  std::size_t requested = 0;
  {
    const std::lock_guard lock(mutex_);
    requested = drains_requested_;
    if (requested == drains_done_) return;
  }
  read_all();
  const std::lock_guard lock(mutex_);
  drains_done_ = requested;
  changed_.notify_all();
}

ChildOptions ActionProcess::child_options() const {
  ChildOptions child;
  child.program = options_.program;
  child.arguments = options_.arguments;
  child.arguments.insert(child.arguments.end(), {"--socket", socket_path_});
  child.folder = options_.folder;
  child.environment = options_.environment;
  child.environment.push_back(folder_.variable());
  child.descriptors = {{1, streams_[0].pipe.write.get()}, {2, streams_[1].pipe.write.get()}};
  if (loop_) loop_->offer(child);
  if (options_.on_step) {
    child.descriptors.emplace_back(kTraceDescriptor, trace_.write.get());
    child.environment.push_back(cat("ADIT_TRACE_FD=", kTraceDescriptor));
  }
  return child;
}

void ActionProcess::watch(std::promise<void>& started) {
  std::optional<ChildProcess> child;
  try {
    child.emplace(child_options());
  } catch (...) {
    started.set_exception(std::current_exception());
    return;
  }
  pid_ = child->pid();
  if (loop_) loop_->started();
  pidfd_ = open_pidfd(child->pid());
  for (auto* pipe : {&streams_[0].pipe, &streams_[1].pipe, &trace_}) {
    pipe->write.close();
    set_nonblocking(pipe->read.get());
  }
  started.set_value();  // `started` no longer exists from here on.

  auto ending = Ending::none;
  while (ending == Ending::none) {
    move_output(static_cast<int>(kTick.count()));
    serve_drains();
    ending = classify(*child);
  }
  read_all();  // What the process wrote before its end.
  const auto status = child->exit_status();
  child->kill_group();
  for (auto& stream : streams_) pass_on(stream, std::exchange(stream.held, {}));

  const std::lock_guard lock(mutex_);
  ending_ = ending;
  exit_status_ = status.value_or(ExitStatus{.code = 0, .signal = SIGKILL});
  changed_.notify_all();
}

ActionProcess::Ending ActionProcess::classify(ChildProcess& child) {
  if (kill_requested_) return Ending::killed;
  if (child.exit_status()) return Ending::exited;
  if (options_.interrupted && options_.interrupted()) return Ending::interrupted;
  const auto now = steady_clock::now();
  if (options_.max_resident_bytes == 0 || now - memory_checked_at_ < kTick) return Ending::none;
  memory_checked_at_ = now;
  return resident_bytes(child.pid()) > options_.max_resident_bytes ? Ending::out_of_memory : Ending::none;
}

void ActionProcess::move_output(int wait_ms) {
  const auto watched = [](const Descriptor& pipe) { return pollfd{.fd = pipe.get(), .events = POLLIN, .revents = 0}; };
  std::array<pollfd, 5> all = {watched(streams_[0].pipe.read), watched(streams_[1].pipe.read), watched(trace_.read),
                               watched(pidfd_), watched(wake_.read)};
  if (::poll(all.data(), all.size(), wait_ms) <= 0) return;
  std::array<char, 65'536> wakes;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
  if (all[4].revents != 0) (void)read_some(wake_.read, wakes);
  read_trace();
  for (auto& stream : streams_) read_stream(stream);
}

/// Reads all available output, up to a bound, because a process may write without end.
void ActionProcess::read_all() {
  constexpr int kRounds = 256;  // of 64 KB, the default capacity of a pipe
  read_trace();
  for (auto& stream : streams_) {
    for (int round = 0; round < kRounds && read_stream(stream); ++round) {
    }
  }
}

bool ActionProcess::read_stream(Stream& stream) {
  std::array<char, 65'536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
  const auto bytes = read_some(stream.pipe.read, buffer);
  if (bytes.empty()) return false;
  if (stream.which == LogStream::err && !heap_was_full_) {
    error_tail_ += bytes;
    heap_was_full_ = error_tail_.find(kHeapFull) != std::string::npos;
    error_tail_.erase(0, error_tail_.size() - std::min(error_tail_.size(), kHeapFull.size()));
  }

  stream.held += bytes;
  std::string_view rest = stream.held;
  for (auto at = rest.find(kSentinel); at != std::string_view::npos; at = rest.find(kSentinel)) {
    pass_on(stream, rest.substr(0, at));
    if (!stream.at_line_start) pass_on(stream, "\n");  // The action's last line had no line end.
    rest.remove_prefix(at + kSentinel.size());
  }
  const auto partial = partial_sentinel_length(rest);
  pass_on(stream, rest.substr(0, rest.size() - partial));
  stream.held = std::string(rest.substr(rest.size() - partial));
  return true;
}

void ActionProcess::pass_on(Stream& stream, std::string_view bytes) {
  if (bytes.empty()) return;
  stream.at_line_start = bytes.back() == '\n';
  if (options_.on_output) options_.on_output(stream.which, bytes);
}

void ActionProcess::read_trace() {
  std::array<char, 65'536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() writes it
  trace_text_ += read_some(trace_.read, buffer);
  std::size_t begin = 0;
  for (auto end = trace_text_.find('\n'); end != std::string::npos; end = trace_text_.find('\n', begin)) {
    const auto step = trace::step_from_json(std::string_view(trace_text_).substr(begin, end - begin));
    begin = end + 1;
    if (step && options_.on_step) options_.on_step(*step);
  }
  trace_text_.erase(0, begin);
  if (trace_text_.size() > kMaxTraceLine) trace_text_.clear();
}

}  // namespace adit::dev
