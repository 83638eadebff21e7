#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "adit/api_client.h"
#include "adit/log.h"

#include "api/api_client_state.h"
#include "api/stopped_between_tries.h"
#include "base/current_error.h"
#include "base/trace.h"
#include "system/process/per_process.h"
#include "system/scheduler.h"

namespace adit {
namespace {

using std::chrono::milliseconds;

/// How many exchanges may run at once in this process.
constexpr int kMostThreads = 32;

Scheduler& senders() {
  // Never freed: when the program ends, its threads may be in the middle of an exchange.
  static auto& schedulers = *new PerProcess<Scheduler>;
  return schedulers.get([](const Scheduler*) { return Scheduler(Clock::system(), kMostThreads); });
}

void after(milliseconds wait, std::function<void()> work) {
  senders().at(Clock::system().monotonic_now() + wait, std::move(work));
}

}  // namespace

/// Sends one request, with its repeats: ApiClient::stream() as a chain of asynchronous steps. Each step that is still
/// to come keeps the object alive.
class ApiClient::State::AsyncSending : public std::enable_shared_from_this<AsyncSending> {
 public:
  AsyncSending(std::shared_ptr<State> client, http::Request request, Handler handler)
      : client_(std::move(client)), request_(std::move(request)), handler_(std::move(handler)) {}

  void start() noexcept {
    try {
      if (tries_.repeated > 0 && request_.stop().stop_requested()) return end(stopped_between_tries(request_), {});
      if (!client_->fills_token(request_)) return send_later({});
      if (client_->options.get_token)
        return after({}, [self = shared_from_this()] { self->send_with_callers_token(); });
      client_->source.async_get(
          [self = shared_from_this()](const std::optional<Error>& error, std::optional<Token> token) {
            if (error) return self->end(error, {});
            self->send_later(std::move(token));
          },
          {.stop = request_.stop()});
    } catch (...) {
      end(failure(), {});
    }
  }

 private:
  static Error failure() { return current_error("request_failed", "The request could not be sent"); }

  void send_later(std::optional<Token> token) noexcept {
    try {
      after({}, [self = shared_from_this(), token = std::move(token)] { self->send(token); });
    } catch (...) {
      end(failure(), {});
    }
  }

  void send_with_callers_token() noexcept {
    try {
      send(client_->token(request_));
    } catch (...) {
      end(failure(), {});
    }
  }

  void send(const std::optional<Token>& token) noexcept {
    const trace::OfActivation traced_as(activation_);
    try {
      auto response = client_->transport.send(client_->filled(request_, token));
      if (!client_->tries_again(response, request_, token, tries_)) return end({}, std::move(response));
      start_after(tries_.wait.value_or(milliseconds(0)));
    } catch (...) {
      end(failure(), {});
    }
  }

  /// Starts again once, after the wait or when a stop is requested.
  void start_after(milliseconds wait) {
    const auto is_first = [begun = std::make_shared<std::atomic_flag>()] { return !begun->test_and_set(); };
    after(wait, [self = shared_from_this(), is_first] {
      if (is_first()) self->start();
    });
    if (!request_.stop().stop_possible()) return;
    on_stop_.emplace(request_.stop(), [weak = weak_from_this(), is_first] {
      try {
        const auto self = weak.lock();
        if (self != nullptr && is_first()) after({}, [self] { self->start(); });
      } catch (...) {  // NOLINT(bugprone-empty-catch): without a thread the wait goes on to its end
      }
    });
  }

  void end(const std::optional<Error>& error, std::optional<http::Response> response) noexcept {
    if (ended_.test_and_set()) return;
    try {
      handler_(error, std::move(response));
    } catch (...) {
      try {
        log(LogLevel::error, current_error("handler_failed", "A handler of async_send() threw an exception").message());
      } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for the log
      }
    }
  }

  std::shared_ptr<State> client_;
  http::Request request_;
  Handler handler_;
  /// The activation of the thread that called async_send().
  const std::string activation_{trace::activation_of_this_thread()};
  Tries tries_;
  std::atomic_flag ended_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

void ApiClient::async_send(http::Request request, Handler handler) const {
  std::make_shared<State::AsyncSending>(state_, std::move(request), std::move(handler))->start();
}

}  // namespace adit
