#include "action/last_answer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <string>

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "adit/json.h"

#include "base/text/text.h"
#include "base/text/visible_text.h"

namespace adit {
namespace {

struct Signal {
  int number;
  std::string_view name;
};
constexpr std::array<Signal, 5> kSignals = {Signal{SIGSEGV, "SIGSEGV"}, Signal{SIGBUS, "SIGBUS"},
                                            Signal{SIGFPE, "SIGFPE"}, Signal{SIGILL, "SIGILL"},
                                            Signal{SIGABRT, "SIGABRT"}};

enum class State { idle, armed, answering, answered };
std::atomic<State> state_{State::idle};
LastAnswer::Callback callback_ = nullptr;
void* context_ = nullptr;
/// The process that made the LastAnswer. Atomic, because any thread may fail and read it.
std::atomic<pid_t> process_{0};

void write_line(std::string_view text) {
  std::array<iovec, 2> parts{iovec{const_cast<char*>(text.data()), text.size()}, iovec{const_cast<char*>("\n"), 1}};
  while (::writev(STDERR_FILENO, parts.data(), parts.size()) < 0 && errno == EINTR) {
  }
}

/// Writes `sentence` to the log and passes `result` to the callback, once. If two threads fail, the second one waits
/// for the first, because otherwise it would end the process before the first one has answered.
void answer_once(std::string_view sentence, std::string_view result) {
  if (::getpid() != process_) return;  // a process that the action forked, by fork() or _Fork()
  auto state = State::armed;
  if (state_.compare_exchange_strong(state, State::answering)) {
    write_line(sentence);
    if (callback_ != nullptr) callback_(context_, result);
    state_ = State::answered;
    return;
  }
  for (int waited_ms = 0; state == State::answering && waited_ms < 500; ++waited_ms) {
    const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
    ::nanosleep(&pause, nullptr);
    state = state_;
  }
}

/// Answers with "The action's program ended with ….", without allocating memory. `what` must need no escape in JSON.
void answer_ended_with(std::string_view what) {
  constexpr std::string_view kBefore = "{\"error\":\"";
  constexpr std::string_view kAfter = "\"}";
  std::array<char, 256> text{};
  auto* const begin = std::ranges::copy(kBefore, text.data()).out;
  auto* end = std::ranges::copy(std::string_view("The action's program ended with "), begin).out;
  end = std::ranges::copy(what.substr(0, 64), end).out;
  *end++ = '.';
  const std::string_view sentence(begin, static_cast<std::size_t>(end - begin));
  end = std::ranges::copy(kAfter, end).out;
  answer_once(sentence, {text.data(), static_cast<std::size_t>(end - text.data())});
}

/// The signal is blocked while this runs. So the one that is raised here ends the process when this returns.
void on_crash(int number) {
  std::array<char, 64> text{};
  constexpr std::string_view kSignal = "signal ";
  auto* end = std::ranges::copy(kSignal, text.data()).out;
  const auto* const known = std::ranges::find(kSignals, number, &Signal::number);
  if (known != kSignals.end()) end = std::ranges::copy(known->name, end).out;
  answer_ended_with({text.data(), static_cast<std::size_t>(end - text.data())});
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void on_exit_code(int code, void* /*context*/) {
  std::array<char, 64> text{};
  constexpr std::string_view kCode = "exit code ";
  auto* end = std::ranges::copy(kCode, text.data()).out;
  end = std::to_chars(end, text.data() + text.size(), code).ptr;
  answer_ended_with({text.data(), static_cast<std::size_t>(end - text.data())});
}

std::string message_of(const std::exception_ptr& thrown) {
  if (!thrown) return {};
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is not a std::exception";
  }
}

/// May allocate memory, because it is not a signal handler.
[[noreturn]] void on_terminate() {
  if (const auto message = message_of(std::current_exception()); !message.empty()) {
    const auto sentence = cat("The action's program ended: nothing caught an exception: ", message);
    answer_once(visible(sentence), to_json(json::object{{"error", sentence}}));
  } else {
    answer_ended_with("std::terminate");
  }
  std::abort();
}

}  // namespace

LastAnswer::LastAnswer(Callback callback, void* context) {
  context_ = context;
  callback_ = callback;
  process_ = ::getpid();
  state_ = State::armed;
  static const bool registered = [] {
    ::on_exit(on_exit_code, nullptr);
    std::set_terminate(on_terminate);
    return true;
  }();
  static_cast<void>(registered);
  guard_thread();
  for (const auto& signal : kSignals) {
    struct sigaction action {};
    action.sa_handler = on_crash;
    action.sa_flags = SA_ONSTACK;
    ::sigaction(signal.number, &action, nullptr);
  }
}

LastAnswer::~LastAnswer() { state_ = State::idle; }

void LastAnswer::guard_thread() {
  /// Large enough for the registers of AVX-512.
  constexpr std::size_t kSize = std::size_t{32} * 1024;
  /// A mapping takes no memory until a signal arrives, unlike a block of the heap, whose pages may be in use already.
  struct Stack {
    void* const bytes = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    Stack() {
      if (bytes != MAP_FAILED) use({.ss_sp = bytes, .ss_flags = 0, .ss_size = kSize});
    }
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;
    ~Stack() {
      if (bytes == MAP_FAILED) return;
      use({.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0});
      ::munmap(bytes, kSize);
    }
    static void use(const stack_t& stack) { ::sigaltstack(&stack, nullptr); }
  };
  thread_local const Stack stack;
}

}  // namespace adit
