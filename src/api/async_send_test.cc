#include <atomic>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "adit/api_client.h"
#include "adit/asio.h"
#include "adit/http_server.h"
#include "adit/token_engine.h"

#include "emulator/server/ims_fixture.h"
#include "http/server/raw_peers_fixture.h"

namespace adit {
namespace {

using namespace std::chrono_literals;
using emulator::test::TestIms;
using http::testing::RawServer;
using http::testing::RawSocket;

/// A test with the emulator as IMS and API, and an engine with threads.
class AsyncApi : public testing::Test {
 protected:
  ApiClient api(const std::string& further_host = {}) {
    ApiClientOptions options;
    options.hosts.add(ims.emulator().origin());
    if (!further_host.empty()) options.hosts.add(further_host);
    options.longest_wait = 1h;
    return {source(), "oauth-client", "ORG@AdobeOrg", http, std::move(options)};
  }
  TokenSource source() { return engine.source(TestIms::oauth_credentials(), ims::ims_issuer(ims.ims(), http)); }
  http::Request me() { return http::Request::get(ims.url("/discovery/me")); }

  /// Returns the status or the error's code.
  static std::string outcome(const std::optional<Error>& error, const std::optional<http::Response>& response) {
    return error ? error->code() : std::to_string(response->status());
  }
  static std::string send(const ApiClient& client, const http::Request& request) {
    std::promise<std::string> finished;
    client.async_send(request,
                      [&](const auto& error, const auto& response) { finished.set_value(outcome(error, response)); });
    return finished.get_future().get();
  }

