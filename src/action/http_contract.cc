#include "action/http_contract.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/action.h"
#include "adit/http_server.h"

#include "action/http_service.h"
#include "action/last_answer.h"
#include "base/text/text.h"
#include "http/server/local_access.h"

namespace adit {
namespace {

using http::Reply;
using http::ServerRequest;

/// How many idle connections are allowed: more than any platform keeps.
constexpr std::size_t kSpareConnections = 512;

/// The context of LastAnswer's callback.
struct Serving {
  HttpService& service;
  http::Server& server;

  static void answer_all(void* self, std::string_view result) {
    auto& serving = *static_cast<Serving*>(self);
    serving.service.end_raw_log(serving.server.answer_all(result));
  }
};

std::atomic<int> signal_pipe{-1};

/// The first signal makes serve_http() return. The second one ends the process.
void on_signal(int number) {
  const int saved = errno;
  if (const int out = signal_pipe.exchange(-1); out >= 0) {
    [[maybe_unused]] const auto written = ::write(out, "", 1);
  } else {
    ::_exit(128 + number);
  }
  errno = saved;
}

bool is_pipe(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

enum class End { signal, stdin_closed };

/// Waits for a signal or, with `watch_stdin`, for the end of stdin, which means that the program in front has ended.
End wait_for_end(int signals, bool watch_stdin) {
  std::array<pollfd, 2> watched = {pollfd{.fd = signals, .events = POLLIN, .revents = 0},
                                   pollfd{.fd = watch_stdin ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;  // EINTR
    if (watched[0].revents != 0) return End::signal;
    if (watched[1].revents == 0) continue;
    std::array<char, 256> ignored{};
    const auto count = ::read(STDIN_FILENO, ignored.data(), ignored.size());
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) return End::stdin_closed;
  }
}

}  // namespace

int serve_http(const Handler& handler, const HttpContract& contract) {
  std::array<int, 2> signals{};
  if (::pipe2(signals.data(), O_CLOEXEC) != 0) return 1;
  signal_pipe = signals[1];
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);

  // Line buffering, so that a crash loses no line of the log.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  HttpService service(handler, contract);
  bool all_ended = false;
  {
    http::ServerOptions options;
    options.host = contract.host;
    options.port = contract.port;
    options.unix_path = contract.socket;
    options.max_body_bytes = HttpService::kMaxBody;
    // At a Unix socket or another address, only the platform or the program in front can call.
    options.admit = [is_platform = !contract.socket.empty() || !http::is_this_machine(contract.host)](const auto&) {
      return http::Admission{.trusted = is_platform};
    };
    options.max_connections = 2 * static_cast<std::size_t>(contract.concurrency) + kSpareConnections;
    // A platform keeps its connection open while the container is paused.
    options.idle_timeout = std::chrono::hours(1);
    http::Server server(std::move(options), http::AsyncHandler([&service](ServerRequest request, const Reply& reply) {
                          service.answer(std::move(request), reply);
                        }));
    Serving serving{service, server};
    const LastAnswer last_answer(&Serving::answer_all, &serving);
    if (contract.socket.empty()) {
      Logger("adit").info(cat("listening on ", server.origin(),
                              http::is_this_machine(contract.host)
                                  ? " only for this machine; --host 0.0.0.0 allows others"
                                  : ", which other machines can reach"));
    }
    const auto end = wait_for_end(signals[0], !contract.socket.empty() && is_pipe(STDIN_FILENO));
    server.stop_accepting();
    // Nothing can receive an answer any more, and running activations may never end.
    if (end == End::stdin_closed) ::_exit(0);
    all_ended = service.runners().wait_idle(contract.grace);
    // An activation that still runs after the grace time may never end.
    if (!all_ended) {
      std::fflush(nullptr);
      ::_exit(0);
    }
  }
  ::close(signals[0]);
  return 0;
}

}  // namespace adit
