// Calls get() and async_get() with a token store, for the test in which allocations fail. Exits with 0 for a token and
// with 1 for an error, and prints which.
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "adit/error.h"
#include "adit/http.h"
#include "adit/token_engine.h"

#include "crypto/start_openssl.h"

namespace {

struct Ims final : adit::http::Transport {
  adit::http::Response send(const adit::http::Request& /*request*/) override {
    return {200, {}, R"({"access_token":"the-token","token_type":"bearer","expires_in":86399})"};
  }
};

/// Lets a thread wait until a handler was called.
struct Completion {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;

  void complete() {
    const std::scoped_lock lock(mutex);
    done = true;
    changed.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return done; });
  }
};

std::string text_of(const std::string& store) {
  Ims ims;
  const adit::Credentials credentials =
      adit::OAuthCredentials{"client", adit::Secret("p8e-secret"), "ORG@AdobeOrg", {"openid"}};
  adit::token::EngineOptions options;
  options.store = adit::token::open_store(store);
  adit::token::TokenEngine engine(std::move(options));
  auto source = engine.source(credentials, adit::ims::ims_issuer(adit::ims::Ims{"https://ims.example"}, ims));
  Completion completion;
  source.async_get([&completion](const auto& /*error*/, const auto& /*token*/) { completion.complete(); });
  completion.wait();
  std::string text(source.get().reveal());
  static_cast<void>(source.get({.fresh = true}));
  source.clear();
  return text;
}

}  // namespace

int main(int /*argc*/, char** argv) {
  // As the command and actions do: OpenSSL 3.5 hangs if it has no memory to start.
  adit::start_openssl();
  try {
    std::cout << text_of(argv[1]) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
