#pragma once

// TokenSource::async_get() and ApiClient::async_send() for Boost.Asio (1.81 or newer). adit/adit.h does not include
// this header.
//
//     #include <iostream>
//
//     #include <boost/asio/awaitable.hpp>
//     #include <boost/asio/use_awaitable.hpp>
//
//     #include "adit/asio.h"
//
//     boost::asio::awaitable<void> report(adit::TokenSource source, const adit::ApiClient& api) {
//       const adit::Token token = co_await adit::async_get(source, boost::asio::use_awaitable);
//       const auto me = adit::http::Request::get("https://analytics.adobe.io/discovery/me");
//       std::cout << (co_await adit::async_send(api, me, boost::asio::use_awaitable)).status() << '\n';
//     }
//
// The functions take any completion token; the signatures are `void(std::exception_ptr, adit::Token)` and
// `void(std::exception_ptr, adit::http::Response)`. The exception is an adit::Error; if there is one, do not use the
// second argument. The handler runs on its associated executor, never inside the initiating function. The executor has
// outstanding work until then.
//
// Asio's cancellation ends the wait, as a stop_token does, with the Error `token_cancelled` or `cancelled`. The
// functions block no thread of the program; TokenSource::async_get() and ApiClient::async_send() say which threads of
// the library work. Thread-safe.

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "adit/api_client.h"
#include "adit/error.h"
#include "adit/http.h"
#include "adit/token_source.h"

#pragma GCC visibility push(default)

namespace adit {

/// One asynchronous call: runs the handler on its executor, and passes cancellation on. For this header only.
template <typename Result, typename Handler>
class AsioOperation : public std::enable_shared_from_this<AsioOperation<Result, Handler>> {
 public:
  explicit AsioOperation(Handler handler)
      : handler_(std::move(handler)), work_(boost::asio::make_work_guard(handler_)) {}

  /// Returns a token that is stopped by the handler's cancellation slot and by the caller's own token.
  [[nodiscard]] std::stop_token stop(const std::stop_token& callers) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler_);
    if (!slot.is_connected()) return callers;
    slot.assign([stop = stop_](boost::asio::cancellation_type type) mutable {
      if (type != boost::asio::cancellation_type::none) stop.request_stop();
    });
    on_callers_stop_.emplace(callers, [stop = stop_]() mutable { stop.request_stop(); });
    return stop_.get_token();
  }

  void complete(const std::optional<Error>& error, Result result) {
    // Until post() has returned, the execution context must not run out of work: its owner could destroy it.
    const auto work = boost::asio::make_work_guard(work_.get_executor());
    auto exception = error ? std::make_exception_ptr(*error) : nullptr;
    boost::asio::post(work.get_executor(), [self = this->shared_from_this(), exception = std::move(exception),
                                            result = std::move(result)]() mutable {
      boost::asio::get_associated_cancellation_slot(self->handler_).clear();
      self->on_callers_stop_.reset();
      auto handler = std::move(self->handler_);
      self->work_.reset();
      std::move(handler)(std::move(exception), std::move(result));
    });
  }

 private:
  Handler handler_;
  boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work_;
  std::stop_source stop_;
  std::optional<std::stop_callback<std::function<void()>>> on_callers_stop_;
};

/// TokenSource::async_get() with a completion token.
template <boost::asio::completion_token_for<void(std::exception_ptr, Token)> CompletionToken>
auto async_get(TokenSource source, TokenOptions options, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr, Token)>(
      []<typename Handler>(Handler handler, TokenSource from, TokenOptions with) {
        const auto operation = std::make_shared<AsioOperation<Token, Handler>>(std::move(handler));
        with.stop = operation->stop(with.stop);
        from.async_get(
            [operation](const std::optional<Error>& error, std::optional<Token> got) {
              operation->complete(error, got ? *std::move(got) : Token(nullptr));
            },
            with);
      },
      token, std::move(source), std::move(options));
}

template <boost::asio::completion_token_for<void(std::exception_ptr, Token)> CompletionToken>
auto async_get(TokenSource source, CompletionToken&& token) {
  return async_get(std::move(source), TokenOptions{}, std::forward<CompletionToken>(token));
}

/// ApiClient::async_send() with a completion token.
template <boost::asio::completion_token_for<void(std::exception_ptr, http::Response)> CompletionToken>
auto async_send(const ApiClient& api, http::Request request, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr, http::Response)>(
      []<typename Handler>(Handler handler, const ApiClient& through, http::Request with) {
        const auto operation = std::make_shared<AsioOperation<http::Response, Handler>>(std::move(handler));
        with.stop(operation->stop(with.stop()));
        through.async_send(std::move(with),
                           [operation](const std::optional<Error>& error, std::optional<http::Response> response) {
                             operation->complete(error, response ? *std::move(response) : http::Response());
                           });
      },
      token, ApiClient(api), std::move(request));
}

}  // namespace adit

#pragma GCC visibility pop