  TestIms ims;
  http::Client http{{.total_timeout = 1h, .idle_timeout = 1h}};
  token::TokenEngine engine;
};

http::ServerResponse try_again_after(const char* seconds, int status) {
  auto answer = http::ServerResponse::json(status, {});
  answer.headers.set("Retry-After", seconds);
  return answer;
}

TEST_F(AsyncApi, sends_with_token_and_api_key) { EXPECT_EQ(send(api(), me()), "200"); }

TEST_F(AsyncApi, fetches_a_new_token_once_if_the_old_one_was_revoked) {
  EXPECT_EQ(send(api(), me()), "200");
  ims.client().invalidate(source().get().secret(), TestIms::oauth_credentials());
  EXPECT_EQ(send(api(), me()), "200");
}

TEST_F(AsyncApi, sends_again_after_retry_after) {
  std::atomic<int> requests{0};
  http::Server server({},
                      [&](const http::ServerRequest&) { return try_again_after("0", requests++ == 0 ? 429 : 200); });
  EXPECT_EQ(send(api(server.origin()), http::Request::get(server.origin())), "200");
  EXPECT_EQ(requests, 2);
}

TEST_F(AsyncApi, a_stop_ends_the_wait_before_a_repeat) {
  std::promise<void> received;
  http::Server server({}, [&](const http::ServerRequest&) {
    received.set_value();
    return try_again_after("1800", 429);
  });
  std::stop_source stop;
  std::promise<std::string> finished;
  api(server.origin())
      .async_send(http::Request::get(server.origin()).stop(stop.get_token()),
                  [&](const auto& error, const auto& response) { finished.set_value(outcome(error, response)); });
  received.get_future().wait();
  stop.request_stop();
  EXPECT_EQ(finished.get_future().get(), "cancelled");
}

TEST_F(AsyncApi, a_stop_also_ends_the_wait_of_a_synchronous_send) {
  std::promise<void> received;
  http::Server server({}, [&](const http::ServerRequest&) {
    received.set_value();
    return try_again_after("1800", 429);
  });
  std::stop_source stop;
  auto finished = std::async(std::launch::async, [&]() -> std::string {
    try {
      return std::to_string(
          api(server.origin()).send(http::Request::get(server.origin()).stop(stop.get_token())).status());
    } catch (const Error& error) {
      return error.code();
    }
  });
  received.get_future().wait();
  stop.request_stop();
  EXPECT_EQ(finished.get(), "cancelled");
}

TEST_F(AsyncApi, an_error_of_the_token_is_the_error_of_the_request) {
  auto wrong = TestIms::oauth_credentials();
  wrong.client_secret = Secret("wrong");
  ApiClientOptions options;
  options.hosts.add(ims.emulator().origin());
  const ApiClient client(engine.source(wrong, ims::ims_issuer(ims.ims(), http)), "oauth-client", "", http, options);
  EXPECT_EQ(send(client, me()), "invalid_client");
}

TEST_F(AsyncApi, can_be_awaited_in_a_coroutine) {
  boost::asio::io_context context;
  int status = 0;
  std::string token;
  const auto client = api();
  boost::asio::co_spawn(
      context,
      [&]() -> boost::asio::awaitable<void> {
        const Token got = co_await async_get(source(), boost::asio::use_awaitable);
        token = got.reveal();
        status = (co_await async_send(client, me(), boost::asio::use_awaitable)).status();
      },
      boost::asio::detached);
  context.run();
  EXPECT_EQ(token, source().get().reveal());
  EXPECT_EQ(status, 200);
}

TEST_F(AsyncApi, an_error_is_thrown_in_the_coroutine) {
  auto wrong = TestIms::oauth_credentials();
  wrong.client_secret = Secret("wrong");
  auto refused = engine.source(wrong, ims::ims_issuer(ims.ims(), http));
  boost::asio::io_context context;
  std::string code;
  boost::asio::co_spawn(
      context,
      [&]() -> boost::asio::awaitable<void> {
        try {
          static_cast<void>(co_await async_get(refused, {.fresh = true}, boost::asio::use_awaitable));
        } catch (const Error& error) {
          code = error.code();
        }
      },
      boost::asio::detached);
  context.run();
  EXPECT_EQ(code, "invalid_client");
}

TEST_F(AsyncApi, accepts_any_completion_token) {
  EXPECT_EQ(async_get(source(), boost::asio::use_future).get().reveal(), source().get().reveal());
  EXPECT_EQ(async_send(api(), me(), boost::asio::use_future).get().status(), 200);
}

TEST_F(AsyncApi, the_handler_runs_on_its_executor_and_not_inside_the_call) {
  static_cast<void>(source().get());
  boost::asio::io_context context;
  std::thread::id ran_on;
  async_get(source(), boost::asio::bind_executor(context, [&](const std::exception_ptr& error, const Token& token) {
              EXPECT_FALSE(error);
              EXPECT_FALSE(token.empty());
              ran_on = std::this_thread::get_id();
            }));
  EXPECT_EQ(ran_on, std::thread::id());
  context.run();
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

/// A test with a server that never answers.
class SilentServer : public AsyncApi {
 protected:
  std::promise<void> received;
  RawServer silent{[this](RawSocket& socket, int) {
    socket.read_message();
    received.set_value();
    socket.read_to_end();
  }};

  /// Starts `operation` with a cancellation slot, and cancels it when the server has received the request.
  template <typename Operation>
  std::string cancelled(Operation operation) {
    boost::asio::io_context context;
    boost::asio::cancellation_signal signal;
    std::string code = "none";
    const auto finished = [&](const std::exception_ptr& error, const auto&) {
      try {
        if (error) std::rethrow_exception(error);
      } catch (const Error& failure) {
        code = failure.code();
      }
    };
    operation(boost::asio::bind_executor(context, boost::asio::bind_cancellation_slot(signal.slot(), finished)));
    received.get_future().wait();
    boost::asio::post(context, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
    context.run();
    return code;
  }
};

TEST_F(SilentServer, cancellation_ends_the_wait_for_a_token) {
  token::RefreshPolicy policy;
  policy.total_deadline = 1h;
  auto waiting = engine.source(TestIms::oauth_credentials(), ims::ims_issuer(ims::Ims{silent.origin()}, http), policy);
  EXPECT_EQ(cancelled([&](auto token) { async_get(waiting, std::move(token)); }), "token_cancelled");
}

TEST_F(SilentServer, cancellation_ends_a_request) {
  EXPECT_EQ(cancelled([&](auto token) { async_send(api(), http::Request::get(silent.origin()), std::move(token)); }),
            "cancelled");
}

TEST_F(SilentServer, the_callers_stop_token_works_besides_the_slot) {
  std::stop_source stop;
  boost::asio::io_context context;
  boost::asio::cancellation_signal signal;
  std::string code;
  async_send(api(), http::Request::get(silent.origin()).stop(stop.get_token()),
             boost::asio::bind_executor(context,
                                        boost::asio::bind_cancellation_slot(
                                            signal.slot(), [&](const std::exception_ptr& error, const http::Response&) {
                                              try {
                                                std::rethrow_exception(error);
                                              } catch (const Error& failure) {
                                                code = failure.code();
                                              }
                                            })));
  received.get_future().wait();
  stop.request_stop();
  context.run();
  EXPECT_EQ(code, "cancelled");
}

}  // namespace
}  // namespace adit
