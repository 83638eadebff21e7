// An IMS that accepts requests and never answers, and time-outs of an hour: a wait can only end because it was stopped.
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "adit/http.h"
#include "adit/token_engine.h"

#include "http/server/raw_peers_fixture.h"
#include "token/engine/parts_fixture.h"

namespace adit::token::testing {
namespace {

using http::testing::RawServer;
using http::testing::RawSocket;

class StopTest : public ::testing::Test {
 protected:
  StopTest()
      : server_([this](RawSocket& socket, int connection) {
          socket.read_message();
          if (connection == 1) asked_.set_value();
          socket.read_to_end();
        }),
        http_({.total_timeout = 1h, .idle_timeout = 1h}) {}

  TokenSource source(TokenEngine& engine) {
    RefreshPolicy policy;
    policy.total_deadline = 1h;
    return engine.source(oauth(), ims_issuer(ims::Ims{server_.origin()}, http_), policy);
  }
  void wait_until_ims_is_asked() { asked_.get_future().wait(); }

  static std::string code_of(TokenSource source, const TokenOptions& options = {}) {
    const auto result = source.try_get(options);
    const auto* error = std::get_if<Error>(&result);
    return error == nullptr ? "token" : error->code();
  }

  std::promise<void> asked_;
  RawServer server_;
  http::Client http_;
};

TEST_F(StopTest, the_engines_destructor_ends_the_exchange_of_a_caller) {
  std::optional<TokenEngine> engine(std::in_place);
  auto result = std::async(std::launch::async, [source = source(*engine)] { return code_of(source); });
  wait_until_ims_is_asked();
  engine.reset();
  EXPECT_EQ(result.get(), "engine_stopped");
}

TEST_F(StopTest, the_engines_destructor_ends_an_exchange_in_the_background) {
  std::optional<TokenEngine> engine(std::in_place);
  std::promise<std::string> result;
  source(*engine).async_get([&](const std::optional<Error>& error, const std::optional<Token>&) {
    result.set_value(error ? error->code() : "token");
  });
  wait_until_ims_is_asked();
  engine.reset();
  EXPECT_EQ(result.get_future().get(), "engine_stopped");
}

TEST_F(StopTest, a_caller_that_is_stopped_gets_an_error_and_others_keep_waiting) {
  std::optional<TokenEngine> engine(std::in_place);
  std::stop_source stop;
  auto stopped = std::async(std::launch::async,
                            [source = source(*engine), stop] { return code_of(source, {.stop = stop.get_token()}); });
  wait_until_ims_is_asked();
  auto other = std::async(std::launch::async, [source = source(*engine)] { return code_of(source); });
  stop.request_stop();
  EXPECT_EQ(stopped.get(), "token_cancelled");
  EXPECT_EQ(other.wait_for(0s), std::future_status::timeout);
  engine.reset();
  EXPECT_EQ(other.get(), "engine_stopped");
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(StopTest, a_handler_that_is_stopped_is_called_and_others_keep_waiting) {
  std::optional<TokenEngine> engine(std::in_place);
  std::stop_source stop;
  std::promise<std::string> stopped;
  std::promise<std::string> other;
  const auto set_result_of = [](std::promise<std::string>& result) {
    return [&result](const std::optional<Error>& error, const std::optional<Token>&) {
      result.set_value(error ? error->code() : "token");
    };
  };
  source(*engine).async_get(set_result_of(stopped), {.stop = stop.get_token()});
  source(*engine).async_get(set_result_of(other));
  wait_until_ims_is_asked();
  stop.request_stop();
  EXPECT_EQ(stopped.get_future().get(), "token_cancelled");
  auto others = other.get_future();
  EXPECT_EQ(others.wait_for(0s), std::future_status::timeout);
  engine.reset();
  EXPECT_EQ(others.get(), "engine_stopped");
}

TEST_F(StopTest, a_handler_that_is_stopped_before_it_waits_is_called) {
  TokenEngine engine;
  std::stop_source stop;
  stop.request_stop();
  std::promise<std::string> result;
  source(engine).async_get([&](const std::optional<Error>& error,
                               const std::optional<Token>&) { result.set_value(error ? error->code() : "token"); },
                           {.stop = stop.get_token()});
  EXPECT_EQ(result.get_future().get(), "token_cancelled");
}

}  // namespace
}  // namespace adit::token::testing
