#include "adit/action/http_contract.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/action/last_answer.h"
#include "adit/action/logger.h"
#include "adit/action/runners.h"
#include "adit/base/secret.h"
#include "adit/base/text.h"
#include "adit/http/local_access.h"
#include "adit/http/server.h"

namespace adit {
namespace {

using http::Reply;
using http::ServerRequest;
using http::ServerResponse;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Apache OpenWhisk, common/scala/…/Container.scala: what ends an activation's log on each stream.
constexpr std::string_view kSentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
/// The longest time limit that Adobe I/O Runtime knows, for an activation that names no deadline.
constexpr std::chrono::hours kLongest{3};
/// Connections that do nothing: more than any platform keeps.
constexpr std::size_t kSpareConnections = 512;
/// Parameters are 1 MB at most on OpenWhisk; installations allow more.
constexpr std::size_t kMaxBody = 64U << 20U;

ServerResponse failure(int status, std::string_view message) {
  return ServerResponse::json(status, error_result(message));
}

void write_sentinel(int descriptor) {
  while (::write(descriptor, kSentinel.data(), kSentinel.size()) < 0 && errno == EINTR) {
  }
}

std::optional<json::object> message_of(const ServerRequest& request) {
  auto message = try_parse_json(request.body, {.max_bytes = kMaxBody, .max_depth = 1000});
  if (!message || !message->is_object()) return std::nullopt;
  return std::move(message->get_object());
}

/// What is served: the two routes and what they share.
class Service {
 public:
  Service(const Handler& handler, const HttpContract& contract)
      : handler_(handler),
        sentinels_(contract.socket.empty()),
        checks_pages_(contract.socket.empty() && http::is_this_machine(contract.host)),
        one_at_a_time_(contract.concurrency == 1),
        runners_({.concurrency = contract.concurrency,
                  .waiting = contract.concurrency,
                  .overdue = contract.concurrency + 16}) {}

  void answer(ServerRequest request, const Reply& reply) {
    if (checks_pages_) {
      if (const auto refused = access_.page_refusal(request))
        return reply(failure(403, "Only programs and web pages of this machine may call this action."));
    }
    const bool init = request.path == "/init";
    if (!init && request.path != "/run") return reply(failure(404, "There is /init and /run."));
    if (request.method != "POST") {
      auto response = failure(405, "Only POST is answered here.");
      response.headers.add("allow", "POST");
      return reply(std::move(response));
    }
    auto message = message_of(request);
    wipe(request.body.data(), request.body.size());
    if (init) return reply(initialise(message));
    run(std::move(message), [this, reply](ServerResponse response) {
      end_log(1);
      reply(std::move(response));
    });
  }

  /// The log of so many activations is complete.
  void end_log(int activations) const {
    std::fflush(stdout);
    std::fflush(stderr);
    end_raw_log(activations);
  }
  /// What may wait in stdio's buffers stays there. Async-signal-safe.
  void end_raw_log(int activations) const noexcept {
    for (int i = 0; sentinels_ && i < activations; ++i) {
      write_sentinel(STDOUT_FILENO);
      write_sentinel(STDERR_FILENO);
    }
  }

  [[nodiscard]] const Runners& runners() const { return runners_; }

 private:
  /// Called on one thread.
  ServerResponse initialise(const std::optional<json::object>& message) {
    if (initialised_) {
      constexpr std::string_view kTwice = "Cannot initialize the action more than once.";
      Logger("adit").error(kTwice);
      return failure(403, kTwice);
    }
    if (!message) return failure(502, "The request to initialize the action is not a JSON object.");
    const auto* value = message->if_contains("value");
    if (value == nullptr || !value->is_object()) return failure(502, "Missing main/no code to execute.");
    if (!string_member(value->get_object(), "code").empty())
      Logger("adit").warn("This program has its action built in: the code that the platform sent is not used.");
    if (const auto* env = value->get_object().if_contains("env"); env != nullptr && env->is_object()) {
      // No activation runs yet, as platforms send this first.
      for (const auto& [name, text] : env->get_object()) {
        const auto plain = text.is_string() ? std::string(text.get_string()) : text.is_null() ? "" : to_json(text);
        ::setenv(std::string(name).c_str(), plain.c_str(), 1);  // refuses a name that is empty or holds '='
      }
    }
    initialised_ = true;
    return ServerResponse::json(200, json::object{{"ok", true}});
  }

