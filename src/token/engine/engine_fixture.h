#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "token/engine/parts_fixture.h"

namespace adit::token::testing {

inline Error outage() { return Error::failure("request_failed", "connection refused").retryable(); }
inline Error wrong_secret() {
  return Error::failure("invalid_client", "IMS refused the client")
      .http_status(401)
      .ims("invalid_client", "wrong secret", "dbg-1");
}

/// An engine without threads, with a manual clock: all work happens in run_due() and in calls that wait.
class TokenEngineTest : public ::testing::Test {
 protected:
  std::unique_ptr<TokenEngine> make_engine(std::shared_ptr<TokenStore> store = nullptr, std::size_t most = 10'000) {
    EngineOptions options;
    options.clock = &clock_;
    options.threads = 0;
    options.store = std::move(store);
    options.max_credentials = most;
    options.random = [this] { return unit_; };
    return std::make_unique<TokenEngine>(std::move(options));
  }
  TokenSource source(TokenEngine& engine, const Credentials& credentials = oauth()) {
    return engine.source(credentials, ims_.issuer());
  }
  std::string code_of(TokenSource& source, const TokenOptions& options = {}) {
    try {
      return cat("token ", source.get(options).reveal());
    } catch (const Error& error) {
      return error.code();
    }
  }
  /// Advances the clock, and runs each task when it is due.
  void pass(TokenEngine& engine, std::chrono::duration<double> seconds) {
    const auto time = std::chrono::round<std::chrono::milliseconds>(seconds);
    const auto end = clock_.monotonic_now() + time;
    while (engine.next_due() <= end) {
      if (engine.next_due() > clock_.monotonic_now()) clock_.advance(engine.next_due() - clock_.monotonic_now());
      engine.run_due();
    }
    clock_.advance(end - clock_.monotonic_now());
  }

  ManualClock clock_;
  double unit_ = 0;
  FakeIssuer ims_{clock_};
  std::unique_ptr<TokenEngine> engine_ = make_engine();
};

}  // namespace adit::token::testing