  template <typename Then>
  void run(std::optional<json::object> message, Then then) {
    if (!message) return then(failure(502, "The platform sent an activation that is not a JSON object."));
    const auto left = std::min<milliseconds>(Activation::from_message(*message).time_left(), kLongest);
    if (left <= milliseconds(0)) return then(failure(502, in_words(Runners::Outcome::too_late)));

    const auto environment = one_at_a_time_ ? ActivationEnvironment::set : ActivationEnvironment::leave;
    // A copy of the handler: an overdue activation may outlive the server.
    auto job = [handler = handler_, environment, message = json::value(*std::move(message))]() mutable {
      return run_activation(handler, std::move(message), environment);
    };
    runners_.run(std::move(job), steady_clock::now() + left,
                 [then = std::move(then)](const Runners::Result& result) { then(response_of(result)); });
  }

  static ServerResponse response_of(const Runners::Result& result) {
    using Outcome = Runners::Outcome;
    if (result.outcome == Outcome::done)
      return ServerResponse::json(is_no_result(result.value) ? 502 : 200, result.value);
    const bool later = result.outcome == Outcome::full || result.outcome == Outcome::stuck;
    auto response = failure(later ? 503 : 502, in_words(result.outcome));
    if (later) response.headers.add("retry-after", "1");
    return response;
  }

  const Handler& handler_;
  bool sentinels_;
  bool checks_pages_;
  http::LocalAccess access_;
  bool one_at_a_time_;
  bool initialised_ = false;
  Runners runners_;
};

/// What LastAnswer's callback sees.
struct Serving {
  Service& service;
  http::Server& server;

  static void tell(void* self, std::string_view result) {
    auto& serving = *static_cast<Serving*>(self);
    serving.service.end_raw_log(serving.server.answer_all(result));
  }
};

std::atomic<int> signal_pipe{-1};

/// The default action of a second signal ends the process.
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

enum class End { signal, left_alone };

/// Until a signal comes, or the program in front goes away.
End wait_for_end(int signals, bool watch_stdin) {
  std::array<pollfd, 2> watched = {pollfd{.fd = signals, .events = POLLIN, .revents = 0},
                                   pollfd{.fd = watch_stdin ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;  // EINTR
    if (watched[0].revents != 0) return End::signal;
    if (watched[1].revents == 0) continue;
    std::array<char, 256> ignored{};
    const auto count = ::read(STDIN_FILENO, ignored.data(), ignored.size());
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) return End::left_alone;
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

  // A crash must not take a line of the log with it.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Service service(handler, contract);
  bool all_ended = false;
  {
    http::ServerOptions options;
    options.host = contract.host;
    options.port = contract.port;
    options.unix_path = contract.socket;
    options.max_body_bytes = kMaxBody;
    options.max_connections = 2 * static_cast<std::size_t>(contract.concurrency) + kSpareConnections;
    // A platform keeps its connection while the container is paused.
    options.idle_timeout = std::chrono::hours(1);
    http::Server server(std::move(options), http::AsyncHandler([&service](ServerRequest request, const Reply& reply) {
                          service.answer(std::move(request), reply);
                        }));
    Serving serving{service, server};
    const LastAnswer last_answer(&Serving::tell, &serving);
    if (contract.socket.empty()) {
      Logger("adit").info(cat("listening on ", server.origin(),
                              http::is_this_machine(contract.host)
                                  ? " for this machine alone; --host 0.0.0.0 lets others in"
                                  : ", which other machines can reach"));
    }
    const auto end = wait_for_end(signals[0], !contract.socket.empty() && is_pipe(STDIN_FILENO));
    server.stop_accepting();
    // Nobody is left to hear an answer, and what runs may never end.
    if (end == End::left_alone) ::_exit(0);
    all_ended = service.runners().wait_idle(contract.grace);
    // What is past the grace, and what is past its deadline, cannot be waited for.
    if (!all_ended) {
      std::fflush(nullptr);
      ::_exit(0);
    }
  }
  ::close(signals[0]);
  return 0;
}

}  // namespace adit
